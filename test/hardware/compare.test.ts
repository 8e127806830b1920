import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparisonResultSchema } from '../../src/compare/result.ts';
import { creditlab, inTemporaryDirectory } from '../cli/spawn.ts';
import { cpus, needHardware } from './support.ts';

describe('creditlab compare on real cores', function () {
  this.timeout(90_000);
  before(function () {
    needHardware(this);
  });

  it('measures the schedulers in rounds, and says of each run what its records tell', () =>
    inTemporaryDirectory(async (dir) => {
      const vms = ['--vm', 'A', '--vm', 'B:weight=512', '--vm', 'web:workload=interactive'];
      const args = ['--pcpus', String(cpus[0]), '--duration', '1500ms', '--repeat', '2', ...vms];
      const { code, stderr, stdout } = await creditlab(
        [
          'compare',
          '--schedulers',
          'credit,sedf,round-robin',
          ...args,
          '--json',
          'o.json',
          '--html',
          'o.html',
        ],
        { cwd: dir },
      );
      assert.equal(code, 0, stderr);
      const { complete, runs } = comparisonResultSchema.parse(
        JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')),
      );
      assert.equal(complete, true);
      const measured = runs
        .filter(({ run }) => run.machine !== 'simulated')
        .sort((a, b) => (a.run.order ?? NaN) - (b.run.order ?? NaN));
      const order = measured.map(({ scheduler }) => scheduler);
      assert.equal(order.length, 6);
      for (const round of [order.slice(0, 3), order.slice(3)]) assert.equal(new Set(round).size, 3);
      for (const { scheduler, vms: figures } of measured) {
        const [a, , web] = figures ?? assert.fail(scheduler);
        // A hog wants to run all the time, a sleeper never for a second.
        assert.ok(
          a.errors?.some(({ windowNs }) => windowNs === 1e9),
          scheduler,
        );
        assert.equal(a.wakeUps, null);
        assert.ok((web.wakeUps?.count ?? 0) > 5, scheduler);
      }
      assert.match(stdout, /^ +real +/m);
      const page = readFileSync(join(dir, 'o.html'), 'utf8');
      assert.match(page, /round-robin, measured, run 2 of 2/);
    }));
});
