import assert from 'node:assert/strict';
import { cpus, MS, testbedFor, run, scenario, SECOND, testWorkload, vm } from './support.ts';

const PROGRAMS = ['typescript', 'collecting', 'allocating'] as const;

describe('programs that allocate', function () {
  this.timeout(60_000);
  const testbed = testbedFor({ pcpus: cpus.slice(0, 1) });

  it('compute the right thing while they take turns on one pCPU every millisecond', async () => {
    const vms = PROGRAMS.map((name) => vm(name, { workload: testWorkload(name) }));
    const result = await run(testbed(), scenario(vms, { durationNs: 3 * SECOND, tsliceNs: MS }));
    assert.equal(result.complete, true);
    for (const { name, vcpus } of result.vms) {
      const [vcpu] = vcpus;
      assert.equal(vcpu.checksumOk, true, `${name}: checksum ${vcpu.checksum}`);
      assert.ok(vcpu.units > 0, `${name} did nothing`);
    }
    // The slices were real: nobody kept the core from the others.
    assert.ok(result.loop.switchGapNs.count > 100, `only ${result.loop.switchGapNs.count} hand-overs`);
  });
});
