/** As much of a server as the page needs: its files, and the interface, for a host that was invented. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { LabError } from '../../src/base/errors.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import type { ControlledHost } from '../../src/control/host.ts';

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html',
  'page.js': 'text/javascript',
  'page.css': 'text/css',
};

export const SCENARIO = 'name: played\nduration: 3s\n';

export class TestServer {
  /** as the link has it; everything else of the interface is closed */
  readonly tokens = { all: 'turn', read: 'look' } as const;
  private readonly host: ControlledHost;
  private server: Server | null = null;
  private port = 0;

  constructor(host: ControlledHost) {
    this.host = host;
  }

  async open(): Promise<void> {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        if (!(error instanceof LabError)) throw error;
        const { code, message, details } = error;
        send(response, 422, { error: { code, message, ...details } });
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Cuts all connections. `open()` opens the same port again. */
  async close(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    this.server = null;
  }

  link(rights: 'all' | 'read' = 'all'): string {
    return `http://127.0.0.1:${String(this.port)}/#token=${this.tokens[rights]}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const file = pathname === '/' ? 'index.html' : pathname.slice(1);
    if (file in TYPES) {
      response.writeHead(200, { 'content-type': TYPES[file] });
      response.end(readFileSync(join(packageRoot(), 'dist/src/page', file)));
      return;
    }
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    const rights = token === this.tokens.all ? 'all' : token === this.tokens.read ? 'read' : null;
    if (rights === null) {
      send(response, 401, { error: { code: 'NO_TOKEN', message: 'this is not the token' } });
      return;
    }
    switch (`${request.method ?? ''} ${pathname}`) {
      case 'GET /api/stream':
        await this.stream(response);
        break;
      case 'GET /api/state':
        send(response, 200, await this.host.state());
        break;
      case 'GET /api/commands':
        send(response, 200, { version: 1, rights, commands: [] });
        break;
      case 'GET /api/scenario':
        response.writeHead(200, { 'content-type': 'text/yaml' }).end(SCENARIO);
        break;
      case 'POST /api/commands':
        if (rights === 'read')
          send(response, 403, { error: { code: 'READ_ONLY', message: 'this link is for reading' } });
        else send(response, 200, await this.host.command(JSON.parse(await text(request)), doorOf(request)));
        break;
      default:
        send(response, 404, { error: { code: 'NOT_FOUND', message: 'there is nothing here' } });
    }
  }

  private async stream(response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const write = (message: unknown): void => {
      response.write(`data: ${JSON.stringify(message)}\n\n`);
    };
    write({ kind: 'state', state: await this.host.state() });
    response.on('close', this.host.listen(write));
  }
}

function doorOf({ headers }: IncomingMessage): 'page' | 'http' {
  return headers['x-creditlab-door'] === 'page' ? 'page' : 'http';
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
