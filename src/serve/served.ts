/** What is served: a host, with what only a door needs of it. */
import type { ControlledHost } from '../control/host.ts';
import type { ListedCommand } from '../control/open-host.ts';
import type { StreamMessage } from '../control/state.ts';

export interface Served {
  readonly host: ControlledHost;
  readonly commands: readonly ListedCommand[];
  /** What a client of the stream is told after the first state; absent: nothing, since the host will tell. */
  readonly story?: readonly StreamMessage[];
  /** Answers `bin/xl`: does what its arguments ask for. Absent: the host has no such tool. */
  readonly tool?: (body: Uint8Array) => Promise<string>;
  /** What was played until now, as a scenario file: YAML. */
  readonly scenario: () => string;
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
