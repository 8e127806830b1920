/** How a command gets a host, whether on real cores or in virtual time. */
import type { HostDescription, RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunProgress, VerifyMode } from '../testbed/testbed.ts';
import type { RecordSink } from '../trace/record.ts';
import type { RecordTaker } from '../trace/store.ts';
import type { CommandSpec } from './commands.ts';
import type { ControlledHost } from './host.ts';
import type { NextRun } from './rerun.ts';

export interface HostOpening {
  readonly name: string;
  /** may have no VMs yet */
  readonly scenario: Scenario;
  /** where relative paths of workloads start that commands name */
  readonly baseDir: string;
  /** It goes on when all work is done and when there is no VM, until it is stopped or its duration is over. */
  readonly isEndless: boolean;
  readonly paranoid: boolean;
  readonly verify: VerifyMode;
  /** is given all records, and what the scenario grows by */
  readonly trace: RecordTaker & RecordSink;
  /** aborting it ends the run; what was measured until then is the result */
  readonly signal: AbortSignal;
  /** until the run is under way: what is being done */
  readonly onProgress: (progress: RunProgress) => void;
}

/** A command, for those who don't know it yet. */
export interface ListedCommand extends Pick<CommandSpec, 'name' | 'does' | 'effect'> {
  /** JSON Schema of the whole command */
  readonly schema: object;
}

/** A host whose run is under way. */
export interface OpenedHost {
  readonly machine: HostDescription;
  readonly control: ControlledHost;
  /** all that it takes */
  readonly commands: readonly ListedCommand[];
  /** What was played until now: with VMs that came, changes as events, and the duration until now. */
  played(): Scenario;
  /**
   * The same as a scenario file, in YAML.
   * @param baseDir where relative paths of workloads start: the file's directory
   */
  playedFile(baseDir: string): string;
  /** What somebody asked to run when this run has ended; null: nothing. */
  next(): NextRun | null;
  /** Of the run, when it has ended. Rejects with RunFailed, with what was measured until then. */
  readonly result: Promise<RunResult>;
  /** What the run under way has measured so far, read synchronously by a process that is about to die. */
  snapshot(): RunResult | null;
  /** Release all vCPUs and end all threads. */
  close(): Promise<void>;
}

/**
 * @returns when the run is under way
 * @throws LabError as OpenTestbed and Testbed.run() do before anything starts
 */
export type OpenHost = (opening: HostOpening) => Promise<OpenedHost>;
