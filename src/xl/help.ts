/** The help of the tool and of its commands. */
import type { Operand, XlCommand } from './command.ts';
import { XL_COMMANDS } from './commands.ts';
import { flagsOf, type OptionSpec } from './getopt.ts';

/** Those of this tool, before a command or behind it. */
export const OWN_OPTIONS: readonly OptionSpec[] = [
  {
    long: 'name',
    takes: 'host',
    does: 'which host, if several run (default: $CREDITLAB_HOST, else the only one)',
  },
  { long: 'explain', does: 'say what a change does, and when' },
  { long: 'strict-xl', does: "read numbers as Xen's tool does: 12abc is 12" },
  { short: 'h', long: 'help', does: 'print this help' },
];

/** Of Xen's tool, before a command. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  ...OWN_OPTIONS,
  { short: 'v', long: 'verbose', does: 'the same as --explain' },
  { short: 'f', long: 'force', does: 'run even beside xend', refusal: 'there is nothing to force' },
  { short: 'N', long: 'dry-run', does: 'change nothing', refusal: "'creditlab sim' tells what would happen" },
  { short: 't', long: 'carriage-return', does: 'progress on one line', refusal: 'nothing shows progress' },
  { short: 'T', long: 'timestamps', does: 'times before messages', refusal: 'there is no log' },
];

const EXIT_CODES = `
Exit codes:
  0    it was done
  1    it was refused, or there is no such domain, command or host
  2    the command line is wrong: an option that isn't there, or arguments missing or too many
`;

export function toolHelp(): string {
  const width = Math.max(...XL_COMMANDS.map(({ name }) => name.length));
  const commands = XL_COMMANDS.map(({ name, does }) => ` ${name.padEnd(width)}  ${does}`);
  return [
    'Usage: xl [--name HOST] [--explain] <command> [args]\n',
    "Xen's tool for a host of creditlab ('creditlab up' starts one). Commands:\n",
    ...commands,
    '',
    optionLines(GLOBAL_OPTIONS),
    "\n'xl help <command>' has more on each.",
    EXIT_CODES,
  ].join('\n');
}

export function commandHelp(command: XlCommand): string {
  return `${usage(command)}\n\n${command.does}.\n\n${optionLines([...command.options, ...OWN_OPTIONS])}\n${EXIT_CODES}`;
}

export function usage({ name, options, operands }: XlCommand): string {
  const isEmpty = options.every(({ refusal }) => refusal !== undefined);
  return ['Usage: xl', name, ...(isEmpty ? [] : ['[options]']), ...operands.map(operandText)].join(' ');
}

function operandText({ name, isOptional = false, isRepeated = false }: Operand): string {
  const text = isRepeated ? `${name}...` : name;
  return isOptional ? `[${text}]` : `<${text}>`;
}

/** Those that are here. */
function optionLines(options: readonly OptionSpec[]): string {
  const shown = options
    .filter(({ refusal }) => refusal === undefined)
    .map((spec) => {
      const value = spec.takes === undefined ? '' : ` <${spec.takes}>`;
      const indent = spec.short === undefined ? '    ' : '';
      return { flags: `${indent}${flagsOf(spec)}${value}`, does: spec.does };
    });
  const width = Math.max(...shown.map(({ flags }) => flags.length));
  return ['Options:', ...shown.map(({ flags, does }) => `  ${flags.padEnd(width)}  ${does}`)].join('\n');
}
