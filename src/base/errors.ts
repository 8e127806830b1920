/** What went wrong, for programs; the message is for people. */
export type LabErrorCode =
  | 'BAD_OPTION'
  | 'BAD_SCENARIO'
  | 'BAD_WORKLOAD'
  | 'BAD_POLICY'
  | 'BAD_FILE'
  | 'NO_ADDON'
  | 'NOT_SUPPORTED'
  | 'LIMIT'
  | 'NATIVE'
  | 'RUN_FAILED'
  | 'INTERRUPTED';

/** The command's exit codes. Signals end it with 128 + the signal's number, as shells do. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  badInput: 2,
  /** of the doctor: something on this machine spoils timings */
  disturbed: 3,
  sighup: 129,
  sigint: 130,
  sigterm: 143,
} as const;

export interface LabErrorDetails {
  /** Where the mistake is: `file:line:col`, or an option's name. */
  readonly where?: string;
  /** What would have been right. */
  readonly expected?: string;
  /** What came instead. */
  readonly got?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Source lines with a caret, for a mistake inside a file. */
  readonly excerpt?: string;
  /** The operating system's error number and the call that returned it. */
  readonly errno?: number;
  readonly call?: string;
  readonly cause?: unknown;
}

/** The one error class: a stable code, where it happened, what was expected, what came, and a hint. */
export class LabError extends Error {
  readonly code: LabErrorCode;
  readonly details: LabErrorDetails;

  constructor(code: LabErrorCode, message: string, details: LabErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'LabError';
    this.code = code;
    this.details = details;
  }

  /** Bad input is told apart from a run that failed. */
  get exitCode(): number {
    switch (this.code) {
      case 'BAD_OPTION':
      case 'BAD_SCENARIO':
      case 'BAD_WORKLOAD':
      case 'BAD_POLICY':
      case 'BAD_FILE':
      case 'NO_ADDON':
      case 'NOT_SUPPORTED':
      case 'LIMIT':
        return ExitCode.badInput;
      case 'NATIVE':
      case 'RUN_FAILED':
      case 'INTERRUPTED':
        return ExitCode.failed;
    }
  }

  /** The whole message as the command prints it, over several lines where there is more to say. */
  describe(): string {
    const { where, expected, got, hint, excerpt } = this.details;
    const lines = [(where === undefined ? '' : `${where}: `) + this.message];
    if (excerpt !== undefined) lines.push(excerpt);
    if (expected !== undefined || got !== undefined) {
      const parts = [];
      if (expected !== undefined) parts.push(`expected ${expected}`);
      if (got !== undefined) parts.push(`got ${got}`);
      lines.push(`  ${parts.join(', ')}`);
    }
    if (hint !== undefined) lines.push(`  hint: ${hint}`);
    return lines.join('\n');
  }
}

/** What to say of an error that nobody expected: where it came from, too. */
export function unexpectedError(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `unexpected error: ${text}`;
}
