import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** from the last `until` to the end */
  readonly tookMs: number;
}

export interface SpawnOptions {
  readonly cwd?: string;
  /** how the invented machine behaves; absent: the real command */
  readonly fake?: string;
  /** a file or device that takes standard output; absent: it comes back */
  readonly stdout?: string;
  /** beside those of this process */
  readonly env?: Readonly<Record<string, string>>;
  /** called as soon as there is a process */
  readonly started?: (child: ChildProcess) => void;
  /** called when this text has appeared on standard error */
  readonly until?: { readonly text: string; readonly then: (child: ChildProcess) => void };
}

/** Run the command in a process of its own. */
export function creditlab(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const extension = extname(import.meta.url);
  const script = options.fake === undefined ? '../../src/cli/main' : './fake-cli';
  const file = fileURLToPath(new URL(script + extension, import.meta.url));
  const loader =
    extension === '.ts'
      ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
      : [];
  const stdoutFd = options.stdout === undefined ? null : openSync(options.stdout, 'w');
  const child = spawn(process.execPath, [...loader, file, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NODE_OPTIONS: '', LC_ALL: 'C.UTF-8', FAKE: options.fake, ...options.env },
    stdio: ['ignore', stdoutFd ?? 'pipe', 'pipe'],
  });
  if (stdoutFd !== null) closeSync(stdoutFd);
  options.started?.(child);
  let stdout = '';
  let stderr = '';
  let fromMs = performance.now();
  let waiting = options.until;
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (waiting === undefined || !stderr.includes(waiting.text)) return;
    const { then } = waiting;
    waiting = undefined;
    fromMs = performance.now();
    then(child);
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, tookMs: performance.now() - fromMs });
    });
  });
}

/** A directory for one test. */
export async function inTemporaryDirectory<T>(use: (dir: string) => Promise<T> | T): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'creditlab-test-'));
  try {
    return await use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
