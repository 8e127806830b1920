import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { conform } from '../../src/conform/conform.ts';
import { scenarioOf } from '../../src/conform/credit1/scenario-of.ts';
import type { CreditFile, CreditScenario } from '../../src/conform/credit1/schema.ts';
import { simulationOf as simulationOfGolden } from '../../src/conform/credit1/simulation.ts';
import { type GoldenOptions, writeGolden } from '../../src/conform/write-golden.ts';
import { goldenProblem } from '../../src/conform/golden-file-schema.ts';
import { simulationOf } from '../../src/predict/simulated-run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { fromYaml } from '../scenario/attempt.ts';
import type { SimOptions } from '../../src/sim/simulate.ts';
import { scenario } from '../sim/arbitrary.ts';

/** The golden file of a scenario, read again. */
function written(scenarioToWrite: Scenario, rest: Partial<GoldenOptions> = {}): CreditFile {
  const pieces: string[] = [];
  const options = {
    name: 'x',
    vmNames: scenarioToWrite.vms.map(({ name }) => name),
    simulation: simulationOf(scenarioToWrite),
    traceUntilNs: 5e9,
    ...rest,
  };
  writeGolden(options, (text) => pieces.push(text));
  return JSON.parse(pieces.join('')) as CreditFile;
}

/**
 * Node gives it only to those who ask for it; a new context sees the flag also in a process that was started without.
 */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const throughJson = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;

describe('a simulation written as a golden file', () => {
  it('describes the same simulation, whatever it is', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        const names = options.vms.map((_, vm) => `VM${vm}`);
        const all = { ...options, topology: undefined, stopWhenDone: true, sampleNs: 1e9 };
        const full = throughJson<object>(all) as SimOptions;
        const written = scenarioOf('any', names, full);
        const exact = throughJson({ ...full, jitterNs: undefined, seed: undefined });
        assert.deepEqual(simulationOfGolden(throughJson<CreditScenario>(written)), exact);
      }),
      { numRuns: 200 },
    );
  });

  for (const [what, yaml] of [
    [
      'with a duration',
      '{ pcpus: 2, duration: 6s, vms: [{ name: A, vcpus: 3, cap: 120 }, { name: B, pin: [1] }] }',
    ],
    [
      'that ends with its work',
      '{ pcpus: 1, vms: [{ name: A, work: 400ms, cap: 40 }, { name: B, work: 1s, start: 50ms }] }',
    ],
    ['with sleepers', '{ pcpus: 1, vms: [{ name: A, workload: interactive, work: 300ms }, { name: B }] }'],
    [
      'with events',
      '{ pcpus: 1, duration: 3s, vms: [{ name: A }, { name: B }], events: [{ at: 1s, vm: A, weight: 900 }, ' +
        '{ at: 1.2s, vm: B, action: pause }, { at: 2s, vm: B, action: unpause }, { at: 2.5s, scheduler: { ' +
        'tslice: 5ms } }] }',
    ],
    [
      'of rtds, with all that it can be told',
      '{ pcpus: 2, duration: 4s, scheduler: rtds, vms: [{ name: A, vcpus: 3, period: 12ms, budget: 5ms }, { name: B, ' +
        'extratime: false, pin: [1] }, { name: C, workload: interactive, start: 333us }], events: [{ at: 1s, vm: A, ' +
        'period: 1700us, budget: 700us, extratime: false }, { at: 1.2s, vm: B, action: pause }, { at: 2s, vm: B, ' +
        'action: unpause }, { at: 2.5s, vm: A, extratime: true }] }',
    ],
    [
      'of rtds, that ends with its work',
      '{ pcpus: 1, scheduler: rtds, vms: [{ name: A, work: 400ms, extratime: false }, { name: B, work: 1s, ' +
        'start: 50ms }] }',
    ],
  ]) {
    it(`conforms with itself: ${what}`, () => {
      const scenarioToWrite = fromYaml(yaml);
      const read = written(scenarioToWrite);
      assert.equal(goldenProblem(read), null);
      const { firstDifference, recordsCompared } = conform(read);
      assert.equal(firstDifference, null);
      assert.ok(recordsCompared > 10);
    });
  }

  it('says of which policy it is, but of credit', () => {
    const of = (scheduler: string) =>
      written(fromYaml(`{ pcpus: 1, duration: 1s, scheduler: ${scheduler}, vms: [{ name: A }] }`)).policy;
    assert.deepEqual([of('credit'), of('rtds')], [undefined, 'rtds']);
    assert.throws(() => of('round-robin'), /no golden files of the scheduler round-robin/);
  });

  it('of rtds has bands from VMs that start later', () => {
    const { band } = written(
      fromYaml(
        '{ pcpus: 1, duration: 2s, scheduler: rtds, vms: [{ name: A, work: 300ms, extratime: false }, { name: B }] }',
      ),
    );
    const [min, max] = (band.A as Record<string, readonly [number, number]>).last_done_ms;
    assert.ok(max - min > 1 && max - min < 10, `${min} to ${max}`);
  });

  it('has bands from variants with jitter and other phases', () => {
    const pair = fromYaml('{ pcpus: 1, duration: 20s, vms: [{ name: A }, { name: B, weight: 1024 }] }');
    const { band } = written(pair);
    const [min, max] = band.A.pct_of_one_pcpu ?? assert.fail();
    assert.ok(min < 20.5 && max > 24 && max < 26, `${min} to ${max}`);
  });

  it('conforms with itself when ticks and accounting are out of phase', () => {
    const crowd = fromYaml(
      '{ pcpus: 3, duration: 3s, vms: [{ name: A, vcpus: 3 }, { name: B, vcpus: 2, cap: 70 }] }',
    );
    const golden = written(crowd, {
      simulation: simulationOf(crowd, { parameters: { acctPhaseNs: 5_000_001, tickPhaseNs: 3_333_333 } }),
    });
    assert.equal(golden.scenario.params.tick_phase_us, 3333.333);
    assert.equal(conform(golden).firstDifference, null);
    const inPhase = { ...golden.scenario, params: { ...golden.scenario.params, tick_phase_us: 0 } };
    assert.equal(conform({ ...golden, scenario: inPhase }).matches, false);
  });

  const pair = fromYaml('{ pcpus: 1, duration: 20s, vms: [{ name: A }, { name: B }] }');

  it('has a trace up to and including the instant that is asked for', () => {
    const golden = written(pair, { traceUntilNs: 2.01e9 });
    assert.equal(golden.trace_until_ns, 2.01e9);
    assert.equal(golden.trace.at(-1)?.[1], 2.01e9);
    assert.equal(conform(golden).firstDifference, null);
  });

  it('has the whole run when that is asked for', () => {
    const golden = written(pair, { traceUntilNs: Infinity });
    assert.equal(golden.trace_until_ns, 20e9);
    assert.ok(Number(golden.trace.at(-1)?.[1]) > 19.98e9);
    assert.equal(conform(golden).firstDifference, null);
  });

  it('is not begun when what came of the simulation is refused', () => {
    let pieces = 0;
    const options: GoldenOptions = {
      name: 'x',
      vmNames: ['A', 'B'],
      simulation: simulationOf(pair),
      traceUntilNs: 5e9,
      check: ({ endNs }) => {
        throw new RangeError(`ended at ${endNs}`);
      },
    };
    assert.throws(() => writeGolden(options, () => pieces++), /ended at 20000000000/);
    assert.equal(pieces, 0);
  });

  it('tells each record while the simulation is under way, and keeps none', () => {
    const collect = garbageCollector();
    const long = fromYaml(
      '{ pcpus: 2, duration: 300s, vms: [{ name: A, vcpus: 2 }, { name: B, vcpus: 2 }] }',
    );
    let records = 0;
    const usedBytes: number[] = [];
    const simulation = simulationOf(long);
    const options = { name: 'x', vmNames: ['A', 'B'], simulation, traceUntilNs: Infinity };
    writeGolden(options, () => {
      if (++records % 40_000 !== 10_000) return;
      for (let i = 0; i < 3; i++) collect();
      usedBytes.push(process.memoryUsage().heapUsed);
    });
    assert.ok(usedBytes.length >= 3, `${records} records`);
    // A record takes 100 bytes or more.
    const grownBytes = usedBytes[usedBytes.length - 1] - usedBytes[0];
    assert.ok(grownBytes < 1e6, `${usedBytes.join(', ')} bytes`);
  });
});
