/**
 * The commands: all that can be done to a run under way, and to one that is planned. Every door gives them: events of a
 * scenario file, the command line (`creditlab xl`), the page and the HTTP interface, the library. What one means is
 * said here once.
 */

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
  /** a sentence */
  readonly does: string;
  readonly effect: Effect;
}

export const COMMAND_NAMES = [
  'create',
  'destroy',
  'pause',
  'unpause',
  'set',
  'pin',
  'workload',
  'tune',
  'mark',
  'stop',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

/** Where a command came from. */
export const DOORS = ['scenario', 'command', 'page', 'http', 'library'] as const;
export type Door = (typeof DOORS)[number];
