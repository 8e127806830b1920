/**
 * The commands: all that can be done to a run under way, and to one that is planned. Every door gives them: events of a
 * scenario file, the command line (`creditlab xl`), the page and the HTTP interface, the library. What one means is
 * said here once; how its values are written, and what it does to the VMs that there are, stands where scenario files
 * are read (`src/scenario/command.ts`, `resolve-command.ts`), since an event is a command with a time.
 *
 *     { command: 'set', vm: 'A', weight: 512 }  ──►  resolveOrder()  ──►  operations for the machine
 *                                                                    └─►  events for the scenario as played
 */
import type { z } from 'zod';
import { LabError } from '../base/errors.ts';
import { without } from '../base/keys.ts';
import { suggest } from '../base/text.ts';
import { COMMAND_NAMES, commandSchemas, type CommandInput, type CommandName } from '../scenario/command.ts';
import { planOf } from '../scenario/plan.ts';
import { resolveCommand, type Resolved } from '../scenario/resolve-command.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Path, Source } from '../scenario/source.ts';
import type { Stage } from '../scenario/stage.ts';
import { describeValue, nameOf, validate } from '../scenario/validate.ts';
import type { Operation } from '../testbed/live-run.ts';

export { COMMAND_NAMES, type CommandName } from '../scenario/command.ts';

/** When a command has an effect. */
export type Effect =
  /** in the pass of the loop that applies it */
  | 'at once'
  /** with the policy's next period: credit's next accounting, at most a slice away */
  | 'next period'
  /** when the threads of the VM are ready */
  | 'when ready'
  /** it has none on the schedule */
  | 'none';

export interface CommandSpec {
  readonly name: CommandName;
  /** what it is given, `command` with its name included; z.toJSONSchema() of it is for other programs */
  readonly parameters: z.ZodType;
  /** a sentence */
  readonly does: string;
  readonly effect: Effect;
}

const MEANINGS: Readonly<Record<CommandName, Omit<CommandSpec, 'name' | 'parameters'>>> = {
  create: { does: 'A VM is prepared, and starts.', effect: 'when ready' },
  destroy: { does: 'A VM ends for good.', effect: 'at once' },
  pause: { does: 'A VM stands still.', effect: 'at once' },
  unpause: { does: 'A VM that was paused goes on.', effect: 'at once' },
  set: { does: 'A VM has other parameters: weight, cap.', effect: 'next period' },
  pin: { does: 'A VM, or one of its vCPUs, may run on other host CPUs.', effect: 'at once' },
  workload: {
    does: 'A VM ends, and another life of it with another workload starts in the same instant.',
    effect: 'when ready',
  },
  tune: { does: 'The scheduler has other parameters: slice, rate limit.', effect: 'next period' },
  mark: { does: 'A note is made of this instant.', effect: 'none' },
  rerun: { does: 'The run ends, and another one of the same VMs begins.', effect: 'when ready' },
  stop: { does: 'The run ends.', effect: 'at once' },
};

export function commandSpecs(): readonly CommandSpec[] {
  return COMMAND_NAMES.map((name) => ({ name, parameters: commandSchemas()[name], ...MEANINGS[name] }));
}

/** Where a command came from. */
export const DOORS = ['scenario', 'command', 'page', 'http', 'library'] as const;
export type Door = (typeof DOORS)[number];

/** A command whose values have been read, and its source: what complaints about it point at. */
export interface Order {
  readonly input: CommandInput;
  readonly source: Source;
}

/**
 * Read a command as anybody wrote it.
 * @param baseDir directory that relative workload paths start from
 * @throws LabError BAD_SCENARIO with where (`vm.weight`), what was expected and what came
 */
export function readOrder(written: unknown, baseDir: string): Order {
  const complain = (where: string, message: string, details: LabError['details']) =>
    new LabError('BAD_SCENARIO', message, { where, ...details });
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw complain('command', 'this is no command', {
      expected: "a mapping such as { command: 'set', vm: 'A', weight: 512 }",
      got: describeValue(written),
    });
  }
  const { command } = written as { readonly command?: unknown };
  const name = COMMAND_NAMES.find((each) => each === command);
  if (name === undefined) {
    throw complain('command', command === undefined ? 'no command is named' : 'unknown command', {
      expected: `one of: ${COMMAND_NAMES.join(', ')}`,
      got: describeValue(command),
      ...(typeof command === 'string' && { hint: suggest(command, COMMAND_NAMES) }),
    });
  }
  const source: Source = {
    value: written,
    defaultName: name,
    baseDir,
    locate: (path) => ({ offset: placeOf(written, path), where: path.length === 0 ? name : nameOf(path) }),
  };
  return { input: validate<z.ZodType<CommandInput>>(commandSchemas()[name], source), source };
}

/** Orders mistakes as they were written. */
function placeOf(written: object, [key]: Path): number {
  const place = Object.keys(written).indexOf(String(key));
  return place < 0 ? 0 : place + 1;
}

/**
 * What a command means for the VMs that there are now.
 * @throws LabError BAD_SCENARIO or BAD_WORKLOAD
 */
export function resolveOrder(
  { input, source }: Order,
  stage: Stage,
  atNs: number,
  mostVcpus: number,
): Resolved {
  return resolveCommand(input, { stage, atNs, source, mostVcpus });
}

/**
 * The same for the machine. What is created starts before these, and has the next number. So it is where a scenario is
 * simulated: of what is due in one instant, VMs that start come before events.
 */
export function operationsOf({ create, events }: Resolved, stage: Stage, scenario: Scenario): Operation[] {
  const vms = [...stage.lives.map(({ vm }) => vm), ...(create === null ? [] : [create])];
  const planned = planOf({ ...scenario, vms, events }).events.map(
    (event) => without(event, 'atNs') as Operation,
  );
  const marks = events.flatMap((event) =>
    event.kind === 'mark' ? [without(event, 'atNs') as Operation] : [],
  );
  return [...planned, ...marks];
}
