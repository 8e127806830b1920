/** What is served: a host, with what only a door needs of it. */
import type { CommandSpec } from '../control/commands.ts';
import type { ControlledHost } from '../control/host.ts';

/** A command as `GET /api/commands` lists it. */
export interface ListedCommand extends CommandSpec {
  /** JSON Schema of the whole command */
  readonly schema: object;
}

export interface Served {
  readonly host: ControlledHost;
  readonly commands: readonly ListedCommand[];
  /** What was played until now, as a scenario file: YAML. */
  scenario(): string | Promise<string>;
}

/** How a host came to its end: the answer to `GET /api/end`. */
export interface HostEnd {
  /** what `up` exits with */
  readonly exitCode: number;
  /** the files that were written */
  readonly files: readonly { readonly option: string; readonly path: string }[];
  /** what went wrong, as the host itself says it; null: nothing */
  readonly error: string | null;
}
