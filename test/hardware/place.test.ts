import assert from 'node:assert/strict';
import { loadNative, VcpuField } from '../../src/addon/native.ts';
import { traceHeader } from '../../src/trace/trace.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { staysOf, type Stay } from '../../src/trace/timeline.ts';
import { cpus, gateIsSound, MS, testbedFor, run, scenario, SECOND, tell, vm } from './support.ts';
import { threadPlace, type ThreadPlace } from './thread-place.ts';

const LOOK_MS = 7;
/** Of all looks at vCPUs on a core. */
const LEAST_SEEN = 100;

/** The kernel's word on a vCPU's thread, between two instants of the run. */
interface Look extends ThreadPlace {
  readonly vcpu: number;
  readonly fromNs: number;
  readonly toNs: number;
}

describe("the vCPUs' threads, in the middle of a run", function () {
  this.timeout(60_000);
  let looks: Look[];
  let stays: readonly (readonly Stay[])[];
  const pcpus = cpus.slice(0, 2);
  const testbed = testbedFor({ pcpus }, 2);

  before(async () => {
    const vms = [
      vm('A', { vcpus: 2 }),
      vm('B', { weight: 512 }),
      vm('C', { workload: 'interactive' }),
      vm('P', { pin: [pcpus[1]] }),
      vm('Q', { cap: 30 }),
    ];
    const what = scenario(vms, { pcpus, durationNs: 4 * SECOND, tsliceNs: 5 * MS });
    const store = new TraceStore();
    store.begin(traceHeader(what, { label: 'places', run: 1, machine: 'hardware' }));
    looks = [];
    const vcpuCount = vms.reduce((sum, { vcpus }) => sum + vcpus, 0);
    const ticker = setInterval(() => looks.push(...lookAt(vcpuCount)), LOOK_MS);
    try {
      const { windowNs } = await run(testbed(), what, { trace: store });
      // Whoever has left the gate is free again.
      looks = looks.filter(({ toNs }) => toNs < windowNs);
    } finally {
      clearInterval(ticker);
    }
    stays = staysOf(store.trace() ?? assert.fail('nothing was recorded'));
  });

  it('are where the facts say, and may be nowhere else', () => {
    let seen = 0;
    for (const look of looks) {
      // Whoever came or went meanwhile may have been seen on either side of it.
      const pcpu = stays.findIndex((there) =>
        there.some(
          ({ vcpu, fromNs, toNs }) => vcpu === look.vcpu && fromNs < look.fromNs && toNs > look.toNs,
        ),
      );
      if (pcpu < 0) continue;
      seen++;
      const what = `vCPU ${look.vcpu} at ${(look.fromNs / MS).toFixed(1)} ms`;
      assert.equal(look.cpu, pcpus[pcpu], `${what} is on another CPU than the gate says`);
      assert.deepEqual(look.allowed, [pcpus[pcpu]], `${what} may run elsewhere`);
    }
    tell(`${seen} of ${looks.length} looks at threads that were on a core all the while`);
    assert.ok(seen >= LEAST_SEEN, `only ${seen} looks`);
  });

  it('may never run on more than one CPU, and a pinned one never on another', () => {
    const pinned = 4;
    for (const { vcpu, allowed } of looks) {
      assert.equal(allowed.length, 1, `vCPU ${vcpu} may run on CPUs ${allowed.join(', ')}`);
      assert.ok(pcpus.includes(allowed[0]), `vCPU ${vcpu} may run on CPU ${allowed[0]}`);
      if (vcpu === pinned) assert.equal(allowed[0], pcpus[1], 'the pinned one');
    }
  });

  it('were pinned each time that they should be', gateIsSound);
});

/** At all vCPUs that have been on a core; a thread that ends meanwhile isn't there. */
function lookAt(vcpuCount: number): Look[] {
  const native = loadNative();
  const fields = new Float64Array(VcpuField.size);
  return Array.from({ length: vcpuCount }, (_, vcpu) => vcpu).flatMap((vcpu) => {
    native.readVcpu(vcpu, fields);
    if (fields[VcpuField.startNs] < 0 || fields[VcpuField.tid] <= 0) return [];
    const fromNs = native.nowNs();
    const place = threadPlace(fields[VcpuField.tid]);
    return [{ vcpu, ...place, fromNs, toNs: native.nowNs() }];
  });
}
