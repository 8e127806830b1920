/** The tool itself: a command line in, output and an exit code out. */
import { LabError } from '../base/errors.ts';
import { suggest } from '../base/text.ts';
import type { Call, World, XlCommand, XlHost } from './command.ts';
import { XL_COMMANDS } from './commands.ts';
import { getopt, type Given, type OptionSpec } from './getopt.ts';
import { commandHelp, GLOBAL_OPTIONS, OWN_OPTIONS, toolHelp, usage } from './help.ts';
import { commandNotHere } from './not-here.ts';

export const XlExit = { ok: 0, refused: 1, usage: 2 } as const;

/** A command line that has been read. */
export type Reading =
  | { readonly kind: 'run'; readonly command: Pick<XlCommand, 'run' | 'isQuick'>; readonly given: Given }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'wrong'; readonly text: string; readonly exitCode: number };

/** @returns the exit code */
export async function xl(args: readonly string[], world: World): Promise<number> {
  return runReading(readCommandLine(args), world);
}

export async function runReading(reading: Reading, world: World): Promise<number> {
  switch (reading.kind) {
    case 'help':
      world.out(reading.text);
      return XlExit.ok;
    case 'wrong':
      world.err(reading.text);
      return reading.exitCode;
    case 'run':
      try {
        await reading.command.run(callOf(reading.given, world));
        return XlExit.ok;
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        world.err(`${error.describe()}\n`);
        return XlExit.refused;
      }
  }
}

function callOf(given: Given, world: World): Call {
  let host: Promise<XlHost> | null = null;
  return {
    world,
    given,
    host: () => (host ??= world.connect(given.options.get('name') ?? null)),
    isStrict: given.options.has('strict-xl'),
    isExplained: given.options.has('explain') || given.options.has('verbose'),
  };
}

export function readCommandLine(args: readonly string[]): Reading {
  try {
    return readOrThrow(args);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const isUsage = error.code === 'BAD_OPTION';
    return wrong(error.describe(), isUsage ? XlExit.usage : XlExit.refused);
  }
}

function readOrThrow(args: readonly string[]): Reading {
  // What stands before the command's name is the tool's own.
  const at = commandAt(args);
  const before = getopt('xl', GLOBAL_OPTIONS, args.slice(0, at));
  if (before.options.has('help')) return { kind: 'help', text: toolHelp() };
  if (at === args.length) return wrong(toolHelp().trimEnd(), XlExit.usage);
  const [name] = args.slice(at);
  const rest = args.slice(at + 1);
  if (name === 'help') return helpOn(rest);
  const command = commandNamed(name);
  if (command === undefined) return elsewhere(name, before);
  const own = getopt(name, [...command.options, ...OWN_OPTIONS], rest);
  if (own.options.has('help')) return { kind: 'help', text: commandHelp(command) };
  const given = { options: new Map([...before.options, ...own.options]), operands: own.operands };
  const problem = operandProblem(command, given.operands);
  return problem === null
    ? { kind: 'run', command, given }
    : wrong(`${problem}\n\n${usage(command)}`, XlExit.usage);
}

/** @returns its place; or how many arguments there are, if none is a command */
function commandAt(args: readonly string[]): number {
  const takesValue = ({ long, takes }: OptionSpec, arg: string): boolean =>
    takes !== undefined && arg === `--${long}`;
  let at = 0;
  while (at < args.length && args[at].startsWith('-'))
    at += GLOBAL_OPTIONS.some((spec) => takesValue(spec, args[at])) ? 2 : 1;
  return Math.min(at, args.length);
}

function helpOn([name]: readonly string[]): Reading {
  if (name === undefined) return { kind: 'help', text: toolHelp() };
  const command = commandNamed(name);
  return command === undefined
    ? elsewhere(name, { options: new Map(), operands: [] })
    : { kind: 'help', text: commandHelp(command) };
}

function commandNamed(name: string): XlCommand | undefined {
  return XL_COMMANDS.find((command) => command.name === name);
}

/** One that Xen has, or a slip. */
function elsewhere(name: string, given: Given): Reading {
  const command = commandNotHere(name);
  if (command !== null) return { kind: 'run', command: { ...command, isQuick: true }, given };
  const names = XL_COMMANDS.map((each) => each.name);
  return wrong(`'${name}' is no command\n  hint: ${suggest(name, names)}`, XlExit.refused);
}

/** What is wrong with how many there are, in Xen's words where it has any. */
function operandProblem({ name, operands }: XlCommand, given: readonly string[]): string | null {
  const least = operands.filter(({ isOptional }) => isOptional !== true).length;
  const most = operands.some(({ isRepeated }) => isRepeated === true) ? Infinity : operands.length;
  if (given.length < least) {
    const plural = least === 1 ? '' : 's';
    return `'xl ${name}' requires at least ${String(least)} argument${plural}.`;
  }
  return given.length > most ? `'xl ${name}' has no use for '${given[most]}'.` : null;
}

function wrong(text: string, exitCode: number): Reading {
  return { kind: 'wrong', text: `${text}\n`, exitCode };
}
