/** The labs about schedulers beside credit. Exact figures are those of Xen's own schedulers. */
import assert from 'node:assert/strict';
import { simulatedRun } from '../../src/predict/simulated-run.ts';
import type { RunResult } from '../../src/result/result.ts';
import { loadLab } from '../../src/scenario/builtin-labs.ts';
import { schedulerOf } from '../../src/scenario/resolve-scheduler.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { spellsOf } from '../../src/trace/spells.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { traceHeader } from '../../src/trace/trace.ts';
import { fromYaml } from './attempt.ts';
import { HOST, near, phasesMs, run, shares, simulated } from './simulated-lab.ts';

const SECOND = 1e9;

const rowOf = (lab: string, label: string): Scenario =>
  loadLab(lab, HOST).rows.find((row) => row.label === label)?.scenario ?? assert.fail(label);

/** Shares from 3 s to 32 s, with exact timers: as the tables of Xen's own schedulers have them. */
function steady(scenario: Scenario, parameters: Readonly<Record<string, number>> = {}): number[] {
  const cpuNs = (seconds: number) =>
    simulatedRun({ ...scenario, durationNs: seconds * SECOND }, { parameters }).vms.map((vm) => vm.cpuNs);
  const [from, to] = [cpuNs(3), cpuNs(32)];
  return to.map((ns, vm) => (100 * (ns - from[vm])) / (29 * SECOND));
}

/** How often a second a pCPU changed hands. */
const switchesPerSecond = ({ pcpus, windowNs }: RunResult) => (SECOND * pcpus[0].switches) / windowNs;

/** For how long the first vCPU waited after each of its wake-ups, with exact timers, ms. */
function waitsMs(scenario: Scenario): number[] {
  const store = new TraceStore(2 ** 20);
  store.begin(traceHeader(scenario, { label: 'waits', run: 1, machine: 'simulated' }));
  simulatedRun(scenario, { trace: store });
  const [spells] = spellsOf(store.trace() ?? assert.fail());
  return spells.filter(({ state }) => state === 'woken').map(({ fromNs, toNs }) => (toNs - fromNs) / 1e6);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('what the labs about other schedulers explain is what happens in virtual time', () => {
  it('schedulers: the same share in turns of other lengths', () => {
    for (const jitterNs of [0, 50e3]) {
      const rows = simulated('schedulers', jitterNs);
      for (const [label, share, turnMs, others, switches] of [
        ['credit', 20.5, 30, 118, 13.6],
        ['credit2', 20.1, 1, 4, 399],
        ['cfs', 20, 4, 16, 100],
        ['sedf', 20, 0.5, 2, 800],
      ] as const) {
        const only = run(rows, label);
        near(shares(only), [share, 100 - share], 0.06);
        const turns = only.vms.map((vm) => vm.cpuNs / vm.vcpus[0].dispatches / 1e6);
        near([turns[0] / turnMs, turns[1] / others], [1, 1], 0.01);
        near([switchesPerSecond(only) / switches], [1], 0.02);
      }
    }
  });

  it('schedulers: eevdf gives two that never pause the turns of cfs', () => {
    const [cfs, eevdf] = ['cfs', 'eevdf'].map((type) =>
      simulatedRun({ ...rowOf('schedulers', 'cfs'), scheduler: schedulerOf(type) }),
    );
    const turns = ({ vms }: RunResult) => vms.map((vm) => vm.cpuNs / vm.vcpus[0].dispatches / 1e6);
    near(turns(eevdf), turns(cfs), 0.05);
    near(shares(eevdf), shares(cfs), 0.06);
  });

  it('realtime: starvation, and what throttling leaves', () => {
    for (const jitterNs of [0, 50e3]) {
      const rows = simulated('realtime', jitterNs);
      for (const [label, expected] of [
        ['a task', [20, 80]],
        ['one without an end', [95, 5]],
        ['no throttling', [100, 0]],
        ['a task below it', [0, 95, 5]],
        ['two alike, fifo', [95, 0, 5]],
        ['two alike, rr', [48, 47, 5]],
      ] as const)
        near(shares(run(rows, label)), expected, 0.05);
    }
  });

  it('short-blocks: a reservation is worth a fifth of no reservation', () => {
    const [exact, late] = [simulated('short-blocks', 0), simulated('short-blocks')];
    for (const [label, [ofA, whenLate]] of [
      ['reserved', [5, 5]],
      ['with extra time', [29.29, 29]],
      ['no reservation', [25, 23.4]],
    ] as const) {
      near(shares(run(exact, label)), [ofA, 100 - ofA], 0.015);
      near(shares(run(late, label)).slice(0, 1), [whenLate], 0.05);
    }
    // One burst in each period of 20 ms, in two halves.
    assert.equal(run(exact, 'reserved').vms[0].vcpus[0].dispatches, 1000);
    const sleeper = '{ name: A, workload: sleeper, size: 2000 }';
    const credit = fromYaml(`{ pcpus: 1, duration: 10s, vms: [${sleeper}, { name: B }] }`);
    near(shares(simulatedRun(credit)), [33.3, 66.7], 0.05);
  });

  it('not-work-conserving: a core idles beside two that wait for the other one', () => {
    const [exact, late] = [simulated('not-work-conserving', 0), simulated('not-work-conserving')];
    for (const [label, expected, idle] of [
      ['credit2', [50.1, 50.1, 33.3], 66.55],
      ['credit2, no resistance', [83.4, 83.4, 33.3], 0],
      ['credit2, equal weights', [83.4, 83.3, 33.3], 0],
      ['credit', [66.8, 100, 33.2], 0],
    ] as const) {
      const only = run(exact, label);
      near(shares(only), expected, 0.05);
      near([idlePercent(only)], [idle], 0.05);
    }
    near(shares(run(late, 'credit2')), [51.7, 51.7, 33], 0.06);
    const longer = withSleeper(rowOf('not-work-conserving', 'credit2'), 'interactive', 3000);
    near(shares(simulatedRun({ ...longer, durationNs: 10 * SECOND })), [61.7, 61.7, 30], 0.05);
    for (const seed of [1, 2, 3]) {
      const [first, second] = shares(
        simulatedRun({ ...longer, durationNs: 10 * SECOND }, { jitterNs: 50e3, seed }),
      );
      near([first, second], [83.5, 83.5], 0.5);
    }
  });

  it('credit-and-credit2: 1:4 depends on the phase under credit, and never under credit2', () => {
    const credit = rowOf('credit-and-credit2', 'credit, 1:4');
    const credit2 = rowOf('credit-and-credit2', 'credit2, 1:4');
    near(steady(credit), [20, 80], 0.05);
    near(steady(credit, { acctPhaseNs: 5e6 }), [24.9, 75.1], 0.05);
    near(steady(credit2), [20, 80], 0.02);
    for (const startNs of [0, 3.7e6, 5e6, 12.5e6, 25e6]) {
      const vms = credit2.vms.map((vm) => ({ ...vm, startNs }));
      near(steady({ ...credit2, vms }), [20, 80], 0.05);
    }
    const longer = { durationNs: 30 * SECOND };
    const phases = [{}, { acctPhaseNs: 5e6 }].map((parameters) =>
      switchesPerSecond(simulatedRun({ ...credit, ...longer }, { parameters })),
    );
    near(phases, [13.4, 8.4], 0.05);
    near([switchesPerSecond(simulatedRun({ ...credit2, ...longer }))], [400], 0.5);
    // In the lab, where 25 ms and late instants make the other phase.
    const rows = simulated('credit-and-credit2');
    near(shares(run(rows, 'credit, 1:4')).slice(0, 1), [20.7], 0.1);
    near(shares(run(rows, 'credit, out of step')).slice(0, 1), [25.8], 0.1);
    for (const label of ['credit2, 1:4', 'credit2, out of step'])
      near(shares(run(rows, label)).slice(0, 1), [20.05], 0.1);
  });

  it('credit-and-credit2: the least that a weight is worth', () => {
    near(steady(rowOf('credit-and-credit2', 'credit, 1:65535')), [0.31, 99.69], 0.005);
    near(steady(rowOf('credit-and-credit2', 'credit2, 1:65535')), [4.762, 95.238], 0.005);
    const rows = simulated('credit-and-credit2');
    near(shares(run(rows, 'credit, 1:65535')).slice(0, 1), [0.75], 0.05);
    near(shares(run(rows, 'credit2, 1:65535')).slice(0, 1), [5.2], 0.05);
  });

  it('credit-and-credit2: a cap of 25 is on and off', () => {
    const exact = simulated('credit-and-credit2', 0);
    for (const [label, on, off] of [
      ['credit, cap 25', 30, 90],
      ['credit2, cap 25', 2.5, 7.5],
    ] as const) {
      const phases = phasesMs(run(exact, label));
      near([phases.on, phases.off], [on, off], 1e-6);
    }
  });

  it('credit-and-credit2: three on two cores', () => {
    near(steady(rowOf('credit-and-credit2', 'credit, three on two')), [66.62, 66.69, 66.69], 0.01);
    near(steady(rowOf('credit-and-credit2', 'credit2, three on two')), [68.97, 65.52, 65.52], 0.01);
    near(shares(run(simulated('credit-and-credit2'), 'credit2, three on two')), [66.9, 66.8, 66.3], 0.06);
  });

  it('wake-ups: seldom for long under credit, always a little under credit2', () => {
    const longer = { durationNs: 33 * SECOND };
    const credit = waitsMs({ ...rowOf('wake-ups', 'credit'), ...longer });
    const credit2 = waitsMs({ ...rowOf('wake-ups', 'credit2'), ...longer });
    near([mean(credit), Math.max(...credit)], [0.251, 116.3], 5e-4);
    near([mean(credit2), Math.max(...credit2)], [0.63, 3], 2e-3);
    assert.equal(credit.length, 3107);
    near(
      credit.filter((ms) => ms > 0),
      [116.3, ...Array.from({ length: 6 }, () => 110.63)],
      1e-6,
    );
    assert.ok(credit2.slice(2).every((ms) => Math.abs(ms - 0.63) < 1e-6));
  });

  it('wake-ups: who sleeps at every tick gets all of it under credit, and its half under credit2', () => {
    for (const jitterNs of [0, 50e3]) {
      const rows = simulated('wake-ups', jitterNs);
      near(shares(run(rows, 'credit, in step')), [89, 11], 0.01);
      near(shares(run(rows, 'credit2, in step')), [47.1, 52.9], 0.01);
    }
  });
});

/** Of one of two cores. */
const idlePercent = ({ pcpus, windowNs }: RunResult) =>
  200 - pcpus.reduce((sum, { busyNs }) => sum + (100 * busyNs) / windowNs, 0);

/** With another workload for the VM that sleeps. */
function withSleeper(scenario: Scenario, spec: string, size: number): Scenario {
  const vms = scenario.vms.map((vm) =>
    vm.workload.spec === 'sleeper' ? { ...vm, workload: { ...vm.workload, spec, size } } : vm,
  );
  return { ...scenario, vms };
}
