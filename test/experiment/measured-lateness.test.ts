import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLateness } from '../../src/experiment/measured-lateness.ts';
import type { RunResult } from '../../src/experiment/result.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { sampleHost, sampleRun } from '../report/sample.ts';
import { errorOf, fromYaml } from '../scenario/attempt.ts';

const scenario = fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }] }');

/** A run with that lateness, in µs. */
function late(count: number, p50: number, p99: number, max: number): RunResult {
  const run = sampleRun(scenario);
  const tickLatenessNs = { count, p50: 1e3 * p50, p99: 1e3 * p99, max: 1e3 * max };
  return { ...run, loop: { ...run.loop, tickLatenessNs } };
}

function resultOf(...runs: RunResult[]): string {
  return JSON.stringify({
    format: 'creditlab-result',
    version: 1,
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
    assert.deepEqual(await read(resultOf(late(100, 40, 300, 900))), {
      count: 100,
      p50: 40e3,
      p99: 300e3,
      max: 900e3,
    });
  });

  it('of several runs is their typical one, but for the worst of all', async () => {
    const runs = [
      late(100, 40, 300, 900),
      late(200, 50, 9000, 20_000),
      late(0, 0, 0, 0),
      late(300, 10, 400, 800),
    ];
    assert.deepEqual(await read(resultOf(...runs)), { count: 600, p50: 40e3, p99: 400e3, max: 20e6 });
  });

  const bad: [string, string, RegExp][] = [
    ['of a simulation is none', resultOf(late(0, 0, 0, 0)), /no lateness was measured/],
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
