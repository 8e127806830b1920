/** What a command of the tool is, and what it is given. */
import type { Change, HostState } from '../control/state.ts';
import type { Given, OptionSpec } from './getopt.ts';

/** What the tool needs of a running host. */
export interface XlHost {
  command(command: object): Promise<Change>;
  state(): Promise<HostState>;
}

/** What the tool sees of the outside world. */
export interface World {
  /**
   * @param name null: the only one that runs
   * @throws LabError BAD_OPTION if there is none, or more than one
   */
  connect(name: string | null): Promise<XlHost>;
  out(text: string): void;
  err(text: string): void;
  /** Where relative paths start. */
  readonly directory: string;
  /** Null: standard output is no terminal. */
  readonly terminal: Terminal | null;
  sleep(ms: number): Promise<void>;
}

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** Keys that are pressed from now on, one character each; a signal to end is a `q`. @returns ends that */
  listen(pressed: (key: string) => void): () => void;
}

/** A command as it was called. */
export interface Call {
  readonly world: World;
  readonly given: Given;
  /** Connects when first asked. */
  host(this: void): Promise<XlHost>;
  /** take what Xen's tool takes */
  readonly isStrict: boolean;
  /** say what a change does */
  readonly isExplained: boolean;
}

export interface Operand {
  /** `Domain`, `file`: completion goes by it */
  readonly name: string;
  readonly isOptional?: boolean;
  readonly isRepeated?: boolean;
}

export interface XlCommand {
  readonly name: string;
  /** a sentence without its end */
  readonly does: string;
  readonly options: readonly OptionSpec[];
  readonly operands: readonly Operand[];
  /** needs nothing of its own process: no file, no terminal, and it ends at once */
  readonly isQuick: boolean;
  run(call: Call): Promise<void>;
}
