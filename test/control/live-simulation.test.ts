import assert from 'node:assert/strict';
import { LiveSimulation } from '../../src/control/live-simulation.ts';
import { simulatedRun } from '../../src/predict/simulated-run.ts';
import type { Scenario, ScenarioEvent, VmSpec } from '../../src/scenario/scenario.ts';
import type { Operation } from '../../src/testbed/live-run.ts';
import { scenario, vm } from '../host/invented-scenario.ts';

const MS = 1e6;
const A = vm('A', { work: null });
const B = vm('B', { work: null, weight: 512 });
const C = vm('C', { work: null, vcpus: 2 });

describe('a live simulation', () => {
  it('goes as far as the clock has come, and no further', () => {
    const { live, goTo } = opened([A]);
    goTo(12 * MS);
    assert.equal(live.nowNs(), 12 * MS);
    assert.deepEqual(live.cpuNs(), [12 * MS]);
  });

  it('says when a change was made, and from when on it can act', async () => {
    const { live, goTo } = opened([A, B]);
    goTo(100 * MS);
    const applied = await live.apply([{ kind: 'set', vm: 0, parameters: { weight: 1024 } }], live.nowNs());
    assert.deepEqual(applied, { askedNs: 100 * MS, atNs: 100 * MS, actsNs: 120 * MS });
    const paused = await live.apply([{ kind: 'pause', vm: 0 }], live.nowNs());
    assert.equal(paused.actsNs, 100 * MS);
  });

  it('is the simulation of what was played, to the nanosecond', async () => {
    const { live, goTo, played } = opened([A, B]);
    const change = async (atNs: number, operation: Operation, event: ScenarioEvent): Promise<void> => {
      goTo(atNs);
      const applied = await live.apply([operation], live.nowNs());
      played.events.push({ ...event, atNs: applied.atNs });
    };
    await change(
      1003 * MS,
      { kind: 'set', vm: 0, parameters: { cap: 30 } },
      { atNs: 0, kind: 'set', vm: 'A', cap: 30 },
    );
    goTo(1501 * MS + 7);
    const spec = { ...C, startNs: live.nowNs() };
    await live.apply([{ kind: 'start', vm: await live.prepare(spec), spec }], live.nowNs());
    played.vms.push(spec);
    await change(
      2000 * MS,
      { kind: 'pin', vm: 2, vcpu: 1, pcpus: [1] },
      { atNs: 0, kind: 'pin', vm: 'C', vcpu: 1, pin: [1] },
    );
    await change(2500 * MS, { kind: 'pause', vm: 1 }, { atNs: 0, kind: 'pause', vm: 'B' });
    await change(
      2600 * MS,
      { kind: 'tune', parameters: { tsliceNs: 5 * MS, ratelimitNs: 0 } },
      { atNs: 0, kind: 'tune', parameters: { tsliceNs: 5 * MS, ratelimitNs: 0 } },
    );
    await change(3000 * MS, { kind: 'destroy', vm: 0 }, { atNs: 0, kind: 'destroy', vm: 'A' });
    goTo(4000 * MS);
    const cpuNs = live.cpuNs();
    live.stop();
    assert.equal(live.endNs, 4000 * MS);
    const replayed = simulatedRun({ ...played, durationNs: live.endNs });
    assert.deepEqual(
      replayed.vms.flatMap(({ vcpus }) => vcpus.map((vcpu) => vcpu.cpuNs)),
      cpuNs,
    );
    assert.ok(cpuNs.every((ns) => ns > 0));
    assert.deepEqual(live.played(), { ...played, durationNs: live.endNs });
    assert.deepEqual(
      live.changes().map(({ event, vm: created }) => created ?? played.events[event ?? -1].kind),
      ['set', 2, 'pin', 'pause', 'tune', 'destroy'],
    );
  });

  it('may begin without any VM', async () => {
    const { live, goTo } = opened([]);
    goTo(50 * MS);
    const spec = { ...A, startNs: live.nowNs() };
    await live.apply([{ kind: 'start', vm: await live.prepare(spec), spec }], live.nowNs());
    goTo(80 * MS);
    assert.deepEqual(live.cpuNs(), [30 * MS]);
  });

  it('ends with the work that it began with and that which came, whatever else comes and goes', async () => {
    const work = (ms: number) => ({ work: { kind: 'cpu', ns: ms * MS } }) as const;
    const { live, goTo } = opened([vm('F', work(100)), vm('E', { work: null })]);
    const start = async (spec: VmSpec): Promise<void> => {
      await live.apply([{ kind: 'start', vm: await live.prepare(spec), spec }], live.nowNs());
    };
    goTo(10 * MS);
    await live.apply([{ kind: 'destroy', vm: 1 }], live.nowNs());
    goTo(20 * MS);
    await start(vm('C', work(300)));
    await start(vm('D', { work: null }));
    await live.apply([{ kind: 'destroy', vm: 3 }], live.nowNs());
    goTo(319 * MS);
    assert.ok(Number.isNaN(live.endNs));
    goTo(500 * MS);
    assert.equal(live.endNs, 320 * MS);
  });

  it('goes on with another life of its only work', async () => {
    const F = vm('F', { work: { kind: 'cpu', ns: 100 * MS } });
    const { live, goTo } = opened([F]);
    goTo(50 * MS);
    const spec = { ...F, name: 'F.2' };
    const prepared = await live.prepare(spec);
    await live.apply(
      [
        { kind: 'start', vm: prepared, spec },
        { kind: 'destroy', vm: 0 },
      ],
      live.nowNs(),
    );
    goTo(200 * MS);
    assert.equal(live.endNs, 150 * MS);
  });

  it('refuses what the policy refuses, and goes on', async () => {
    const { live, goTo } = opened([A]);
    goTo(10 * MS);
    await assert.rejects(
      live.apply([{ kind: 'set', vm: 0, parameters: { weight: 0 } }], live.nowNs()),
      /weight/,
    );
    await assert.rejects(live.prepare({ ...A, work: { kind: 'units', units: 3 } }), /units/);
    goTo(20 * MS);
    assert.deepEqual(live.cpuNs(), [20 * MS]);
  });

  it('takes no change when it is over', async () => {
    const { live, goTo } = opened([A], 30 * MS);
    goTo(40 * MS);
    assert.equal(live.endNs, 30 * MS);
    await assert.rejects(live.apply([{ kind: 'pause', vm: 0 }], live.nowNs()), /over/);
  });

  it('lets one look into the policy', async () => {
    const { live, goTo } = opened([A, B]);
    goTo(31 * MS);
    const { pcpus, vcpus, vms, atNs } = await live.inspect();
    assert.equal(atNs, 31 * MS);
    assert.deepEqual(
      pcpus.map(({ current, queue }) => [current, queue]),
      [
        [0, []],
        [1, []],
      ],
    );
    assert.deepEqual(
      vcpus.map(({ pcpu }) => pcpu),
      [0, 1],
    );
    assert.deepEqual(vms[1].readings, [512, 0]);
  });

  it('goes with the wall clock until it is told to stop', async () => {
    const live = new LiveSimulation(scenario({ pcpus: [0], vms: [A], durationNs: null }));
    const aborter = new AbortController();
    const over = live.run(aborter.signal);
    await new Promise((resolve) => setTimeout(resolve, 60));
    aborter.abort();
    assert.equal(await over, 'stopped');
    assert.ok(live.endNs >= 40 * MS, String(live.endNs));
    assert.deepEqual(live.cpuNs(), [live.endNs]);
  });
});

function opened(
  vms: readonly VmSpec[],
  durationNs: number | null = null,
): {
  readonly live: LiveSimulation;
  readonly goTo: (ns: number) => void;
  readonly played: Scenario & { readonly vms: VmSpec[]; readonly events: ScenarioEvent[] };
} {
  let nowNs = 0;
  const base = scenario({ pcpus: [0, 1], vms, durationNs });
  const live = new LiveSimulation(base, { clock: () => nowNs, paranoid: true });
  const goTo = (ns: number): void => {
    nowNs = ns;
    live.advance();
  };
  return { live, goTo, played: { ...base, vms: [...vms], events: [] } };
}
