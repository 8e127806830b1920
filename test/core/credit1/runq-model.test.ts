import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Priority } from '../../../src/core/credit1/constants.ts';
import { RunQueues } from '../../../src/core/credit1/runq.ts';

const VCPUS = 10;
const IDLE_VCPU = { vcpu: -1, priority: Priority.idle };

/** A queue as the specification words it: an array, in which the idle vCPU may stand last. */
type Entry = { readonly vcpu: number; readonly priority: number };

function inserted(queue: readonly Entry[], entry: Entry, isYielding: boolean): Entry[] {
  let at = queue.findIndex(({ priority }) => priority < entry.priority);
  if (at < 0) at = queue.length;
  else if (isYielding && queue[at].priority !== Priority.idle && at !== queue.length - 1) at++;
  return queue.toSpliced(at, 0, entry);
}

/** Elements at UNDER and above move up behind the previous such element. */
function sorted(queue: readonly Entry[]): Entry[] {
  const isHigh = ({ priority }: Entry) => priority >= Priority.under;
  return [...queue.filter(isHigh), ...queue.filter((entry) => !isHigh(entry))];
}

describe('run queues, compared with the specification written a second time,', () => {
  const priority = fc.constantFrom(Priority.boost, Priority.under, Priority.over);
  const vcpu = fc.nat(VCPUS - 1);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('insert' as const), vcpu, priority, pcpu: fc.nat(1) }),
    fc.record({ kind: fc.constant('yield' as const), vcpu, priority, pcpu: fc.nat(1) }),
    fc.record({ kind: fc.constant('remove' as const), vcpu }),
    // As accounting does it, in place: the queue is out of order until it is sorted.
    fc.record({ kind: fc.constant('change' as const), vcpu, priority }),
    fc.record({ kind: fc.constant('sort' as const), pcpu: fc.nat(1) }),
  );

  for (const idleQueued of [true, false]) {
    const what = idleQueued ? 'behind them the idle one' : 'without the idle one';
    it(`hold the same vCPUs in the same order, ${what}`, () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const priorities = new Int32Array(VCPUS);
          const runq = new RunQueues(2, priorities);
          const model: Entry[][] = idleQueued ? [[IDLE_VCPU], [IDLE_VCPU]] : [[], []];
          const holderOf = (wanted: number) =>
            model.findIndex((queue) => queue.some((entry) => entry.vcpu === wanted));
          for (const each of steps) {
            if (each.kind === 'sort') {
              runq.sort(each.pcpu);
              model[each.pcpu] = sorted(model[each.pcpu]);
              continue;
            }
            const holder = holderOf(each.vcpu);
            if (each.kind === 'remove') {
              if (holder < 0) continue;
              runq.remove(holder, each.vcpu);
              model[holder] = model[holder].filter((entry) => entry.vcpu !== each.vcpu);
            } else if (each.kind === 'change') {
              priorities[each.vcpu] = each.priority;
              if (holder >= 0)
                model[holder] = model[holder].map((entry) => (entry.vcpu === each.vcpu ? each : entry));
            } else if (holder < 0) {
              priorities[each.vcpu] = each.priority;
              if (each.kind === 'insert') runq.insert(each.pcpu, each.vcpu);
              else runq.insertYielding(each.pcpu, each.vcpu, idleQueued);
              model[each.pcpu] = inserted(model[each.pcpu], each, each.kind === 'yield');
            }
            model.forEach((queue, pcpu) => {
              const order = queue.map((entry) => entry.vcpu).filter((id) => id >= 0);
              assert.deepEqual(waiting(runq, pcpu), order);
            });
          }
        }),
        { numRuns: 300 },
      );
    });
  }
});

function waiting(runq: RunQueues, pcpu: number): number[] {
  const vcpus: number[] = [];
  for (let vcpu = runq.head(pcpu); vcpu >= 0; vcpu = runq.next(vcpu)) {
    assert.ok(runq.isQueued(vcpu));
    vcpus.push(vcpu);
  }
  assert.equal(runq.isEmpty(pcpu), vcpus.length === 0);
  return vcpus;
}
