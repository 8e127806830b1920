import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../src/result/result.ts';
import { packageRoot } from '../../src/base/package-root.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  /** from `act` (or the start) until the process was gone, ms */
  readonly tookMs: number;
  readonly result: Result | null;
}

export interface CommandOptions {
  /** shell commands that the process goes through first, such as `ulimit` */
  readonly before?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** options of Node, after those that these tests run with */
  readonly node?: readonly string[];
  /** Done as soon as the run is under way. */
  readonly act?: (child: ChildProcess) => void | Promise<void>;
  readonly timeoutMs?: number;
}

/** Run `creditlab …` in a process of its own, as users do, with a result file; do something to it; wait for its end. */
export async function command(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const { before = ':', env = {}, node = [], act, timeoutMs = 30_000 } = options;
  const dir = mkdtempSync(join(tmpdir(), 'creditlab-test-'));
  const json = join(dir, 'result.json');
  const main = join(packageRoot(), 'dist/src/cli/main.js');
  const script = `${before} && exec "$0" "$@"`;
  const argv = [process.execPath, ...process.execArgv, ...node, main, ...args, '--json', json];
  const child = spawn('/bin/sh', ['-c', script, ...argv], {
    cwd: packageRoot(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let acted = act === undefined;
  let since = performance.now();
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    // The first line of progress in CPU time: vCPUs run, others are paused.
    if (acted || !/of CPU time/.test(output)) return;
    acted = true;
    since = performance.now();
    void act?.(child);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const killer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      child.on('close', (...ended) => resolve(ended));
    });
    return { code, signal, output, tookMs: performance.now() - since, result: read(json) };
  } finally {
    clearTimeout(killer);
    rmSync(dir, { recursive: true, force: true });
  }
}

function read(json: string): Result | null {
  try {
    return JSON.parse(readFileSync(json, 'utf8')) as Result;
  } catch {
    return null;
  }
}
