import type { Observations } from '../doctor/observations.ts';
import type { ChoosePcpus } from '../doctor/observe.ts';
import { ExitCode } from '../base/errors.ts';
import type { OpenHost } from '../control/open-host.ts';
import type { OpenTestbed } from '../testbed/testbed.ts';

export type Stream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** What a command sees of the outside world. */
export interface Console {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** A result, on standard output. */
  print(this: void, text: string): void;
  /** A remark, on standard error, with the command's name before it. */
  say(this: void, line: string): void;
  /** What the process will exit with. */
  exit(this: void, code: number): void;
  /** Another testbed, or other hosts, in place of the hardware, and another machine for the doctor, for tests. */
  readonly testbed: {
    readonly open?: OpenTestbed;
    readonly openHost?: OpenHost;
    readonly observe?: (choose: ChoosePcpus) => Promise<Observations>;
  };
}

/** The same for a command with `--quiet`: files that were asked for, errors and the exit code are all that it gives. */
export function quietIf(quiet: boolean | undefined, io: Console): Console {
  return quiet === true ? { ...io, print: () => undefined } : io;
}

/**
 * The process's own streams. A reader that goes away (`| head`) is no error: results still reach their files. On a full
 * disk, too, but then the process exits with 1.
 */
export function processConsole(): Console {
  const say = (line: string): void => void process.stderr.write(`creditlab: ${line}\n`);
  let isStdoutBroken = false;
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || isStdoutBroken) return;
    isStdoutBroken = true;
    say(`standard output could not be written (${code ?? message})`);
    process.exitCode = process.exitCode || ExitCode.failed;
  });
  // There is nowhere left to complain.
  process.stderr.on('error', () => undefined);
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    print: (text) => process.stdout.write(`${text}\n`),
    say,
    exit: (code) => {
      process.exitCode = code === ExitCode.ok && isStdoutBroken ? ExitCode.failed : code;
    },
    testbed: {},
  };
}
