import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { siblingModule } from '../../src/base/package-root.ts';

/** How long so many threads took to start, and what they weigh. */
export interface Start {
  readonly startedS: number;
  /** growth of the process's resident set */
  readonly grownBytes: number;
}

/**
 * The yardstick for starting vCPUs: worker threads that do nothing, in a process of their own under the same flags, for
 * a process that has had threads before has memory at hand.
 * @throws the abort reason; an Error if the process failed
 */
export async function startEmptyWorkers(count: number, signal: AbortSignal): Promise<Start> {
  signal.throwIfAborted();
  const script = fileURLToPath(siblingModule('empty-workers-process', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`the process with the empty workers ended with code ${code}`);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return JSON.parse(output) as Start;
}
