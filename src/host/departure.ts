import { orTimeout, TIMED_OUT } from './abort.ts';
import { type Native, VcpuField } from '../addon/native.ts';

const LOOK_MS = 100;
/**
 * CPU time that a released thread may use before it comes back from its step; and how long it may take on a host that
 * hardly lets it run.
 */
const LEAVE_CPU_NS = 1e9;
const LEAVE_MS = 10_000;
/** After an abort, threads get at most this long to leave. */
export const ABORT_LEAVE_MS = 1000;

/**
 * Everybody was released: wait until all threads have left their steps.
 * @param tasks index vCPU
 * @returns per vCPU: what its task came to, or null if it is stuck in a step (or an aborted run didn't wait for it)
 */
export async function departure<T>(
  native: Native,
  tasks: readonly Promise<T>[],
  signal: AbortSignal,
): Promise<readonly (T | Error | null)[]> {
  const outcomes: (T | Error | null)[] = tasks.map(() => null);
  const all = Promise.all(
    tasks.map(async (task, vcpu) => {
      outcomes[vcpu] = await settled(task);
    }),
  );
  const startMs = performance.now();
  const fields = new Float64Array(VcpuField.size);
  // Of the thread: what counts for the vCPU stands still once it is retired, and a retired one may be stuck, too.
  const threadCpuNs = (vcpu: number): number => {
    native.readVcpu(vcpu, fields);
    return fields[VcpuField.threadCpuNs];
  };
  const cpuBefore = tasks.map((_, vcpu) => threadCpuNs(vcpu));
  const isStuck = (vcpu: number): boolean =>
    outcomes[vcpu] === null && threadCpuNs(vcpu) - cpuBefore[vcpu] > LEAVE_CPU_NS;
  while ((await orTimeout(all, LOOK_MS)) === TIMED_OUT) {
    if (performance.now() - startMs > (signal.aborted ? ABORT_LEAVE_MS : LEAVE_MS)) break;
    if (tasks.some((_, vcpu) => isStuck(vcpu))) break;
  }
  return outcomes;
}

function settled<T>(task: Promise<T>): Promise<T | Error> {
  return task.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}
