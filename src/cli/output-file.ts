import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LabError } from '../base/errors.ts';
import { ChunkedWriter } from './chunked-writer.ts';

/**
 * A file that a command will write at its end. It is checked before anything starts, and nothing is touched until then.
 */
export class OutputFile {
  readonly option: string;
  readonly path: string;

  /** @throws LabError BAD_FILE when it could not be written */
  constructor(option: string, path: string) {
    this.option = option;
    this.path = path;
    this.check();
  }

  /** Whether writing replaces what is there; a pipe or a device takes what is written after what was written before. */
  get isReplaced(): boolean {
    return isReplaceable(statOf(this.path));
  }

  /** Where the content ends up: the same for two paths that lead to one file. */
  get target(): string {
    return this.isReplaced ? realpathOf(this.path) : resolve(this.path);
  }

  /**
   * Write all at once: a reader finds the old content or the new one, never half of it.
   * @throws LabError RUN_FAILED when the disk refuses after all
   */
  write(text: string): void {
    this.replace((writer) => this.attempt(() => writer.put(text)));
  }

  /** The same for what is no text. */
  writeBytes(bytes: Uint8Array): void {
    this.replace((writer) => this.attempt(() => writer.putBytes(bytes)));
  }

  /**
   * The same for content that is made piece by piece and may be too long to be held in memory. A pipe or a device gets
   * it as it is made.
   * @param produce what it throws is passed on, and nothing is replaced
   * @throws LabError RUN_FAILED when the disk refuses after all
   */
  stream(produce: (put: (text: string) => void) => void): void {
    this.replace((writer) => produce((text) => this.attempt(() => writer.put(text))));
  }

  private replace(produce: (writer: ChunkedWriter) => void): void {
    const target = realpathOf(this.path);
    if (!isReplaceable(statOf(this.path))) {
      this.fill(this.path, produce);
      return;
    }
    const temporary = temporaryIn(dirname(target));
    try {
      this.fill(temporary, produce);
      this.attempt(() => {
        const before = statOf(target);
        if (before !== null) chmodSync(temporary, before.mode & 0o7777);
        renameSync(temporary, target);
      });
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  private fill(file: string, produce: (writer: ChunkedWriter) => void): void {
    const fd = this.attempt(() => openSync(file, 'w'));
    try {
      const writer = new ChunkedWriter(fd);
      produce(writer);
      this.attempt(() => writer.flush());
    } finally {
      this.attempt(() => closeSync(fd));
    }
  }

  /** What goes wrong in the file system is a run that failed; what goes wrong in making the content isn't touched. */
  private attempt<T>(access: () => T): T {
    try {
      return access();
    } catch (error) {
      throw new LabError('RUN_FAILED', `the results could not be written (${codeOf(error)})`, {
        where: `${this.option} ${this.path}`,
        cause: error,
      });
    }
  }

  private check(): void {
    if (this.path === '') throw this.refusal('the file name is empty');
    if (this.path === '-') throw this.refusal('standard output is called /dev/stdout', 'the name of a file');
    const stat = statOf(this.path);
    if (stat?.isDirectory() === true) throw this.refusal('this is a directory', 'the name of a file');
    const target = realpathOf(this.path);
    const dir = dirname(target);
    try {
      if (stat !== null) accessSync(this.path, constants.W_OK);
      if (isReplaceable(stat)) tryOut(dir);
    } catch (error) {
      const place = statOf(dir);
      const reason =
        place === null
          ? `there is no directory ${dir}`
          : place.isDirectory()
            ? `the file cannot be written (${codeOf(error)})`
            : `${dir} is not a directory`;
      throw this.refusal(reason, 'a file in a directory where this user may write', error);
    }
  }

  private refusal(message: string, expected?: string, cause?: unknown): LabError {
    return new LabError('BAD_FILE', message, {
      where: `${this.option} ${this.path}`,
      ...(expected === undefined ? {} : { expected }),
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

function temporaryIn(dir: string): string {
  return join(dir, `.creditlab-${String(process.pid)}.tmp`);
}

/** Permissions alone don't tell: a file system may be read-only, full or special. */
function tryOut(dir: string): void {
  const file = temporaryIn(dir);
  // Of a process that had this number and was killed in the middle.
  rmSync(file, { force: true });
  writeFileSync(file, '', { flag: 'wx' });
  rmSync(file);
}

/** Pipes and devices (/dev/stdout, /dev/null) are written to; only files are replaced. */
function isReplaceable(stat: Stats | null): boolean {
  return stat === null || stat.isFile();
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/**
 * Behind a symbolic link the file is replaced, not the link. A file that isn't there yet still has a real directory.
 */
function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const full = resolve(path);
    try {
      return join(realpathSync(dirname(full)), basename(full));
    } catch {
      return full;
    }
  }
}

/**
 * Nothing that a command writes may replace another of its files.
 * @param inputs files that the command reads; names of what is no file are passed over
 * @throws LabError BAD_OPTION
 */
export function requireDistinct(
  outputs: readonly (OutputFile | null)[],
  inputs: readonly string[] = [],
): void {
  const taken = new Map(inputs.filter((path) => statOf(path) !== null).map((path) => [realpathOf(path), '']));
  for (const output of outputs) {
    if (output === null) continue;
    const { option, path, target } = output;
    const owner = taken.get(target);
    if (owner !== undefined) {
      const message =
        owner === '' ? 'this would replace the input' : `${owner} and ${option} name the same file`;
      throw new LabError('BAD_OPTION', message, { where: option, expected: 'a file of its own', got: path });
    }
    taken.set(target, option);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
