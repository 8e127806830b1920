/** All doors of a host: its Unix socket always, and a port for pages if it is wanted. */
import { chmodSync } from 'node:fs';
import { LabError } from '../base/errors.ts';
import { bracketed, isWildcard, randomToken, socketAccess, TokenAccess, type Tokens } from './access.ts';
import { Api } from './api.ts';
import { HttpDoor } from './http-door.ts';
import { HostPlace, type HostNote } from './host-names.ts';
import type { PageFiles } from './page-files.ts';
import { ensureDirectory, runtimeDirectory } from './runtime-directory.ts';
import type { HostEnd, Served } from './served.ts';
import { hostname } from 'node:os';

/** Chosen once; a browser's bookmarks find it again. */
export const DEFAULT_PORT = 7300;

export interface PortOptions {
  /** 0: any that is free */
  readonly port: number;
  readonly address: string;
  /** of those who may do everything; null: a random one */
  readonly token: string | null;
  readonly page: PageFiles;
}

export interface HostServerOptions {
  /** null: it has no socket, as somebody who only shows what is finished */
  readonly note: Omit<HostNote, 'pid' | 'startedAt'> | null;
  /** null: none */
  readonly port: PortOptions | null;
  readonly say: (line: string) => void;
  /** of the sockets */
  readonly directory?: string;
}

/** Links to the page: with the one everything can be done, with the other it can be looked at. */
export type Links = Readonly<Record<'all' | 'read', string>>;

export class HostServer {
  /** null: there is none */
  readonly socket: string | null;
  readonly links: Links | null;
  private readonly api: Api;
  private readonly doors: readonly HttpDoor[];
  private readonly place: HostPlace | null;
  private readonly onExit = (): void => this.place?.leave();

  private constructor(api: Api, doors: readonly HttpDoor[], place: HostPlace | null, links: Links | null) {
    this.api = api;
    this.doors = doors;
    this.place = place;
    this.socket = place?.socket ?? null;
    this.links = links;
    process.on('exit', this.onExit);
  }

  /**
   * Open the doors. Until a host is attached, requests are told to come back.
   * @throws LabError BAD_OPTION when the name, the pCPUs or the port are taken; NOT_SUPPORTED when there is no place
   *   for sockets
   */
  static async open(options: HostServerOptions): Promise<HostServer> {
    const { note, port, say } = options;
    const api = new Api();
    const doors: HttpDoor[] = [];
    let place: HostPlace | null = null;
    try {
      if (note !== null) {
        const directory = options.directory ?? runtimeDirectory();
        ensureDirectory(directory);
        const startedAt = new Date().toISOString();
        place = new HostPlace(directory, { ...note, pid: process.pid, startedAt });
        const door = new HttpDoor({ api, access: socketAccess, isLocal: true, page: new Map(), say });
        doors.push(door);
        await place.take(async (path) => {
          await door.listen({ path });
          chmodSync(path, 0o600);
        });
      }
      const links = port === null ? null : await openPort(port, api, doors, say);
      return new HostServer(api, doors, place, links);
    } catch (error) {
      place?.leave();
      await Promise.all(doors.map((door) => door.close(0)));
      throw error;
    }
  }

  attach(served: Served): void {
    this.api.attach(served);
  }

  /** Between two runs. */
  detach(): void {
    this.api.detach();
  }

  /** The host has ended: whoever waits for that is told. */
  ended(end: HostEnd): void {
    this.api.ended(end);
  }

  async close(): Promise<void> {
    process.off('exit', this.onExit);
    this.place?.leave();
    this.api.close();
    await Promise.all(this.doors.map((door) => door.close()));
  }
}

async function openPort(
  { port, address, token, page }: PortOptions,
  api: Api,
  doors: HttpDoor[],
  say: (line: string) => void,
): Promise<Links> {
  const tokens: Tokens = { all: token ?? randomToken(), read: randomToken() };
  const door = new HttpDoor({ api, access: new TokenAccess(tokens, address), isLocal: false, page, say });
  try {
    await door.listen({ host: address, port });
  } catch (cause) {
    throw refusalOf(cause as NodeJS.ErrnoException, address, port);
  }
  doors.push(door);
  const host = isWildcard(address) ? hostname() : bracketed(address);
  // Behind #, where neither servers nor proxies nor other pages see it.
  const link = (secret: string): string => `http://${host}:${String(door.port)}/#token=${secret}`;
  return { all: link(tokens.all), read: link(tokens.read) };
}

function refusalOf(cause: NodeJS.ErrnoException, address: string, port: number): LabError {
  const { code, errno } = cause;
  const details = { cause, ...(errno !== undefined && { errno: -errno }), call: 'listen' };
  if (code === 'EADDRINUSE') {
    return new LabError('BAD_OPTION', `port ${String(port)} is taken`, {
      where: '--serve',
      hint: '--serve 0 takes any that is free',
      ...details,
    });
  }
  const isAddress = code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  return new LabError('BAD_OPTION', `nothing can be served there (${code ?? cause.message})`, {
    where: isAddress ? '--listen' : '--serve',
    got: `${bracketed(address)}:${String(port)}`,
    ...(code === 'EACCES' && { hint: "ports below 1024 are the system's" }),
    ...(isAddress && { hint: '`ip addr` lists the addresses of this machine' }),
    ...details,
  });
}
