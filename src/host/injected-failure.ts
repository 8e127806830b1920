/**
 * Injected failures show that a run survives them. CREDITLAB_INJECT=KIND[@MS] asks for one, in tests and demonstrations
 * only.
 *
 *     loop-freeze@MS   the hypervisor thread stands still
 *     loop-throw@MS    the hypervisor thread fails
 *     main-throw@MS    an uncaught error in the main thread
 *     main-exit@MS     process.exit(7) in the main thread
 *     naive-pause      threads are paused wherever the signal lands
 */
import { isMainThread } from 'node:worker_threads';

type InjectedFailure = 'loop-freeze' | 'loop-throw' | 'main-throw' | 'main-exit' | 'naive-pause';

const [kind, ms] = (process.env.CREDITLAB_INJECT ?? '').split('@') as [InjectedFailure | '', string?];
const atNs = Number(ms ?? '500') * 1e6;

/** In the hypervisor thread, once per pass. */
export function injectIntoLoop(nowNs: number): void {
  if (kind === '' || isMainThread || nowNs < atNs) return;
  if (kind === 'loop-throw') throw new Error('injected failure in the hypervisor thread');
  if (kind === 'loop-freeze') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** In the main thread, when a run starts. */
export function injectIntoMain(): void {
  if (kind === 'main-throw') {
    setTimeout(() => {
      throw new Error('injected failure in the main thread');
    }, atNs / 1e6);
  }
  if (kind === 'main-exit') setTimeout(() => process.exit(7), atNs / 1e6);
}

export function wantsNaivePausing(): boolean {
  return kind === 'naive-pause';
}
