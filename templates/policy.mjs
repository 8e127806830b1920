/**
 * A scheduler of your own: one queue for all pCPUs. Who has waited longest runs next, for one slice.
 *
 *                 wake                      choose()
 *     blocked ──────────► waiting, add() ──────────────► running, begin()
 *        ▲                      ▲                            │   │
 *        │                      └─────── slice over ─────────┘   │
 *        └───────────────────────── it sleeps ───────────────────┘
 *
 * PolicyBase knows who can run, who runs, and when slices end. This class says how those that wait are kept, and which
 * of them comes next. A vCPU and a pCPU are small numbers from 0, and all times are ns.
 *
 *     creditlab sim --scheduler ./mine.mjs --pcpus 1 --duration 1s --vm A --vm B --gantt
 *     creditlab run --scheduler ./mine.mjs:slice=5ms --pcpus 1 --duration 3s --vm A --vm B
 *     creditlab policy check mine.mjs
 *
 * docs/policies.md has the rest: parameters of VMs such as a weight, CPU time that was used, readings in traces.
 */
import { definePolicy, IDLE, LinkedLists, NONE, PolicyBase } from 'creditlab/policy';

class Mine extends PolicyBase {
  /** One list, number 0, of vCPUs. Lists of small numbers in typed arrays: nothing is allocated while it runs. */
  queue = new LinkedLists(1, this.vmOf.length);
  /** Index vCPU: how many slices it has begun. */
  turns = new Float64Array(this.vmOf.length);

  /** A vCPU begins to wait: it woke up, or its slice is over. */
  add(vcpu) {
    this.queue.insertBefore(0, vcpu, NONE);
  }

  /** It no longer waits: it was chosen, or it was paused. */
  remove(vcpu) {
    this.queue.remove(0, vcpu);
  }

  /** Which of those that wait a pCPU is to run, or IDLE. Some may be pinned to other pCPUs. */
  choose(pcpu) {
    let vcpu = this.queue.head(0);
    while (vcpu !== NONE && !this.affinity.of(vcpu).has(pcpu)) vcpu = this.queue.next(vcpu);
    return vcpu === NONE ? IDLE : vcpu;
  }

  /** The one that was chosen begins a slice: how long may it run? */
  begin(vcpu) {
    this.turns[vcpu]++;
    return this.values.sliceNs;
  }

  /** The numbers that traces and pictures show of a vCPU, in the order of vcpuReadings below. */
  readVcpu(vcpu, out, at) {
    out[at] = this.turns[vcpu];
  }
}

export default definePolicy({
  description: 'Who has waited longest runs next, for one slice',
  parameters: [
    {
      key: 'slice', // as in --scheduler ./mine.mjs:slice=5ms; a time is this.values.sliceNs
      unit: 'time',
      min: 1e6,
      max: 1e9,
      default: 10e6,
      description: 'How long a vCPU runs before others have their turn',
      isSlice: true,
    },
  ],
  vcpuReadings: [{ key: 'turns', description: 'slices that it has begun' }],
  entitlement: () => ({ weight: 1, capPercent: null }), // everybody the same: what results are compared with
  create: (options, type) => new Mine(type, options),
});
