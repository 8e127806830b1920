import assert from 'node:assert/strict';
import { figuresOf } from '../../src/compare/figures.ts';
import { owedIn } from '../../src/compare/owed.ts';
import { translated } from '../../src/compare/translate.ts';
import { wakeUpsOf } from '../../src/compare/wake-ups.ts';
import { simulationOf } from '../../src/predict/simulated-run.ts';
import { tracedSimulation } from '../../src/predict/simulated-trace.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { realisedOf } from '../../src/trace/latency.ts';
import { spellsOf } from '../../src/trace/spells.ts';
import { endOf, slicesOf, staysOf } from '../../src/trace/timeline.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { fromYaml } from '../scenario/attempt.ts';
import { inventedTrace } from '../trace/invented-trace.ts';

const MS = 1e6;

function traceOf(source: Scenario, type = source.scheduler.type): Trace {
  const { scenario } = translated(source, type);
  const trace = tracedSimulation(scenario, simulationOf(scenario), { label: type, run: 1 });
  return trace ?? assert.fail();
}

/** Percent by window length in ms, of each VM. */
function errorsOf(source: Scenario, type?: string): Map<number, number>[] {
  return figuresOf(source, traceOf(source, type)).errors.map(
    (errors) => new Map((errors ?? []).map(({ windowNs, percent }) => [windowNs / MS, percent])),
  );
}

const near = (value: number | undefined, expected: number, tolerance: number): void =>
  assert.ok(Math.abs((value ?? NaN) - expected) <= tolerance, `${String(value)}, not ${String(expected)}`);

describe('the figures of a run', () => {
  const HOGS = 'pcpus: [0]\nduration: 12s\nvms: [{ name: A }, { name: B }]\n';

  it('have the error of turns of 30 ms: 83 % over 10 ms, and hardly any over seconds', () => {
    for (const errors of errorsOf(fromYaml(`scheduler: round-robin\n${HOGS}`))) {
      near(errors.get(10), 100 * (50 / 60), 0.5);
      near(errors.get(1000), 0, 2);
      near(errors.get(10_000), 0, 0.2);
    }
  });

  it('hold every scheduler against what the file asks for: round-robin gives 1:4 as 50:50', () => {
    const source = fromYaml('pcpus: [0]\nduration: 12s\nvms: [{ name: A }, { name: B, weight: 1024 }]\n');
    const [a, b] = errorsOf(source, 'round-robin');
    near(a.get(10_000), 150, 0.5);
    near(b.get(10_000), 37.5, 0.5);
    const [credit2] = errorsOf(source, 'credit2');
    near(credit2.get(10_000), 0, 1);
  });

  it('have no error where the file cannot say what is owed', () => {
    const source = fromYaml(
      'scheduler: sedf\npcpus: [0]\nduration: 1s\n' +
        'vms: [{ name: A, weight: 3, extratime: false }, { name: B, weight: 9 }]\n',
    );
    assert.deepEqual(figuresOf(source, traceOf(source)).errors, [null, null]);
  });

  it('owe a VM more while another one does not want to run', () => {
    const source = fromYaml(
      'pcpus: [0]\nduration: 4s\nvms: [{ name: A }, { name: B, start: 2s }]\n' +
        'events: [{ at: 3s, vm: A, weight: 768 }]\n',
    );
    const trace = traceOf(source);
    const [a, b] = owedIn(source, spellsOf(trace), endOf(trace)) ?? assert.fail();
    near(a.owed.percent(0, 2e9), 100, 0);
    near(a.owed.percent(2e9, 3e9), 50, 0);
    near(a.owed.percent(3e9, 4e9), 75, 1e-6);
    near(b.owed.percent(3e9, 4e9), 25, 1e-6);
    assert.deepEqual(b.wanted, [{ fromNs: 2e9, toNs: 4e9 }]);
  });

  it('owe a capped VM its cap, parked or not', () => {
    const source = fromYaml('pcpus: [0]\nduration: 4s\nvms: [{ name: A, cap: 25 }]\n');
    const trace = traceOf(source);
    const [{ owed, wanted }] = owedIn(source, spellsOf(trace), endOf(trace)) ?? assert.fail();
    near(owed.percent(0, 4e9), 25, 1e-9);
    assert.deepEqual(wanted, [{ fromNs: 0, toNs: 4e9 }]);
  });

  it('owe VMs that are pinned only what is there', () => {
    const source = fromYaml(
      'pcpus: [0, 1]\nduration: 2s\nvms: [{ name: A, pin: [0] }, { name: B, pin: [0] }, { name: C }]\n',
    );
    const trace = traceOf(source);
    const owed = owedIn(source, spellsOf(trace), endOf(trace)) ?? assert.fail();
    assert.deepEqual(
      owed.map((vm) => Math.round(vm.owed.percent(1e9, 2e9))),
      [50, 50, 100],
    );
  });

  it('have the wait of each wake-up, and none of the start', () => {
    const source = fromYaml(
      'scheduler: { type: round-robin, slice: 10ms }\npcpus: [0]\nduration: 10s\n' +
        'vms: [{ name: I, workload: interactive, size: 1000 }, { name: H }, { name: G }]\n',
    );
    const [i, h] = figuresOf(source, traceOf(source)).wakeUps;
    assert.equal(h, null);
    assert.ok(i !== null && i.count > 300, JSON.stringify(i));
    // Behind two that have 10 ms each at most.
    assert.ok(i.p50 > 5 * MS && i.max <= 20 * MS && i.p50 <= i.p90 && i.p90 <= i.p99, JSON.stringify(i));
  });

  it('have the wait until a thread came, also where the first decision for it was another one before', () => {
    const scenario = fromYaml(
      'scheduler: { type: round-robin, slice: 1ms }\npcpus: [0]\nduration: 1s\n' +
        'vms: [{ name: I, workload: interactive, size: 3000 }, { name: H }]\n',
    );
    // Slices of 1 ms that begin after 2 ms never do.
    const trace = inventedTrace({
      scenario,
      facts: { enterDelayNs: (slice) => (slice % 3 === 0 ? 2 * MS : 1000) },
    });
    const never = realisedOf(slicesOf(trace), staysOf(trace)).filter(
      ({ slice, outcome }) => outcome === 'never' && slice.vcpu === 0,
    );
    assert.ok(never.length > 10, `${String(never.length)} slices never began`);
    const wakeUps = spellsOf(trace)[0].filter(({ state }) => state === 'woken');
    const [i] = wakeUpsOf(trace, spellsOf(trace));
    // All but the start, and perhaps the last.
    near(i?.count, wakeUps.length - 1, 1);
    assert.ok((i?.max ?? 0) > MS, JSON.stringify(i));
  });
});
