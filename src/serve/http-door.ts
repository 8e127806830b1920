/** Requests as they come from a socket: bounded in length, time and number, whoever sends them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Access, Asker } from './access.ts';
import { type Api, askerOf, STREAM_PATH } from './api.ts';
import {
  HEADER_MS,
  IDLE_MS,
  MOST_BODY_BYTES,
  MOST_HEADER_BYTES,
  MOST_PROVEN,
  MOST_UNANSWERED,
  MOST_UNPROVEN,
  MOST_URL_LENGTH,
  PAGE_RATE,
  REFUSAL_MS,
  REQUEST_MS,
  TIMES_CHECKED_MS,
} from './limits.ts';
import type { PageFiles } from './page-files.ts';
import { RateLimit } from './rate-limit.ts';
import { comeBack, failed, Refusal, REFUSALS, type Reply } from './reply.ts';

export interface HttpDoorOptions {
  readonly api: Api;
  readonly access: Access;
  /** the Unix socket */
  readonly isLocal: boolean;
  /** empty: the door has no page */
  readonly page: PageFiles;
  readonly say: (line: string) => void;
}

/** Nothing but this page's own files, in no frame; nobody else may read what is answered, and nothing is kept. */
const COMMON_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

export class HttpDoor {
  private readonly options: HttpDoorOptions;
  private readonly server: Server;
  private readonly pageRate = new RateLimit(PAGE_RATE);
  /** Connections in the order in which they came: from which nothing rightful has come yet, and the others. */
  private readonly unproven = new Set<Socket>();
  private readonly proven = new Set<Socket>();
  private readonly unanswered = new WeakMap<Socket, number>();

  constructor(options: HttpDoorOptions) {
    this.options = options;
    this.server = createServer({
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADER_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: TIMES_CHECKED_MS,
    });
    this.server.on('connection', (socket: Socket) => {
      this.admit(socket);
    });
    this.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.take(request, response);
    });
  }

  /** @throws Error of the system, such as EADDRINUSE */
  listen(where: { readonly path: string } | { readonly host: string; readonly port: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(where, () => {
        this.server.off('error', reject);
        // Of a connection that failed before it was one.
        this.server.on('error', (error) => {
          this.options.say(`a connection failed: ${error.message}`);
        });
        resolve();
      });
    });
  }

  /** of TCP */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.unproven.size + this.proven.size;
  }

  /** Answers under way may come to their end, but not for long. */
  async close(patienceMs = 500): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    this.server.closeIdleConnections();
    const timer = setTimeout(() => {
      this.server.closeAllConnections();
    }, patienceMs);
    await closed;
    clearTimeout(timer);
  }

  /** Those who only connect push one another out, and nobody whose request was rightful. */
  private admit(socket: Socket): void {
    this.unproven.add(socket);
    socket.on('close', () => {
      this.unproven.delete(socket);
      this.proven.delete(socket);
    });
    if (this.unproven.size <= MOST_UNPROVEN) return;
    const [oldest] = this.unproven;
    this.unproven.delete(oldest);
    oldest.destroy();
  }

  private prove(socket: Socket, asker: Asker): void {
    if (this.proven.has(socket)) return;
    if (this.proven.size >= MOST_PROVEN[asker]) throw comeBack('TOO_MANY', 'too many connections', 5);
    this.unproven.delete(socket);
    this.proven.add(socket);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that goes away is no error.
    response.on('error', () => undefined);
    if (!this.isPatient(request.socket, response)) return;
    let reply: Reply | null;
    try {
      reply = await this.answer(request, response);
    } catch (error) {
      reply = failed(error, this.options.say);
    }
    if (reply?.status === REFUSALS.TOO_MANY) await pause(REFUSAL_MS);
    if (reply === null || response.destroyed) return;
    const { status, headers, body } = reply;
    // What wasn't read of a body is not read any more.
    const isRead = request.complete;
    response.writeHead(status, {
      ...COMMON_HEADERS,
      ...headers,
      'content-length': String(Buffer.byteLength(body)),
      ...(!isRead && { connection: 'close' }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  /** Who sends requests without waiting for answers is cut: what is to be answered must not pile up. */
  private isPatient(socket: Socket, response: ServerResponse): boolean {
    const count = (this.unanswered.get(socket) ?? 0) + 1;
    this.unanswered.set(socket, count);
    response.on('close', () => {
      this.unanswered.set(socket, (this.unanswered.get(socket) ?? 1) - 1);
    });
    if (count <= MOST_UNANSWERED) return true;
    socket.destroy();
    return false;
  }

  /** @returns null: the answer is a stream */
  private answer(request: IncomingMessage, response: ServerResponse): Promise<Reply> | Reply | null {
    const { api, access, isLocal, page } = this.options;
    const { method = '', url = '', headers, socket } = request;
    if (!url.startsWith('/') || url.length > MOST_URL_LENGTH) {
      throw new Refusal('MALFORMED', 'this is no path', {
        expected: `one that begins with / and has at most ${String(MOST_URL_LENGTH)} characters`,
      });
    }
    access.checkOrigin(headers);
    const [path] = url.split('?');
    if (!path.startsWith('/api/')) return this.file(page, path, method);
    const rights = access.rightsOf(headers);
    const asker = askerOf({ isLocal, rights });
    this.prove(socket, asker);
    if (path === STREAM_PATH && method === 'GET') {
      this.stream(request, response, asker);
      return null;
    }
    return api.answer({
      method,
      path,
      rights,
      isLocal,
      contentType: headers['content-type'] ?? '',
      door: String(headers['x-creditlab-door'] ?? ''),
      body: () => bodyOf(request),
    });
  }

  private file(page: PageFiles, path: string, method: string): Reply {
    if (!this.pageRate.pass()) throw comeBack('TOO_MANY', 'too many requests');
    const file = page.get(path);
    if (file === undefined)
      throw new Refusal('NOT_FOUND', 'there is nothing here', { got: path.slice(0, 80) });
    if (method === 'GET' || method === 'HEAD') return file;
    throw new Refusal('BAD_METHOD', 'the page can only be read', { expected: 'GET' }, { allow: 'GET' });
  }

  private stream(request: IncomingMessage, response: ServerResponse, asker: Asker): void {
    const { api } = this.options;
    api.checkRate(asker);
    const feed = api.feed();
    if (feed.isFullFor(asker)) throw comeBack('TOO_MANY', 'the stream has too many clients', 5);
    response.writeHead(200, {
      ...COMMON_HEADERS,
      'content-type': 'text/event-stream; charset=utf-8',
      // Of proxies: pass everything on at once.
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    const lastId = request.headers['last-event-id'];
    feed.join(response, typeof lastId === 'string' ? lastId : null, asker);
  }
}

/** @throws Refusal TOO_LARGE; MALFORMED when the client goes away in the middle */
function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const refusal = (): Refusal =>
    new Refusal('TOO_LARGE', 'the body is too long', {
      expected: `at most ${String(MOST_BODY_BYTES)} bytes`,
    });
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) {
      reject(refusal());
      return;
    }
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= MOST_BODY_BYTES) {
        pieces.push(piece);
        return;
      }
      request.pause();
      reject(refusal());
    });
    request.on('end', () => {
      resolve(Buffer.concat(pieces));
    });
    request.on('error', () => {
      reject(new Refusal('MALFORMED', 'the body broke off', { where: 'body' }));
    });
  });
}
