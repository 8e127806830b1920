import { ExitCode, unexpectedError } from '../base/errors.ts';

/** A run that was told to end must have ended after this time; the whole process after 2 s. */
const PATIENCE_MS = 1500;

const EXIT_CODES = { SIGINT: ExitCode.sigint, SIGTERM: ExitCode.sigterm, SIGHUP: ExitCode.sighup } as const;
type Signal = keyof typeof EXIT_CODES;

export interface ShutdownHooks {
  /** Write what is known so far, synchronously. */
  salvage(): void;
  /** Leave the terminal as it was. */
  restore(): void;
  /** Tell the user. */
  say(this: void, line: string): void;
}

/**
 * How a command ends early.
 *
 *     first SIGINT, SIGTERM, SIGHUP ─► abort; the command writes what was measured ─► exit 130, 143 or 129
 *     second one                    ─► salvage, exit at once
 *     uncaught error                ─► salvage, exit 1
 *     process.exit() by anybody     ─► salvage
 */
export class Shutdown {
  /** Set by the first signal: what the process will exit with. */
  exitCode: number | null = null;
  private readonly aborter = new AbortController();
  private readonly hooks: ShutdownHooks;
  private deadline: NodeJS.Timeout | undefined;

  constructor(hooks: ShutdownHooks) {
    this.hooks = hooks;
    for (const signal of Object.keys(EXIT_CODES) as Signal[]) process.on(signal, this.onSignal);
    process.on('uncaughtException', this.onCrash);
    process.on('exit', this.onExit);
  }

  get signal(): AbortSignal {
    return this.aborter.signal;
  }

  /** The command has come to its end. */
  dispose(): void {
    clearTimeout(this.deadline);
    for (const signal of Object.keys(EXIT_CODES) as Signal[]) process.off(signal, this.onSignal);
    process.off('uncaughtException', this.onCrash);
    process.off('exit', this.onExit);
  }

  private readonly onSignal = (signal: Signal): void => {
    const code = EXIT_CODES[signal];
    // With what the exit hook salvages.
    if (this.exitCode !== null) process.exit(code);
    this.exitCode = code;
    this.hooks.restore();
    this.hooks.say(`${signal}: ending the run and keeping what was measured; once more to stop at once`);
    this.deadline = setTimeout(() => process.exit(code), PATIENCE_MS);
    this.aborter.abort();
  };

  private readonly onCrash = (error: unknown): void => {
    this.hooks.restore();
    this.hooks.say(unexpectedError(error));
    process.exit(ExitCode.failed);
  };

  private readonly onExit = (): void => {
    try {
      this.hooks.restore();
      this.hooks.salvage();
    } catch (error) {
      this.hooks.say(String(error));
    }
  };
}
