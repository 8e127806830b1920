import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Histogram } from '../../src/analysis/histogram.ts';
import { readLateness } from '../../src/predict/measured-lateness.ts';
import type { RunResult } from '../../src/result/result.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { sampleHost, sampleRun } from '../report/sample.ts';
import { errorOf, fromYaml } from '../scenario/attempt.ts';

const scenario = fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }] }');

/** A run whose loop was late by these, in µs, whatever it waited for. */
function late(...values: readonly number[]): RunResult {
  const run = sampleRun(scenario);
  const histogram = new Histogram();
  for (const us of values) histogram.add(1e3 * us);
  const each = histogram.distribution();
  return { ...run, loop: { ...run.loop, latencyNs: ofEach(each) } };
}

function ofEach<T>(each: T) {
  return { timer: each, exit: each, wake: each, handOver: each, gap: each, start: each };
}

function resultOf(...runs: RunResult[]): string {
  return JSON.stringify({
    format: 'creditlab-result',
    version: 2,
    generator: { name: 'creditlab', version: '1.0.0' },
    startedAt: new Date(0).toISOString(),
    host: sampleHost,
    scenario,
    scheduler: scenario.scheduler,
    runs,
  });
}

describe('the lateness in a result file', () => {
  const read = (text: string) =>
    inTemporaryDirectory((dir) => {
      const path = join(dir, 'r.json');
      writeFileSync(path, text);
      return readLateness(path);
    });

  it('is that of its run', async () => {
    const { timer, ...others } = await read(resultOf(late(40, 40, 900)));
    assert.deepEqual(
      timer.buckets.map(([, count]) => count),
      [2, 1],
    );
    assert.equal(timer.max, 900e3);
    for (const other of Object.values(others)) assert.deepEqual(other, timer);
  });

  it('of several runs is that of all their waits together', async () => {
    const { timer } = await read(resultOf(late(40), late(), late(40, 7000)));
    assert.deepEqual(
      timer.buckets.map(([, count]) => count),
      [2, 1],
    );
    assert.equal(timer.max, 7e6);
  });

  const bad: [string, string, RegExp][] = [
    ['of a simulation is none', resultOf(late()), /no lateness was measured/],
    ['can be taken from nothing but a result', '{"format":"else"}', /this is no result: format: /],
    ['can be taken from nothing but JSON', 'x', /not well-formed JSON/],
  ];
  for (const [what, text, message] of bad) {
    it(what, () =>
      inTemporaryDirectory((dir) => {
        const path = join(dir, 'r.json');
        writeFileSync(path, text);
        const error = errorOf(() => readLateness(path));
        assert.equal(error.code, 'BAD_FILE');
        assert.match(error.message, message);
        assert.match(String(error.details.where), /r\.json/);
      }),
    );
  }

  it('needs a file that can be read', () => {
    const { code, details } = errorOf(() => readLateness('/no/such/file'));
    assert.deepEqual([code, details.where], ['BAD_FILE', '/no/such/file']);
  });
});
