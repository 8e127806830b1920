import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtinNames, kindOf } from '../../src/workload/catalogue.ts';

/** Code that is thrown away at every step is thrown away hundreds of times in the time that is looked at. */
const MOST_DEOPTIMIZATIONS = 20;

/** What Node's own library is compiled to, and how often, isn't ours; and one that sleeps hardly computes. */
const OTHERS = ['library', 'mostly asleep'];

describe('the machine code of a kernel', function () {
  this.timeout(20_000);
  this.slow(5000);

  for (const name of builtinNames.filter((each) => !OTHERS.includes(kindOf(each)))) {
    it(
      'is not thrown away again and again, which would make it run at half the speed, in some threads and not ' +
        `in others: ${name}`,
      () => {
        const own = import.meta.url;
        const stepper = fileURLToPath(new URL(`./stepper${own.slice(own.lastIndexOf('.'))}`, own));
        const { stdout, status } = spawnSync(
          process.execPath,
          // Compiled at once, in this thread: otherwise it is chance which version of the code comes into use.
          [...process.execArgv, '--no-concurrent-recompilation', '--trace-deopt', stepper, name],
          { encoding: 'utf8', maxBuffer: 2 ** 26 },
        );
        assert.equal(status, 0);
        const [, later] = stdout.split('--- warm');
        const count = later.split('bailout').length - 1;
        assert.ok(count <= MOST_DEOPTIMIZATIONS, `${count} times`);
      },
    );
  }
});
