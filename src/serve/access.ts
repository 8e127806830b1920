/**
 * Who may do what. There are two doors:
 *
 *     Unix socket   the file system decides: only its owner can open it, and may do everything. No browser can.
 *     TCP           whoever has a token; everything with the one, reading with the other
 *
 * Any page that a browser shows can send requests to a port of this machine, under a name of its own choice that its
 * name server lets point here (DNS rebinding). So a request must name a host that can only be this one, and one that
 * says which page made it must name this one's. Tokens come in a header, never in a cookie: cookies don't know ports,
 * so that a browser would show them to every other server on this machine, and it would send them unasked.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { REFUSAL_RATE } from './limits.ts';
import { RateLimit } from './rate-limit.ts';
import { comeBack, Refusal } from './reply.ts';

/** all: commands, too */
export type Rights = 'all' | 'read';

/** Who asks, as far as bounds go: through the Unix socket, or through the port with these rights. */
export type Asker = 'local' | Rights;

/** What a door makes of a request's header. */
export interface Access {
  /** @throws Refusal FOREIGN */
  checkOrigin(headers: IncomingHttpHeaders): void;
  /** @throws Refusal NO_TOKEN, or TOO_MANY after many wrong ones */
  rightsOf(headers: IncomingHttpHeaders): Rights;
}

export const socketAccess: Access = {
  checkOrigin: () => undefined,
  rightsOf: () => 'all',
};

export interface Tokens {
  readonly all: string;
  readonly read: string;
}

/** 128 bits, as text for a URL. */
export function randomToken(): string {
  return randomBytes(16).toString('base64url');
}

export class TokenAccess implements Access {
  private readonly address: string;
  private readonly digests: Readonly<Record<Rights, Buffer>>;
  private readonly refusals = new RateLimit(REFUSAL_RATE);

  /** @param address that is listened to */
  constructor(tokens: Tokens, address: string) {
    this.address = address;
    this.digests = { all: digestOf(tokens.all), read: digestOf(tokens.read) };
  }

  checkOrigin(headers: IncomingHttpHeaders): void {
    const { host = '', origin } = headers;
    if (!this.isOwn(host)) {
      throw new Refusal('FOREIGN', 'the request is for another host', {
        where: 'Host',
        expected: this.example(),
        got: `'${host.slice(0, 80)}'`,
      });
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      throw new Refusal('FOREIGN', 'the request comes from another page', {
        where: 'Origin',
        expected: `http://${host}`,
        got: `'${origin.slice(0, 80)}'`,
      });
    }
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation(headers)) {
      throw new Refusal('FOREIGN', 'the request comes from another page', {
        where: 'Sec-Fetch-Site',
        expected: 'same-origin',
        got: `'${String(site).slice(0, 80)}'`,
      });
    }
  }

  rightsOf({ authorization }: IncomingHttpHeaders): Rights {
    const token = /^Bearer ([\w~+/.=-]{1,200})$/i.exec(authorization ?? '')?.[1] ?? null;
    if (token !== null) {
      const digest = digestOf(token);
      // Both are compared, in a time that tells nothing.
      const isAll = timingSafeEqual(digest, this.digests.all);
      const isRead = timingSafeEqual(digest, this.digests.read);
      if (isAll) return 'all';
      if (isRead) return 'read';
    }
    if (!this.refusals.pass()) throw comeBack('TOO_MANY', 'too many requests without the right token');
    throw new Refusal(
      'NO_TOKEN',
      token === null ? 'a token is needed' : 'this is not the token',
      { where: 'Authorization', expected: 'Bearer TOKEN, as in the link that the host printed' },
      { 'www-authenticate': 'Bearer' },
    );
  }

  /**
   * Names that no name server can let point here: addresses, localhost, and this machine's own. The port may be
   * another one: that of a tunnel (`ssh -L`).
   */
  private isOwn(host: string): boolean {
    const written = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::\d+)?$/i.exec(host)?.[1] ?? '';
    const name = written.replace(/^\[|\]$/g, '').toLowerCase();
    if (isLoopback(name)) return true;
    if (isLoopback(this.address)) return false;
    const own = hostname().toLowerCase();
    return isIP(name) !== 0 || name === own || name === `${own}.local`;
  }

  private example(): string {
    const name = isWildcard(this.address) ? hostname() : bracketed(this.address);
    return `'${name}'`;
  }
}

/** A link on another page leads here: what it opens is the page, which is no secret. */
function isNavigation(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

export function isLoopback(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address) || address === '::1' || address === 'localhost';
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** As it stands in a URL. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Of one length, whatever the token's is. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
