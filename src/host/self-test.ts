import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { LabError } from '../base/errors.ts';
import type { Native } from '../addon/native.ts';
import { noPendingSignals } from './pending-signals.ts';

/** What failed, as native/self_test.h numbers it: the call, and what it does for creditlab. */
const STEPS = new Map<number, readonly [call: string, what: string]>([
  [1, ['pthread_create', 'no thread can be started']],
  [2, ['sigaction', 'the handler of the pause signal cannot be installed']],
  [3, ['rt_tgsigqueueinfo', 'the pause signal cannot be sent to a thread']],
  [4, ['rt_tgsigqueueinfo', 'the pause signal was sent, but its handler did not run']],
  [5, ['timer_create', 'no timer can be made for a thread']],
  [6, ['timer_settime', 'the timer of a thread cannot be set']],
  [7, ['timer_settime', 'the timer of a thread was set, but its signal did not come']],
  [8, ['sched_setaffinity', 'a thread cannot be pinned']],
  [9, ['sched_setaffinity', 'a thread does not stay pinned']],
]);
const { EAGAIN, EBUSY } = constants.errno;

/**
 * Tries on a thread of its own what pausing and pinning need: signal, timer, and affinity to each of the CPUs.
 * @throws LabError NOT_SUPPORTED or LIMIT, before anything else was started
 */
export function selfTest(native: Pick<Native, 'selfTest'>, cpus: readonly number[]): void {
  const out = new Int32Array(2);
  const step = native.selfTest(Int32Array.from(cpus), out);
  if (step === 0) return;
  const [errno, cpu] = out;
  const [call, what] = STEPS.get(step) ?? ['self-test', `step ${String(step)} of the self-test failed`];
  const message = cpu >= 0 ? `${what} to CPU ${String(cpu)}` : what;
  if (errno === EAGAIN && call !== 'pthread_create') throw noPendingSignals(message);
  throw new LabError('NOT_SUPPORTED', message, {
    where: 'self-test of the testbed',
    got: errno === 0 ? `nothing, although ${call} succeeded` : `${getSystemErrorName(-errno)} from ${call}`,
    hint: hintFor(call, errno),
    ...(errno !== 0 && { errno }),
    call,
  });
}

function hintFor(call: string, errno: number): string {
  if (errno === EBUSY) return 'a library in this process has taken all real-time signals';
  if (call === 'pthread_create') return '`ulimit -u` and the control group limit the number of threads';
  if (call === 'sched_setaffinity' && errno === constants.errno.EINVAL)
    return 'the CPU is offline, or the control group does not have it';
  if (errno === 0 && call === 'rt_tgsigqueueinfo') return 'the signal is blocked in this process';
  return (
    'a filter of system calls (seccomp) forbids it; in docker, `--security-opt seccomp=unconfined` lifts ' +
    'the filter'
  );
}
