import assert from 'node:assert/strict';
import { programRunOf, type ProgramRun } from '../../scripts/bench/program-run.ts';
import { aloneScenario, togetherScenario } from '../../scripts/bench/program-scenarios.ts';
import { renderProgramRuns } from '../../scripts/bench/program-table.ts';
import { programFigures } from '../../scripts/bench/programs.ts';
import type { RunResult } from '../../src/result/result.ts';
import { plainStyle } from '../../src/report/terminal/style.ts';
import { aRun } from './a-run.ts';

const PROGRAM = { name: 'minifier', url: 'file:///minifier.js' };
const scenario = aloneScenario(PROGRAM, [0, 1], 10);

/** Ten seconds in which two endless VMs shared a pCPU just as they are predicted to, unless told otherwise. */
function result(
  changes: {
    readonly light?: number;
    readonly busyNs?: number;
    readonly checksumOk?: boolean | null;
  } = {},
): RunResult {
  const { light = 33.6, busyNs = 9.95e9, checksumOk = true } = changes;
  const vcpu = { units: 100, checksumOk, endNs: null, dispatches: 100, deferredPauses: 4, overrunNs: 12e6 };
  const vm = (name: string, weight: number, sharePercent: number) => ({
    ...aRun({
      vm: { name, weight, cap: 0, sharePercent, cpuNs: sharePercent * 1e8, wallNs: null, predicted: null },
      vcpu: { ...vcpu, cpuNs: sharePercent * 1e8, involuntarySwitches: name === 'light' ? 5 : null },
    }).vms[0],
  });
  return aRun({
    run: {
      windowNs: 10e9,
      pcpus: [{ id: 0, busyNs, switches: 222 }],
      vms: [vm('light', 256, light), vm('heavy', 512, 99.8 - light)],
    },
  });
}

const done = (changes?: Parameters<typeof result>[0]): ProgramRun =>
  programRunOf(scenario, { kind: 'done', result: result(changes) });
const hung = programRunOf(scenario, { kind: 'hung', phase: 'running', afterMs: 70_000 });
const failed = programRunOf(scenario, {
  kind: 'failed',
  message: 'its process ended with SIGSEGV',
  result: null,
});

describe('the scenarios of ordinary programs', () => {
  it('are each program against itself, 256:512 on one pCPU in usual slices', () => {
    assert.deepEqual(scenario.pcpus, [0]);
    assert.deepEqual(
      scenario.vms.map(({ weight, work, workload }) => [weight, work, workload.url]),
      [
        [256, null, PROGRAM.url],
        [512, null, PROGRAM.url],
      ],
    );
    assert.equal(scenario.scheduler.parameters.tsliceNs, 30e6);
  });

  it('are all programs at once in slices of 1 ms, which the rate limit allows', () => {
    const { vms, scheduler, pcpus } = togetherScenario([PROGRAM, { ...PROGRAM, name: 'parser' }], [0, 1], 10);
    assert.deepEqual(
      vms.map(({ name, weight }) => [name, weight]),
      [
        ['minifier', 256],
        ['parser', 512],
      ],
    );
    assert.deepEqual(pcpus, [0, 1]);
    assert.equal(scheduler.parameters.tsliceNs, 1e6);
    assert.ok(scheduler.parameters.ratelimitNs <= scheduler.parameters.tsliceNs);
  });
});

describe('a run of an ordinary program', () => {
  it('meets its goals with shares as predicted, a busy pCPU and right checksums', () => {
    const run = done();
    assert.deepEqual(run.missed, []);
    assert.equal(run.busyPercent, 99.5);
    const [light, heavy] = run.vms;
    assert.equal(light.stepNs, 33.6e6);
    assert.ok(Math.abs(light.errorPoints ?? NaN) < 0.5, `error ${light.errorPoints}`);
    assert.equal(light.involuntaryPerDispatch, 0.05);
    assert.equal(heavy.involuntaryPerDispatch, null);
    assert.deepEqual([light.deferredPauses, light.deferredMeanNs], [4, 3e6]);
  });

  it('misses each goal by itself', () => {
    assert.deepEqual(done({ busyNs: 9.79e9 }).missed, ['busy']);
    assert.deepEqual(done({ light: 36 }).missed, ['share']);
    assert.deepEqual(done({ checksumOk: false }).missed, ['checksum']);
    assert.deepEqual(done({ checksumOk: null }).missed, ['checksum']);
    assert.deepEqual(hung.missed, ['hang']);
    assert.deepEqual(failed.missed, ['failed']);
  });
});

describe('the figures of ordinary programs', () => {
  const value = (runs: readonly ProgramRun[]): unknown[] =>
    programFigures(runs).map((figure) => figure.value);

  it('are the worst of all runs, and name it', () => {
    const idle = { ...done({ busyNs: 9e9 }), scenario: 'idle' };
    const unfair = { ...done({ light: 43.6 }), scenario: 'unfair' };
    const figures = programFigures([done(), idle, unfair]);
    assert.equal(figures[0].value, 90);
    assert.match(figures[0].how, /least busy of 3 runs, idle; short of the goal: idle$/);
    assert.ok(Number(figures[1].value) > 9 && Number(figures[1].value) < 11);
    assert.match(figures[1].how, /farthest of 3 runs, unfair; beyond the goal: unfair$/);
  });

  it('count hangs, failures and wrong checksums, and name the programs', () => {
    const figures = programFigures([done({ checksumOk: false }), hung, failed]);
    assert.deepEqual(
      figures.slice(2).map(({ value, how }) => [value, how]),
      [
        [1, 'of 3: minifier'],
        [1, 'of 3: minifier'],
        [1, 'of 3: minifier'],
      ],
    );
  });

  it('have no busy time and no share where nothing ran', () => {
    assert.deepEqual(value([hung]), [null, null, 1, 0, 0]);
  });
});

describe('the table of ordinary programs', () => {
  const lines = renderProgramRuns([done(), done({ busyNs: 9e9, checksumOk: false }), hung], plainStyle).split(
    '\n',
  );

  it('has a line per VM, and what belongs to the run in its first', () => {
    assert.match(
      lines[1],
      /^minifier +99\.50 % +light +256 +33\.60 ms +33\.6 % +33\.\d % \[.*\] +\S+ +0\.05 +4 × 3\.00 ms +\S+ +(good|usable|do not trust) +met$/,
    );
    assert.match(lines[2], /^ +heavy +512 +66\.20 ms +66\.2 % .* – +4 × 3\.00 ms +\S+$/);
    assert.match(lines[3], /missed: busy, checksum$/);
  });

  it('names the program that hung, and what it was doing', () => {
    assert.match(lines[5], /^minifier +– +no answer after 70 s, ended while running +missed: hang$/);
  });
});
