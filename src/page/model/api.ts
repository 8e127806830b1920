/** What the page asks the host, and says of it when the host refuses. */
import type { CommandName } from '../../control/commands.ts';
import type { Change } from '../../control/state.ts';
import type { Refused } from './wish.ts';

/** Where the host is, and with which token it is asked. */
export interface Address {
  /** of the page: `http://localhost:4321/` */
  readonly base: string;
  /** null: none was in the link */
  readonly token: string | null;
}

/**
 * The token is in the link behind the `#`, which a browser keeps to itself: `/#token=…`. It isn't taken from a query,
 * where servers and proxies would write it into their logs.
 */
export function addressOf(href: string): Address {
  const { origin, pathname, hash } = new URL(href);
  const token = new URLSearchParams(hash.slice(1)).get('token');
  return { base: origin + pathname, token: token === '' ? null : token };
}

/** An answer that isn't what was asked for. */
export class RefusedError extends Error {
  readonly status: number;
  readonly refused: Refused;

  constructor(status: number, refused: Refused) {
    super(refused.message);
    this.status = status;
    this.refused = refused;
  }
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A connection whose other end is gone may say nothing of it for hours. These make a VM ready, which takes its time.
 */
const SLOW: ReadonlySet<unknown> = new Set<CommandName>(['create', 'workload']);
const ANSWER_MS = 10_000;
const SLOW_ANSWER_MS = 120_000;
/** Where the host doesn't say when to come back. */
const AGAIN_MS = 1000;

export class Api {
  private readonly address: Address;
  private readonly fetch: Fetch;
  private readonly after: (ms: number) => AbortSignal;

  /** @param after a signal that is aborted then */
  constructor(address: Address, fetchFrom: Fetch, after = (ms: number) => AbortSignal.timeout(ms)) {
    this.address = address;
    this.fetch = fetchFrom;
    this.after = after;
  }

  /** @throws RefusedError; TypeError where there is no answer at all */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const { base, token } = this.address;
    const headers = new Headers(init.headers);
    headers.set('x-creditlab-door', 'page');
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    const response = await this.fetch(new URL(path, base).href, { ...init, headers });
    if (!response.ok) throw new RefusedError(response.status, await refusalIn(response));
    return response;
  }

  async command(command: Readonly<Record<string, unknown>>): Promise<Change> {
    const response = await this.request('api/commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
      signal: this.after(SLOW.has(command.command) ? SLOW_ANSWER_MS : ANSWER_MS),
    });
    return (await response.json()) as Change;
  }

  async rights(signal: AbortSignal): Promise<'all' | 'read'> {
    const response = await this.request('api/commands', { signal });
    const { rights } = (await response.json()) as { rights: 'all' | 'read' };
    return rights;
  }

  async scenario(): Promise<string> {
    return (await this.request('api/scenario', { signal: this.after(ANSWER_MS) })).text();
  }
}

/** What is shown of an error, whatever it is. */
export function refusalOf(error: unknown): Refused {
  if (error instanceof RefusedError) return error.refused;
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return { message: "the host didn't answer in time", hint: 'it may have done it all the same' };
  return { message: "the host doesn't answer", hint: 'it is tried again as soon as it does' };
}

async function refusalIn(response: Response): Promise<Refused> {
  const { status, headers } = response;
  const body: unknown = await response.json().catch(() => null);
  const words = (body as { error?: Record<string, unknown> } | null)?.error;
  // In neither case was anything done.
  const isLater = status === 429 || status === 503;
  const again = { againMs: 1000 * Number(headers.get('retry-after')) || AGAIN_MS };
  if (typeof words?.message !== 'string')
    return { message: `the host answered ${String(status)}`, ...(isLater && again) };
  const { message, expected, hint, got } = words;
  return {
    message: typeof got === 'string' ? `${message}: got ${got}` : message,
    ...(typeof expected === 'string' && { expected }),
    ...(typeof hint === 'string' && { hint }),
    ...(isLater && again),
  };
}
