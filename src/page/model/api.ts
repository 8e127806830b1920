/** What the page asks the host, and says of it when the host refuses. */
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

export class Api {
  private readonly address: Address;
  private readonly fetch: Fetch;

  constructor(address: Address, fetchFrom: Fetch) {
    this.address = address;
    this.fetch = fetchFrom;
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
    });
    return (await response.json()) as Change;
  }

  async rights(): Promise<'all' | 'read'> {
    const response = await this.request('api/commands');
    const { rights } = (await response.json()) as { rights: 'all' | 'read' };
    return rights;
  }

  async scenario(): Promise<string> {
    return (await this.request('api/scenario')).text();
  }
}

/** What is shown of an error, whatever it is. */
export function refusalOf(error: unknown): Refused {
  if (error instanceof RefusedError) return error.refused;
  return { message: "the host doesn't answer", hint: 'it is tried again as soon as it does' };
}

async function refusalIn(response: Response): Promise<Refused> {
  const body: unknown = await response.json().catch(() => null);
  const words = (body as { error?: Record<string, unknown> } | null)?.error;
  if (typeof words?.message !== 'string') return { message: `the host answered ${String(response.status)}` };
  const { message, expected, hint, got } = words;
  return {
    message: typeof got === 'string' ? `${message}: got ${got}` : message,
    ...(typeof expected === 'string' && { expected }),
    ...(typeof hint === 'string' && { hint }),
  };
}
