/**
 * Which hosts run: each has a Unix socket NAME.sock and beside it NAME.json, which says what it holds. A socket that
 * nobody listens to any more is left from a process that was killed.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LabError } from '../base/errors.ts';
import { counted } from '../base/text.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';
import { isThere } from './runtime-directory.ts';

export interface HostNote {
  readonly name: string;
  readonly pid: number;
  /** host CPUs that nobody else should use; of a simulation none */
  readonly pcpus: readonly number[];
  readonly machine: 'hardware' | 'simulated';
  /** ISO 8601, UTC */
  readonly startedAt: string;
}

export interface RunningHost {
  readonly name: string;
  readonly socket: string;
  /** null: it doesn't say */
  readonly note: HostNote | null;
}

const NAME = /^[\p{L}\d][\p{L}\d._-]{0,31}$/u;
/** The kernel takes no longer path of a socket, in bytes. */
const MOST_PATH_BYTES = 107;
/** Between a host's socket and its note lies less. */
const NOTE_MS = 300;
/** A process that doesn't even accept is stopped, and alive. */
const PROBE_MS = 1000;

/** @throws LabError BAD_OPTION */
export function checkHostName(name: string): void {
  if (NAME.test(name)) return;
  throw new LabError('BAD_OPTION', 'this is no name for a host', {
    where: '--name',
    expected: 'up to 32 letters, digits, dots, dashes and underscores, with a letter or digit first',
    got: name === '' ? 'nothing' : `'${name.slice(0, 60)}'`,
  });
}

export function socketOf(directory: string, name: string): string {
  return join(directory, `${name}.sock`);
}

function noteOf(directory: string, name: string): string {
  return join(directory, `${name}.json`);
}

/**
 * All that answer, by name.
 * @throws LabError NOT_SUPPORTED where somebody else could have put sockets
 */
export async function runningHosts(directory: string): Promise<RunningHost[]> {
  const names = isThere(directory) ? namesIn(directory) : [];
  const alive = await Promise.all(names.map((name) => isAlive(socketOf(directory, name))));
  return Promise.all(
    names
      .filter((_, index) => alive[index])
      .map(async (name) => ({
        name,
        socket: socketOf(directory, name),
        note: await readNote(directory, name),
      })),
  );
}

/** A host's place among the running ones. */
export class HostPlace {
  readonly socket: string;
  private readonly directory: string;
  private readonly note: HostNote;
  private readonly temporary: string;
  /** of the socket, as long as the name is this host's; null: it isn't */
  private inode: number | null = null;

  /** @throws LabError BAD_OPTION for a name that can't be one, or that makes the socket's path too long */
  constructor(directory: string, note: HostNote) {
    checkHostName(note.name);
    this.directory = directory;
    this.note = note;
    this.socket = socketOf(directory, note.name);
    this.temporary = join(directory, `.${note.name}.${randomBytes(4).toString('hex')}`);
    const longest = [this.socket, this.temporary].find((path) => Buffer.byteLength(path) > MOST_PATH_BYTES);
    if (longest === undefined) return;
    throw new LabError('BAD_OPTION', "the path of the host's socket is too long", {
      where: longest,
      expected: `at most ${String(MOST_PATH_BYTES)} bytes`,
      hint: 'choose a shorter --name, or let XDG_RUNTIME_DIR name a directory with a shorter path',
    });
  }

  /**
   * Take the name, unless a living host has it, and the pCPUs, unless one of them belongs to a living host. The name
   * comes first, visible to all: of two hosts that start at the same time on the same pCPUs both may refuse, but
   * at least one does.
   * @param listen makes the socket
   * @throws LabError BAD_OPTION
   */
  async take(listen: (path: string) => Promise<void>): Promise<void> {
    rmSync(this.temporary, { force: true });
    try {
      await listen(this.temporary);
      await this.takeName();
    } finally {
      rmSync(this.temporary, { force: true });
    }
    writeFileSync(this.temporary, textOf(this.note), { mode: 0o600 });
    renameSync(this.temporary, noteOf(this.directory, this.note.name));
    try {
      await this.checkPcpus();
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  /**
   * Others don't find the host any more. Where somebody removed its socket, the name may be another host's by now; as
   * long as it listens, nobody else's socket has its inode. Synchronous, for a process that ends.
   */
  leave(): void {
    const { inode, note } = this;
    if (inode === null) return;
    this.inode = null;
    if (inodeOf(this.socket) === inode) this.putAway(inode);
    const file = noteOf(this.directory, note.name);
    if (textIn(file) === textOf(note)) rmSync(file, { force: true });
  }

  /** A link is made only where nothing is, so that of two processes one gets the name. */
  private async takeName(): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      try {
        linkSync(this.temporary, this.socket);
        this.inode = inodeOf(this.temporary);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const stale = inodeOf(this.socket);
      if (stale === null) continue;
      if (await isAlive(this.socket)) throw this.nameIsTaken(await readNote(this.directory, this.note.name));
      this.putAway(stale);
    }
    throw this.nameIsTaken(null);
  }

  /** A socket, as that of a dead host; if another process has taken the name meanwhile, it keeps it. */
  private putAway(stale: number): void {
    const aside = `${this.temporary}.old`;
    try {
      renameSync(this.socket, aside);
      if (inodeOf(aside) !== stale) linkSync(aside, this.socket);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
    } finally {
      rmSync(aside, { force: true });
    }
  }

  private nameIsTaken(note: HostNote | null): LabError {
    const { name } = this.note;
    return new LabError('BAD_OPTION', `a host named '${name}' is running`, {
      where: '--name',
      ...(note !== null && { got: `process ${String(note.pid)}` }),
      hint: `'creditlab down --name ${name}' ends it, and --name gives this one another name`,
    });
  }

  private async checkPcpus(): Promise<void> {
    if (this.note.machine === 'simulated') return;
    for (const { name, note } of await runningHosts(this.directory)) {
      if (name === this.note.name) continue;
      if (note === null) {
        throw new LabError('BAD_OPTION', `the host '${name}' doesn't say which CPUs it has`, {
          where: noteOf(this.directory, name),
          hint: `'creditlab down --name ${name}' ends it`,
        });
      }
      const shared = note.pcpus.filter((cpu) => this.note.pcpus.includes(cpu));
      if (note.machine === 'simulated' || shared.length === 0) continue;
      throw new LabError('BAD_OPTION', `${cpusHave(shared)} a host already: '${name}'`, {
        where: '--pcpus',
        expected: `CPUs other than ${formatCpuList(note.pcpus)}`,
        got: formatCpuList(this.note.pcpus),
        hint: `'creditlab down --name ${name}' ends it`,
      });
    }
  }
}

function cpusHave(cpus: readonly number[]): string {
  return cpus.length === 1 ? `CPU ${String(cpus[0])} has` : `${counted(cpus.length, 'CPU')} have`;
}

function namesIn(directory: string): string[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.sock') && !file.startsWith('.'));
  return files.map((file) => file.slice(0, -'.sock'.length)).sort();
}

/** Whether somebody listens to it. */
export function isAlive(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    const settle = (answer: boolean): void => {
      clearTimeout(timer);
      connection.destroy();
      resolve(answer);
    };
    const timer = setTimeout(settle, PROBE_MS, true);
    connection.on('connect', () => {
      settle(true);
    });
    connection.on('error', ({ code }: NodeJS.ErrnoException) => {
      settle(code !== 'ECONNREFUSED' && code !== 'ENOENT' && code !== 'ENOTSOCK');
    });
  });
}

async function readNote(directory: string, name: string): Promise<HostNote | null> {
  const until = performance.now() + NOTE_MS;
  for (;;) {
    const note = noteIn(noteOf(directory, name));
    if (note !== null || performance.now() > until) return note;
    await pause(20);
  }
}

/** The directory is this user's alone, so a note that is there is a host's, of this or another version. */
function noteIn(file: string): HostNote | null {
  try {
    const note = JSON.parse(textIn(file) ?? 'null') as HostNote | null;
    return note !== null && Array.isArray(note.pcpus) && typeof note.pid === 'number' ? note : null;
  } catch {
    return null;
  }
}

function textIn(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function textOf(note: HostNote): string {
  return `${JSON.stringify(note)}\n`;
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}
