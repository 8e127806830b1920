/** For zsh 5: `_arguments` does the work, and gets a specification for each command. */
import { allCommands, type CommandModel, type OptionModel, type Source } from './model.ts';
import { askingText, type Asking, quoted } from './quote.ts';

export function zshCompletion(program: CommandModel, asking: Asking): string {
  return `#compdef creditlab
# Completion of creditlab for zsh: source <(creditlab completion zsh), or as a file _creditlab in a directory of fpath

_creditlab_live() {
  local -a names
  names=(\${(f)"$(${askingText(asking)} $1 2>/dev/null)"})
  compadd -a names
}

${allCommands(program).map(functionText).join('\n\n')}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _creditlab "$@"
else
  compdef _creditlab creditlab
fi
`;
}

function functionName({ path }: CommandModel): string {
  return ['_creditlab', ...path.map((word) => word.replaceAll('-', '_'))].join('_');
}

function functionText(command: CommandModel): string {
  const name = functionName(command);
  const options = command.options.flatMap(optionSpecs);
  if (command.commands.length === 0) {
    const operands = command.operands.map((operand, index) => operandSpec(operand, index));
    const specs = [...options, ...operands];
    return `${name}() {\n  _arguments -s -S ${specs.join(' \\\n    ')}\n}`;
  }
  const described = command.commands.map(({ path, does }) => quoted(`${escaped(path.at(-1) ?? '')}:${does}`));
  const cases = command.commands.map((each) => `        ${each.path.at(-1) ?? ''}) ${functionName(each)} ;;`);
  return `${name}() {
  local curcontext=$curcontext state line
  local -a commands
  commands=(
    ${described.join('\n    ')}
  )
  _arguments -C -S ${[...options, `'1: :->command'`, `'*:: :->rest'`].join(' \\\n    ')}
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}`;
}

/** `'(-q --quiet)'{-q,--quiet}'[print neither…]'` */
function optionSpecs({ flags, does, value, isRepeatable }: OptionModel): string[] {
  const other = isRepeatable ? '*' : `(${flags.join(' ')})`;
  return flags.map((flag) => {
    const sign = value === null ? '' : flag.startsWith('--') ? '=' : '+';
    // A colon would begin a second value.
    const action = value === null ? '' : `: :${actionOf(value).replaceAll(':', '\\:')}`;
    return quoted(`${other}${flag}${sign}[${escaped(does)}]${action}`);
  });
}

function operandSpec(operand: Source & { readonly isRepeated: boolean }, index: number): string {
  const place = operand.isRepeated ? '*' : String(index + 1);
  return quoted(`${place}: :${actionOf(operand)}`);
}

/** What of several kinds may stand there is offered together. */
function actionOf({ words, hasFiles, live }: Source): string {
  const kinds = [
    ...(words.length === 0 ? [] : [`words: :(${words.join(' ')})`]),
    ...(hasFiles ? ['files: :_files'] : []),
    ...(live === null ? [] : [`live: :_creditlab_live ${live}`]),
  ];
  const [only] = kinds;
  if (only === undefined) return ' ';
  if (kinds.length > 1) return `_alternative ${kinds.map((kind) => `"${kind}"`).join(' ')}`;
  const action = only.slice(only.lastIndexOf(':') + 1);
  return live === null ? action : `{${action}}`;
}

/** These end a description. */
function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&');
}
