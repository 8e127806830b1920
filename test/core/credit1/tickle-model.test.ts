import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Priority } from '../../../src/core/credit1/constants.ts';
import { IDLE } from '../../../src/core/policy.ts';
import { tickle } from '../../../src/core/credit1/tickle.ts';
import { started, vm } from './fixture.ts';

const PCPUS = 4;

interface Situation {
  /** index pCPU: what runs there, null: its idle vCPU */
  readonly running: readonly (number | null)[];
  /** pCPUs that idle and were not tickled since */
  readonly idlers: ReadonlySet<number>;
  readonly own: number;
  readonly priority: number;
  readonly affinity: readonly number[];
  readonly lastTickled: number;
}

/** Section 8 of the specification, sentence by sentence, without soft affinity. */
function target({ running, idlers, own, priority, affinity, lastTickled }: Situation): number | null {
  const isPinned = affinity.length === 1;
  if (isPinned && idlers.has(own)) return own;
  const current = running[own];
  if (current === null || (idlers.size === 0 && priority > current)) return own;
  if (idlers.size === 0) return null;
  const candidates = affinity.filter((pcpu) => idlers.has(pcpu));
  if (candidates.length === 0) return priority > current ? own : null;
  const cyclic = (pcpu: number) => (pcpu - lastTickled - 1 + PCPUS) % PCPUS;
  return candidates.reduce((best, pcpu) => (cyclic(pcpu) < cyclic(best) ? pcpu : best));
}

describe('tickling, compared with the specification written a second time,', () => {
  const priority = fc.constantFrom(Priority.boost, Priority.under, Priority.over);
  const situation = fc.record({
    running: fc.array(fc.option(priority), { minLength: PCPUS, maxLength: PCPUS }),
    tickledBefore: fc.subarray([0, 1, 2, 3]),
    own: fc.nat(PCPUS - 1),
    priority,
    pin: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
    lastTickled: fc.nat(PCPUS - 1),
    wakingPcpu: fc.nat(PCPUS - 1),
  });

  it('asks the same pCPU, or none', () => {
    fc.assert(
      fc.property(
        situation,
        ({ running, tickledBefore, own, priority: woken, pin, lastTickled, wakingPcpu }) => {
          // A vCPU is assigned to a pCPU where it may run.
          const affinity = pin.includes(own) ? pin : [...pin, own].sort((a, b) => a - b);
          const vcpu = PCPUS;
          const policy = started(PCPUS, [vm(256, 0, PCPUS), { weight: 256, cap: 0, vcpus: [affinity] }]);
          const { state } = policy;
          for (let pcpu = 0; pcpu < PCPUS; pcpu++) state.idlers.delete(pcpu);
          running.forEach((current, pcpu) => {
            state.current[pcpu] = current === null ? IDLE : pcpu;
            if (current !== null) state.priority[pcpu] = current;
            else if (!tickledBefore.includes(pcpu)) state.idlers.add(pcpu);
          });
          const idlers = new Set([0, 1, 2, 3].filter((pcpu) => state.idlers.has(pcpu)));
          state.pcpuOf[vcpu] = own;
          state.priority[vcpu] = woken;
          state.lastTickled[wakingPcpu] = lastTickled;

          tickle(state, vcpu, wakingPcpu);

          const wanted = target({ running, idlers, own, priority: woken, affinity, lastTickled });
          const asked = [0, 1, 2, 3].filter((pcpu) => state.resched.has(pcpu));
          assert.deepEqual(asked, wanted === null ? [] : [wanted]);
          const stillIdle = [0, 1, 2, 3].filter((pcpu) => state.idlers.has(pcpu));
          assert.deepEqual(
            stillIdle,
            [...idlers].filter((pcpu) => pcpu !== wanted),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });
});
