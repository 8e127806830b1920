import type { PolicyTerms } from '../../src/core/policy-terms.ts';
import type { Policy } from '../../src/core/policy.ts';
import { CHOICES, REASONS } from '../../src/core/reason.ts';
import { Exit } from '../../src/machine/machine.ts';
import { traceHeader } from '../../src/trace/trace.ts';
import { TraceRecorder } from '../../src/trace/recorder.ts';
import { TraceStore } from '../../src/trace/store.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { scenario, vm } from '../host/invented-scenario.ts';

const MS = 1e6;
const [A, B] = [0, 1];
const IDLE = -1;

/** The records that only this policy makes, by their places. */
const Own = { round: 0, deplete: 1, replenish: 2 } as const;
export const DEPLETED = 5;
export const EARLIEST = 3;

/** Of a policy that nobody has: readings, records, a reason and a choice that no other has. */
export const ODD_TERMS: PolicyTerms = {
  type: 'odd',
  vcpuReadings: [
    {
      key: 'deadline',
      unit: 'ms',
      description: 'when its budget is renewed',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'mood',
      unit: '',
      description: 'whether it wants to go first',
      kind: 'class',
      classes: [
        { value: 7, name: 'eager' },
        { value: 3, name: 'lazy' },
      ],
      idle: 0,
      initial: 3,
    },
  ],
  vmReadings: [{ key: 'budget', unit: '%', description: 'of a round', kind: 'level', idle: 0, initial: 10 }],
  records: [
    {
      kind: 'round',
      fields: ['jobs'],
      description: 'a round began',
      title: 'round begins',
      mark: 'beginnings of rounds',
    },
    {
      kind: 'deplete',
      fields: ['vcpu', 'deadline'],
      description: 'its budget is used up',
      title: 'budget used up',
      effect: 'park',
      counted: 'depletions',
    },
    { kind: 'replenish', fields: ['vcpu', 'mood'], description: 'its budget is full', effect: 'unpark' },
  ],
  reasons: [
    ...REASONS,
    {
      value: DEPLETED,
      key: 'depleted',
      title: 'budget over',
      began: 'the budget of the one before was used up',
      ended: 'its budget was used up',
      after: 'parked',
    },
  ],
  choices: [...CHOICES, { value: EARLIEST, key: 'earliest', words: 'its deadline came first' }],
};

/**
 * Two vCPUs on one pCPU for 100 ms, told to the recorder as a policy would:
 *
 *     0        A runs, eager, deadline 40 ms       B waits, lazy, deadline 62.5 ms
 *     20 ms    A's budget is used up: parked       B runs
 *     40 ms    a round: A has its budget again     B runs on
 *     60 ms    B sleeps                            A runs until the end
 */
export function oddTrace(): Trace {
  const header = {
    ...traceHeader(
      scenario({
        pcpus: [0],
        durationNs: 100 * MS,
        vms: [vm('A', { work: null }), vm('B', { work: null })],
      }),
      { label: 'odd', run: 1, machine: 'simulated' },
    ),
    policy: ODD_TERMS,
  };
  const store = new TraceStore();
  store.begin(header);
  const deadline = [0, 0];
  const mood = [3, 3];
  const recorder = new TraceRecorder(store);
  recorder.attach({
    terms: ODD_TERMS,
    readVcpu(vcpu: number, out: Float64Array, at: number) {
      out[at] = deadline[vcpu];
      out[at + 1] = mood[vcpu];
    },
    readVm(_vm: number, out: Float64Array, at: number) {
      out[at] = 50;
    },
  } as unknown as Policy);
  const reason = (key: string): number => ODD_TERMS.reasons.find((each) => each.key === key)?.value ?? NaN;
  recorder.start(0, A);
  recorder.start(0, B);
  recorder.wake(0, A);
  recorder.wake(0, B);
  deadline[A] = 40 * MS;
  // Half a nanosecond: readings need not be whole numbers.
  deadline[B] = 62.5 * MS + 0.5;
  mood[A] = 7;
  recorder.decide(0, 0, IDLE, A, reason('tickled'), EARLIEST);
  recorder.tick(10 * MS, 0, A);
  recorder.set(15 * MS, B, 0);
  recorder.own(20 * MS, Own.deplete, A, 80 * MS);
  deadline[A] = 80 * MS;
  recorder.decide(20 * MS, 0, A, B, DEPLETED, EARLIEST);
  recorder.own(40 * MS, Own.round, 2);
  mood[A] = 3;
  recorder.own(40 * MS, Own.replenish, A, 3);
  recorder.decide(40 * MS, 0, B, B, reason('tickled'), EARLIEST);
  recorder.exit(60 * MS, B, Exit.blocked);
  recorder.decide(60 * MS, 0, B, A, reason('blocked'), EARLIEST);
  store.end({ endNs: 100 * MS, complete: true, lostIntents: 0, lostFacts: 0 });
  const trace = store.trace();
  if (trace === null) throw new Error('nothing was recorded');
  return trace;
}
