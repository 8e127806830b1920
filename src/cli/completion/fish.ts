/** For fish 3. Each line of it says what can stand where; a function says where the cursor is. */
import { allCommands, type CommandModel, type OptionModel, type Source } from './model.ts';
import { askingText, type Asking, quoted } from './quote.ts';

export function fishCompletion(program: CommandModel, asking: Asking): string {
  const commands = allCommands(program);
  const paths = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
  const valued = commands.flatMap(({ options }) =>
    options.filter(({ value }) => value !== null).flatMap(({ flags }) => flags),
  );
  return `# Completion of creditlab for fish: creditlab completion fish | source

# The commands that were typed, as 'xl list', and how many words stand behind them that are no options.
function __creditlab_place
  set -l path
  set -l count 0
  set -l previous ''
  for token in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$path $token")
    if contains -- $previous ${[...new Set(valued)].map(quoted).join(' ')}
      set previous ''
      continue
    end
    if contains -- "$longer" ${paths.join(' ')}
      set path $longer
      set count 0
    else if not string match -q -- '-*' $token
      set count (math $count + 1)
    end
    set previous $token
  end
  echo $path
  echo $count
end

function __creditlab_in
  set -l place (__creditlab_place)
  test "$place[1]" = "$argv[1]"
end

function __creditlab_at
  set -l place (__creditlab_place)
  test "$place[1]" = "$argv[1]"; and test "$place[2]" -ge "$argv[2]"; and test "$place[2]" -le "$argv[3]"
end

function __creditlab_names
  ${askingText(asking)} $argv[1] 2>/dev/null
end

complete -c creditlab -e
complete -c creditlab -f
${commands.flatMap(linesOf).join('\n')}
`;
}

/** There are never so many operands. */
const MANY = 9999;

function linesOf(command: CommandModel): string[] {
  const path = quoted(command.path.join(' '));
  const at = (first: number, last: number): string =>
    quoted(`__creditlab_at ${path} ${String(first)} ${String(last)}`);
  const inside = quoted(`__creditlab_in ${path}`);
  return [
    ...command.commands.map(
      ({ path: below, does }) =>
        `complete -c creditlab -n ${at(0, 0)} -a ${quoted(below.at(-1) ?? '')} -d ${quoted(does)}`,
    ),
    ...command.options.map((option) => `complete -c creditlab -n ${inside} ${optionText(option)}`),
    ...command.operands.flatMap((operand, index) => {
      const condition = at(index, operand.isRepeated ? MANY : index);
      const words = wordsText(operand);
      return [
        ...(words === '' ? [] : [`complete -c creditlab -n ${condition} -a ${words}`]),
        ...(operand.hasFiles ? [`complete -c creditlab -n ${condition} -F`] : []),
      ];
    }),
  ];
}

function optionText({ flags, does, value }: OptionModel): string {
  const named = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const parts = [...named, `-d ${quoted(does)}`];
  if (value === null) return parts.join(' ');
  const words = wordsText(value);
  const files = value.hasFiles ? ['-r', '-F'] : ['-x'];
  return [...parts, ...files, ...(words === '' ? [] : [`-a ${words}`])].join(' ');
}

function wordsText({ words, live }: Source): string {
  const asked = live === null ? [] : [`(__creditlab_names ${live})`];
  const all = [...words, ...asked];
  return all.length === 0 ? '' : quoted(all.join(' '));
}
