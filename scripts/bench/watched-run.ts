/**
 * A run in a process of its own, with somebody who looks at the clock.
 *
 * A program that is paused at the wrong instruction may hold a lock that everybody in its process waits for, the main
 * thread included. No timer of that process would notice. So it is a child that runs, and its parent that waits, ends
 * it, and knows what it was doing.
 */
import { fork } from 'node:child_process';
import type { HostDescription, RunResult } from '../../src/result/result.ts';
import { siblingModule } from '../../src/base/package-root.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

export interface RunOrder {
  readonly host: HostDescription;
  readonly scenario: Scenario;
}

export type RunReply =
  | { readonly kind: 'phase'; readonly phase: string }
  | { readonly kind: 'done'; readonly result: RunResult }
  | { readonly kind: 'failed'; readonly message: string; readonly result: RunResult | null };

export type RunEnd =
  | { readonly kind: 'done'; readonly result: RunResult }
  | { readonly kind: 'failed'; readonly message: string; readonly result: RunResult | null }
  /** no answer in time; `phase`: what it did last */
  | { readonly kind: 'hung'; readonly phase: string; readonly afterMs: number };

export interface Watch {
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** the child's module; for tests */
  readonly module?: string;
}

/** @throws the abort reason when the signal was aborted */
export async function watchedRun(order: RunOrder, watch: Watch): Promise<RunEnd> {
  const { patienceMs, signal, module = siblingModule('program-process', import.meta.url) } = watch;
  signal.throwIfAborted();
  const child = fork(new URL(module), { serialization: 'advanced' });
  let phase = 'starting';
  let end: RunEnd | null = null;
  child.on('message', (message) => {
    const reply = message as RunReply;
    if (reply.kind === 'phase') phase = reply.phase;
    else end = reply;
  });
  const kill = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    end ??= { kind: 'hung', phase, afterMs: patienceMs };
    kill();
  }, patienceMs);
  signal.addEventListener('abort', kill, { once: true });
  child.send(order);
  try {
    const [code, killedBy] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (...ended) => resolve(ended));
    });
    signal.throwIfAborted();
    return (
      end ?? { kind: 'failed', message: `its process ended with ${killedBy ?? `code ${code}`}`, result: null }
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}
