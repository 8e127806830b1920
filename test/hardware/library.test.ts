import assert from 'node:assert/strict';
import { openLab, scenario } from '../../src/index.ts';
import type { Change, Decision, Fact, LabRunResult, Lab } from '../../src/index.ts';
import { cpus, gateIsSound, needHardware, onQuietHost, vmOf } from './support.ts';

describe('the library on real cores', function () {
  this.timeout(90_000);
  let lab: Lab;

  before(async function () {
    needHardware(this);
    lab = await openLab({ vcpus: 4, paranoid: true });
  });

  after(async () => lab?.close());

  const play = (vms: readonly { readonly name: string }[], duration = '2s') =>
    lab.start(scenario({ pcpus: [cpus[0]], duration, vms }));

  it('gives the result of a run that was changed, as it was predicted for what was played', async function () {
    const changes: Change[] = [];
    const measure = async (): Promise<LabRunResult> => {
      changes.length = 0;
      const run = play([{ name: 'A' }, { name: 'B' }], '4s');
      run.on('change', (change) => changes.push(change));
      assert.ok((await run.at('2s')) >= 2e9);
      await run.set('A', { weight: 768 });
      return run.result;
    };
    await onQuietHost(this, measure, (result) => {
      assert.ok(result.complete);
      // 50 % for two seconds, 75 % for two.
      const { sharePercent, predicted } = vmOf(result, 'A');
      assert.ok(Math.abs(sharePercent - 62.5) < 3, `A had ${sharePercent} %`);
      assert.ok(predicted?.sharePercent, 'it is predicted');
    });
    const result = await measure();
    const [change] = changes;
    assert.deepEqual([change.command, change.vm, change.door], ['set', 'A', 'library']);
    assert.deepEqual(result.commands, changes);
    assert.ok(change.askedNs >= 2e9 && change.askedNs <= change.atNs && change.atNs <= change.actsNs);
    assert.deepEqual(
      result.scenario.events.map(({ kind, atNs }) => [kind, atNs]),
      [['set', change.atNs]],
    );
    assert.ok(result.certificate !== undefined && result.trace !== null);
    assert.ok(result.host.cpus.length > 0 && lab.host !== null);
    gateIsSound();
  });

  it('tells what was decided, and what the cores did', async () => {
    const decisions: Decision[] = [];
    const facts: Fact[] = [];
    const run = play([{ name: 'A' }, { name: 'B' }], '500ms');
    run.on('decision', (decision) => decisions.push(decision));
    run.on('fact', (fact) => facts.push(fact));
    const { vms } = await run.result;
    for (const id of ['A/v0', 'B/v0']) {
      assert.ok(decisions.some(({ to }) => to === id));
      const own = facts.filter(({ vcpu }) => vcpu === id);
      const entered = own.filter(({ kind }) => kind === 'enter');
      assert.ok(entered.length > 1);
      const { cpuNs } = vms.find(({ name }) => id.startsWith(name)) ?? assert.fail();
      const told = own[own.length - 1].cpuNs - own[0].cpuNs;
      assert.ok(Math.abs(told - cpuNs) < 5e6, `${id}: ${told} ns in its facts, ${cpuNs} ns in the result`);
    }
  });

  it('counts time from the start of the run, and not of the one before', async () => {
    await play([{ name: 'A' }], '1s').result;
    const run = play([{ name: 'A' }], '300ms');
    assert.ok((await run.at(1)) < 300e6);
    const { askedNs, atNs } = await run.mark('soon');
    assert.ok(askedNs <= atNs && atNs < 300e6, `${askedNs}, ${atNs}`);
    await run.result;
  });

  it('ends a run without an end when it is told to: the result is whole, and predicted', async () => {
    const run = lab.start(scenario({ pcpus: [cpus[0]], vms: [{ name: 'A', cap: 40 }] }));
    await run.at('2500ms');
    await run.stop();
    const result = await run.result;
    assert.ok(result.complete && result.trace?.complete === true);
    assert.equal(result.scenario.durationNs, result.windowNs);
    assert.ok(vmOf(result, 'A').predicted?.sharePercent, 'it is predicted');
  });

  it('creates, pins, pauses and destroys VMs, and gives one another program', async () => {
    const run = play([{ name: 'A' }], '30s');
    const created = await run.create({ name: 'C', weight: 512 });
    assert.ok(created.atNs > created.askedNs, `${created.atNs}, ${created.askedNs}`);
    await run.pin('C', [cpus[0]], 0);
    await run.pause('A');
    await run.workload('C', 'matmul', { size: 64 });
    await run.unpause('A');
    await run.destroy('A');
    await run.at((await run.mark('alone')).atNs + 200e6);
    await run.stop();
    const { scenario: played, vms } = await run.result;
    assert.deepEqual(
      played.vms.map(({ name }) => name),
      ['A', 'C', 'C.2'],
    );
    assert.ok(vms.every(({ cpuNs, vcpus }) => cpuNs > 0 && vcpus[0].checksumOk !== false));
    gateIsSound();
  });

  it('calibrates', async () => {
    const { unitsPerSecond, checksumOk, size } = await lab.calibrate('matmul', { size: 64 });
    assert.ok(unitsPerSecond > 100);
    assert.deepEqual([size, checksumOk], [64, true]);
  });

  it('is there once at a time', async () => {
    await assert.rejects(openLab(), /there is a lab on real cores already/);
    await lab.close();
    lab = await openLab();
    await lab.start(scenario({ pcpus: [cpus[0]], duration: '100ms', vms: [{ name: 'A' }] })).result;
  });
});
