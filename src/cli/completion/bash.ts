/** For bash 4 and later, without the package bash-completion. Bash cuts words at `=`: `--json=x` is three of them. */
import { allCommands, type CommandModel, type Source } from './model.ts';
import { askingText, type Asking, quoted } from './quote.ts';

/** Words after `words`, and what else may stand there. */
function sourceText({ words, hasFiles, live }: Source): string {
  const parts = [...words, ...(hasFiles ? ['@files'] : []), ...(live === null ? [] : [`@${live}`])];
  return parts.join(' ');
}

export function bashCompletion(program: CommandModel, asking: Asking): string {
  const commands = allCommands(program);
  const key = ({ path }: CommandModel): string => ['creditlab', ...path].join(' ');
  const cases = (lines: readonly (readonly [pattern: string, text: string])[]): string =>
    lines.map(([pattern, text]) => `    ${quoted(pattern)}) printf '%s' ${quoted(text)} ;;`).join('\n');
  const subcommands = commands
    .filter((command) => command.commands.length > 0)
    .map((command) => [key(command), command.commands.map(({ path }) => path.at(-1)).join(' ')] as const);
  const options = commands
    .filter((command) => command.options.length > 0)
    .map((command) => [key(command), command.options.flatMap(({ flags }) => flags).join(' ')] as const);
  const values = commands.flatMap((command) =>
    command.options.flatMap(({ flags, value }) =>
      value === null
        ? []
        : flags.map((flag) => [`${key(command)} ${flag}`, `takes ${sourceText(value)}`] as const),
    ),
  );
  const operands = commands.flatMap((command) =>
    command.operands.map((operand, index) => {
      const place = operand.isRepeated ? `*` : String(index);
      return [`${key(command)} ${place}`, sourceText(operand)] as const;
    }),
  );
  return `# Completion of creditlab for bash: source <(creditlab completion bash)

_creditlab_commands() {
  case $1 in
${cases(subcommands)}
  esac
}

_creditlab_options() {
  case $1 in
${cases(options)}
  esac
}

# 'takes' and what the value of an option may be; nothing if it has none.
_creditlab_value() {
  case $1 in
${cases(values)}
  esac
}

_creditlab_operand() {
  case $1 in
${cases(operands)}
  esac
}

_creditlab_offer() {
  local cur=$1 word
  shift
  for word in "$@"; do
    case $word in
      takes) ;;
      @files)
        compopt -o filenames
        local -a files
        mapfile -t files < <(compgen -f -- "$cur")
        COMPREPLY+=("\${files[@]}") ;;
      @*)
        local -a names
        mapfile -t names < <(${askingText(asking)} "\${word#@}" 2>/dev/null)
        for word in "\${names[@]}"; do [[ $word == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$word")"); done ;;
      *) [[ $word == "$cur"* ]] && COMPREPLY+=("$word") ;;
    esac
  done
}

_creditlab() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path=creditlab count=0 option='' previous='' i word text
  COMPREPLY=()
  [[ \${COMP_WORDS[0]##*/} == xl ]] && path='creditlab xl'
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == '=' && -n $option ]]; then
      :
    elif [[ -n $option ]]; then
      option=''
    elif [[ $word == -* ]]; then
      [[ -n $(_creditlab_value "$path $word") ]] && option=$word
    elif [[ " $(_creditlab_commands "$path") " == *" $word "* ]]; then
      path="$path $word"
      count=0
    else
      count=$((count + 1))
    fi
  done
  # Of '--json=' the cursor stands on the sign itself.
  [[ $cur == '=' ]] && cur=''
  # Words of the lists have no spaces and no signs of the shell.
  if [[ -n $option ]]; then
    text=$(_creditlab_value "$path $option")
  elif [[ $cur == -* ]]; then
    text=$(_creditlab_options "$path")
  elif [[ -n $(_creditlab_commands "$path") ]]; then
    text=$(_creditlab_commands "$path")
  else
    text=$(_creditlab_operand "$path $count")
    [[ -n $text ]] || text=$(_creditlab_operand "$path *")
  fi
  set -f
  # shellcheck disable=SC2086
  set -- $text
  set +f
  _creditlab_offer "$cur" "$@"
}

complete -F _creditlab creditlab
`;
}
