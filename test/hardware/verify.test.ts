import assert from 'node:assert/strict';
import type { RunProgress, VerifyMode } from '../../src/testbed/testbed.ts';
import type { RunResult } from '../../src/result/result.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { command } from './command.ts';
import { cpus, needHardware, run, scenario, SECOND, testWorkload, vm, withTestbed } from './support.ts';

const chain = { workload: testWorkload('chain') };
const endless = scenario([vm('A', chain), vm('B', chain)], { durationNs: 3 * SECOND });

describe('what is verified after a run', function () {
  this.timeout(60_000);

  before(function () {
    needHardware(this);
  });

  async function verified(what: Scenario, verify?: VerifyMode): Promise<RunResult & { told: RunProgress[] }> {
    const options = { pcpus: cpus.slice(0, 1), ...(verify !== undefined && { verify }) };
    const told: RunProgress[] = [];
    const onProgress = (progress: RunProgress) => told.push(progress);
    return { ...(await withTestbed(options, (testbed) => run(testbed, what, { onProgress }))), told };
  }

  it('is a prefix of programs without an end, the same one for all that run the same', async () => {
    const { vms } = await verified(endless);
    const [a, b] = vms.map(({ vcpus: [vcpu] }) => vcpu);
    assert.deepEqual([a.checksumOk, b.checksumOk], [true, true]);
    assert.equal(a.verifiedUnits, b.verifiedUnits);
    for (const { verifiedUnits = 0, units } of [a, b])
      assert.ok(verifiedUnits > 0 && verifiedUnits < units, `${verifiedUnits} of ${units}`);
  });

  it('is all of it on request, with the time left told meanwhile', async () => {
    const { vms, told } = await verified(endless, 'whole');
    for (const { vcpus } of vms) {
      assert.equal(vcpus[0].checksumOk, true);
      assert.equal(vcpus[0].verifiedUnits, vcpus[0].units);
    }
    const fractions = told.flatMap(({ verifying }) => verifying?.fraction ?? []);
    assert.ok(fractions.length > 1, 'nothing was told');
    assert.deepEqual(
      [...fractions].sort((a, b) => a - b),
      fractions,
    );
  });

  it('is all of fixed work, unless a prefix will do', async () => {
    const work = { kind: 'units', units: 4000 } as const;
    const fixed = scenario([vm('A', { ...chain, work })], { durationNs: null });
    const [whole] = (await verified(fixed)).vms;
    assert.deepEqual([whole.vcpus[0].checksumOk, whole.vcpus[0].verifiedUnits], [true, 4000]);
  });

  it('is all of a program that knows its checksums', async () => {
    const { vms } = await verified(scenario([vm('P')], { durationNs: SECOND }));
    assert.equal(vms[0].vcpus[0].checksumOk, true);
    assert.equal(vms[0].vcpus[0].verifiedUnits, vms[0].vcpus[0].units);
  });

  it('is nothing where nobody wants it', async () => {
    const { vms, told } = await verified(endless, 'none');
    for (const { vcpus } of vms) {
      assert.deepEqual([vcpus[0].checksumOk, vcpus[0].verifiedUnits], [null, undefined]);
      assert.notEqual(vcpus[0].checksum, null);
    }
    assert.ok(!told.some(({ phase }) => phase === 'verifying'));
  });

  it('shows what is wrong in the prefix', async () => {
    const wrong = vm('W', { workload: testWorkload('wrong-later') });
    const { vms } = await verified(scenario([wrong], { durationNs: 2 * SECOND }));
    const [{ checksumOk, verifiedUnits = 0, units }] = vms[0].vcpus;
    assert.equal(checksumOk, false);
    assert.ok(verifiedUnits < units);
  });

  it('can be broken off, and the lab serves the next run at once', async () => {
    await withTestbed({ pcpus: cpus.slice(0, 1), verify: 'whole' }, async (testbed) => {
      const aborter = new AbortController();
      const onProgress = ({ phase }: RunProgress): void =>
        phase === 'verifying' ? aborter.abort() : undefined;
      const broken = await run(testbed, endless, { signal: aborter.signal, onProgress });
      assert.deepEqual([broken.complete, broken.vms[0].vcpus[0].checksumOk], [false, null]);
      const next = await run(testbed, scenario([vm('P')], { durationNs: SECOND / 2 }));
      assert.equal(next.complete, true);
    });
  });

  it('is chosen by an option of the command', async () => {
    const args = ['run', '--pcpus', String(cpus[0]), '--vm', `A:workload=${testWorkload('chain')}`];
    const { code, output, result } = await command([...args, '--duration', '1s', '--verify', 'none']);
    assert.equal(code, 0, output);
    assert.equal(result?.runs[0].vms[0].vcpus[0].checksumOk, null);
  });
});
