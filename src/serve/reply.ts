/** Answers, and what they say when something is refused. */
import { LabError, unexpectedError, type LabErrorCode } from '../base/errors.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What HTTP itself has to refuse; the other codes are those of LabError. */
export const REFUSALS = {
  MALFORMED: 400,
  NO_TOKEN: 401,
  READ_ONLY: 403,
  FOREIGN: 403,
  NOT_FOUND: 404,
  BAD_METHOD: 405,
  TOO_LARGE: 413,
  BAD_TYPE: 415,
  TOO_MANY: 429,
  UNEXPECTED: 500,
  NOT_READY: 503,
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** What is said of an error: in the body of an answer, under `error`. */
export interface ErrorWords {
  readonly code: RefusalCode | LabErrorCode;
  readonly message: string;
  readonly where?: string;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
}

/** A request that is refused before the host hears of it. */
export class Refusal extends Error {
  readonly words: ErrorWords;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: RefusalCode,
    message: string,
    details: Omit<ErrorWords, 'code' | 'message'> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.words = { code, message, ...details };
    this.status = REFUSALS[code];
    this.headers = headers;
  }
}

/** Who asks too often, or too early, is told when to come back. */
export function comeBack(code: 'TOO_MANY' | 'NOT_READY', message: string, seconds = 1): Refusal {
  return new Refusal(
    code,
    message,
    { hint: `try again in ${String(seconds)} s` },
    { 'retry-after': String(seconds) },
  );
}

export function json(value: unknown, status = 200): Reply {
  return jsonText(JSON.stringify(value), status);
}

export function jsonText(text: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: `${text}\n` };
}

/**
 * The answer to a request that failed.
 * @param say told of what nobody expected: the client learns only that there was something
 */
export function failed(error: unknown, say: (line: string) => void): Reply {
  if (error instanceof Refusal) {
    const { status, words, headers } = error;
    const reply = json({ error: words }, status);
    return { ...reply, headers: { ...reply.headers, ...headers } };
  }
  if (error instanceof LabError) return json({ error: wordsOf(error) }, statusOf(error.code));
  say(`a request failed: ${unexpectedError(error)}`);
  const words: ErrorWords = { code: 'UNEXPECTED', message: 'something unexpected: the host says more' };
  return json({ error: words }, REFUSALS.UNEXPECTED);
}

function wordsOf({ code, message, details }: LabError): ErrorWords {
  const { where, expected, got, hint } = details;
  return {
    code,
    message,
    ...(where !== undefined && { where }),
    ...(expected !== undefined && { expected }),
    ...(got !== undefined && { got }),
    ...(hint !== undefined && { hint }),
  };
}

function statusOf(code: LabErrorCode): number {
  switch (code) {
    case 'BAD_OPTION':
    case 'BAD_SCENARIO':
    case 'BAD_WORKLOAD':
    case 'BAD_POLICY':
    case 'BAD_FILE':
    case 'LIMIT':
    case 'NOT_SUPPORTED':
    case 'NO_ADDON':
      return 422;
    case 'RUN_FAILED':
    case 'INTERRUPTED':
      return 409;
    case 'NATIVE':
      return 500;
  }
}
