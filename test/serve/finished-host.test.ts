import assert from 'node:assert/strict';
import type { LiveSlice } from '../../src/control/state.ts';
import { simulatedRun } from '../../src/predict/simulated-run.ts';
import { FinishedHost } from '../../src/serve/finished-host.ts';
import { hostStateSchema } from '../../src/serve/state-schema.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { traceHeader } from '../../src/trace/trace.ts';
import { fromYaml } from '../scenario/attempt.ts';

const SCENARIO = fromYaml(`
pcpus: 1
duration: 3s
vms: [{ name: A, weight: 512 }, { name: B }, { name: C, start: 1s }]
events:
  - { at: 2s, vm: B, weight: 512 }
  - { at: 2500ms, vm: C, action: pause }`);

function played() {
  const store = new TraceStore();
  store.begin(traceHeader(SCENARIO, { label: 'x', run: 1, machine: 'simulated' }));
  const run = simulatedRun(SCENARIO, { trace: store });
  return { run, trace: store.trace() ?? assert.fail() };
}

describe('a trace that is served', () => {
  const host = FinishedHost.ofTrace(played().trace);

  it('has the state at its end', async () => {
    const state = await host.state();
    hostStateSchema.parse(state);
    assert.equal(state.phase, 'ended');
    assert.equal(state.nowNs, 3e9);
    assert.deepEqual(
      state.vms.map(({ name, phase }) => `${name} ${phase}`),
      ['A running', 'B running', 'C paused'],
    );
    assert.ok(state.vms.every(({ cpuNs }) => cpuNs > 0));
    const shares = state.vms.reduce((sum, { sharePercent }) => sum + sharePercent, 0);
    assert.ok(Math.abs(shares - 100) < 0.1, String(shares));
    assert.equal(state.vms[1].parameters.weight, 512);
    assert.deepEqual(
      state.changes.map(({ words }) => words),
      ['B has weight 512 in place of 256', 'C is paused'],
    );
  });

  it('tells all slices, one after the other on the pCPU, and then that it is over', () => {
    const { story } = host;
    assert.deepEqual(story.at(-1), { kind: 'end', atNs: 3e9 });
    const slices = story.flatMap((message): readonly LiveSlice[] =>
      message.kind === 'slices' ? message.slices : [],
    );
    assert.ok(slices.length > 50);
    assert.equal(slices[0].fromNs, 0);
    assert.equal(slices.at(-1)?.toNs, 3e9);
    for (const [i, slice] of slices.slice(1).entries()) assert.equal(slice.fromNs, slices[i].toNs);
    assert.ok(slices.every(({ reason }) => reason !== ''));
  });

  it('is told as a scenario file that was played', () => {
    assert.match(host.scenario(), /{ at: 2s, vm: B, weight: 512 }/);
  });

  it('takes no command', async () => {
    await assert.rejects(host.command(), /this run is over/);
  });
});

describe('a result that is served', () => {
  it('has its figures, and no slices', async () => {
    const { run } = played();
    const host = FinishedHost.ofResult({ scenario: SCENARIO }, run);
    const state = await host.state();
    hostStateSchema.parse(state);
    assert.deepEqual(
      state.vms.map(({ cpuNs }) => cpuNs),
      run.vms.map(({ cpuNs }) => cpuNs),
    );
    assert.deepEqual(host.story, [{ kind: 'end', atNs: 3e9 }]);
  });
});
