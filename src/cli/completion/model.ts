/**
 * What can be written where on the command line, from commander's own definitions and from the table of `xl`: nothing
 * is listed a second time. What a value may be follows from what the help calls it, as in `--json <file>`.
 */
import type { Argument, Command, Option } from 'commander';
import { POLICY_TYPES } from '../../policies.ts';
import { listLabs } from '../../scenario/builtin-labs.ts';
import { builtinNames } from '../../workload/catalogue.ts';
import { XL_COMMANDS } from '../../xl/commands.ts';
import type { OptionSpec } from '../../xl/getopt.ts';
import { OWN_OPTIONS } from '../../xl/help.ts';
import { POOL } from '../../xl/domains.ts';

/** What is asked of the running hosts when the key is pressed. */
export const LIVE_NAMES = ['hosts', 'vms'] as const;
export type LiveNames = (typeof LIVE_NAMES)[number];

/** What a value may be. */
export interface Source {
  readonly words: readonly string[];
  readonly hasFiles: boolean;
  readonly live: LiveNames | null;
}

export interface OptionModel {
  /** as they are typed: `-q`, `--quiet` */
  readonly flags: readonly string[];
  readonly does: string;
  /** null: it takes no value */
  readonly value: Source | null;
  readonly isRepeatable: boolean;
}

export interface CommandModel {
  /** as they are typed: none for the program itself, `['xl', 'list']` */
  readonly path: readonly string[];
  readonly does: string;
  readonly options: readonly OptionModel[];
  readonly operands: readonly (Source & { readonly isRepeated: boolean })[];
  readonly commands: readonly CommandModel[];
}

const NOTHING: Source = { words: [], hasFiles: false, live: null };
const FILES: Source = { ...NOTHING, hasFiles: true };

/** By what the help calls a value; `spec` says nothing, so there it is the name of the option. */
const SOURCES: Readonly<Record<string, () => Source>> = {
  file: () => FILES,
  path: () => FILES,
  lab: () => ({ ...FILES, words: listLabs().map(({ name }) => name) }),
  workload: () => ({ ...FILES, words: builtinNames }),
  scheduler: () => ({ ...FILES, words: POLICY_TYPES.map(({ type }) => type) }),
  schedulers: () => ({ ...FILES, words: POLICY_TYPES.map(({ type }) => type) }),
  host: () => ({ ...NOTHING, live: 'hosts' }),
  Domain: () => ({ ...NOTHING, live: 'vms' }),
  pool: () => ({ ...NOTHING, words: [POOL] }),
  keys: () => ({ ...NOTHING, words: ['r'] }),
  all: () => ({ ...NOTHING, words: ['all'] }),
};

/** @param called with alternatives: `file|key=value` */
function sourceOf(called: string): Source {
  const parts = called.split('|').map((part) => SOURCES[part]?.() ?? NOTHING);
  return {
    words: parts.flatMap(({ words }) => words),
    hasFiles: parts.some(({ hasFiles }) => hasFiles),
    live: parts.find(({ live }) => live !== null)?.live ?? null,
  };
}

/** @param program with all commands */
export function completionModel(program: Command): CommandModel {
  const commands = program.commands.map((command) => modelOf(command));
  const help = program.createHelp();
  const summaries = help.visibleCommands(program).map((command) => ({
    name: command.name(),
    does: help.subcommandDescription(command),
  }));
  // Commander makes this one itself.
  const helpCommand = summaries.filter(({ name }) => !commands.some(({ path }) => path[0] === name));
  const names: Source = { ...NOTHING, words: commands.map(({ path }) => path[0]) };
  return {
    path: [],
    does: '',
    options: optionsOf(program),
    operands: [],
    commands: [
      ...commands,
      ...helpCommand.map(({ name, does }) => ({
        path: [name],
        does,
        options: [],
        operands: [{ ...names, isRepeated: false }],
        commands: [],
      })),
    ],
  };
}

function modelOf(command: Command, parent: readonly string[] = []): CommandModel {
  const path = [...parent, command.name()];
  const model = { path, does: command.summary() || command.description(), options: optionsOf(command) };
  if (command.name() === 'xl')
    return { ...model, options: ownOptions(OWN_OPTIONS), operands: [], commands: xlCommands(path) };
  return {
    ...model,
    operands: command.registeredArguments.map(operandOf),
    commands: command.commands.map((inner) => modelOf(inner, path)),
  };
}

function optionsOf(command: Command): OptionModel[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      does: firstClause(option.description),
      value: valueOf(option),
      isRepeatable: option.variadic || /may be repeated/.test(option.description),
    }));
}

function valueOf(option: Option): Source | null {
  const { argChoices, flags } = option;
  const called = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1];
  if (called === undefined) return null;
  if (argChoices !== undefined) return { ...NOTHING, words: argChoices };
  return sourceOf(called === 'spec' ? option.name() : called);
}

function operandOf(argument: Argument): Source & { readonly isRepeated: boolean } {
  const { argChoices, variadic } = argument;
  const source = argChoices === undefined ? sourceOf(argument.name()) : { ...NOTHING, words: argChoices };
  return { ...source, isRepeated: variadic };
}

function xlCommands(parent: readonly string[]): CommandModel[] {
  const commands = XL_COMMANDS.map(({ name, does, options, operands }) => ({
    path: [...parent, name],
    does,
    options: ownOptions([...options, ...OWN_OPTIONS]),
    operands: operands.map(({ name: called, isRepeated = false }) => ({ ...sourceOf(called), isRepeated })),
    commands: [],
  }));
  const names: Source = { ...NOTHING, words: XL_COMMANDS.map(({ name }) => name) };
  return [
    ...commands,
    {
      path: [...parent, 'help'],
      does: 'Print the help of a command',
      options: [],
      operands: [{ ...names, isRepeated: false }],
      commands: [],
    },
  ];
}

function ownOptions(specs: readonly OptionSpec[]): OptionModel[] {
  return specs
    .filter(({ refusal }) => refusal === undefined)
    .map(({ short, long, takes, does }) => ({
      flags: [...(short === undefined ? [] : [`-${short}`]), `--${long}`],
      does: firstClause(does),
      value: takes === undefined ? null : sourceOf(takes),
      isRepeatable: false,
    }));
}

/** Shells show a line beside each option; defaults and examples are in the help. */
function firstClause(description: string): string {
  const [clause] = description.split(/ \(default|; |, as in /);
  return clause;
}

/** The command and all below it, the outer ones first. */
export function allCommands(model: CommandModel): CommandModel[] {
  return [model, ...model.commands.flatMap(allCommands)];
}
