import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { labResultSchema } from '../../src/result/lab-result.ts';
import { readTraces } from '../../src/trace/file-reader.ts';
import { creditlab, inTemporaryDirectory, type Ended } from './spawn.ts';

/** Until so many runs of a host are up, and how it ended. */
interface Host {
  readonly dir: string;
  isUp(this: void, run: number): Promise<void>;
  command(this: void, ...args: string[]): Promise<Ended>;
  kill(this: void, signal: NodeJS.Signals): void;
}

async function withHost(args: readonly string[], use: (host: Host) => Promise<void>): Promise<Ended> {
  return inTemporaryDirectory(async (dir) => {
    const env = { XDG_RUNTIME_DIR: dir };
    let said = '';
    let kill: (signal: NodeJS.Signals) => unknown = () => undefined;
    const ended = creditlab(
      ['up', '--simulated', '--pcpus', '0', '--vm', 'A', '--vm', 'B:weight=768', ...args],
      {
        cwd: dir,
        env,
        started: (child) => {
          child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
          kill = (signal) => child.kill(signal);
        },
      },
    );
    let isOver = false;
    const over = ended.then(() => {
      isOver = true;
    });
    const isUp = async (run: number): Promise<void> => {
      const text = run === 1 ? "the host 'lab' is up" : `run ${String(run)} is under way`;
      while (!said.includes(text)) {
        assert.ok(!isOver, said);
        await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 20))]);
      }
    };
    try {
      await isUp(1);
      await use({
        dir,
        isUp,
        kill: (signal) => {
          kill(signal);
        },
        command: (...more) => creditlab(more, { cwd: dir, env }),
      });
    } catch (error) {
      kill('SIGINT');
      await ended;
      throw error;
    }
    return ended;
  });
}

const FILES = ['--json', 'o.json', '--csv', 'o.csv', '--save', 'played.yaml', '--trace', 't'];

describe('creditlab rerun', function () {
  this.timeout(60_000);

  it('runs the same VMs under another scheduler, and keeps the results of both', async () => {
    await withHost(FILES, async ({ dir, isUp, command }) => {
      const { code, stdout, stderr } = await command('rerun', '--scheduler', 'credit2:ratelimit=2ms');
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^the run ends, and the next one begins under credit2\n/);
      await isUp(2);
      const list = await command('xl', 'list');
      assert.match(list.stdout, /^A .*\nB /m);
      const down = await command('down');
      assert.match(down.stdout, /--save .*played\.yaml\n.*--save .*played-2\.yaml/);

      const result = labResultSchema.parse(JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')));
      assert.deepEqual(
        result.rows.map(({ label, scenario, run }) => [
          label,
          scenario.scheduler.type,
          run.order,
          run.complete,
        ]),
        [
          ['1 credit', 'credit', 1, true],
          ['2 credit2', 'credit2', 2, true],
        ],
      );
      assert.equal(result.complete, true);
      assert.equal(result.rows[1].scenario.scheduler.parameters.ratelimitNs, 2e6);
      const weights = result.rows.map(({ scenario }) => scenario.vms.map(({ weight }) => weight));
      assert.deepEqual(weights, [
        [256, 768],
        [256, 768],
      ]);
      assert.deepEqual(
        readTraces(join(dir, 't')).map(({ header }) => header.policy.type),
        ['credit', 'credit2'],
      );
      assert.match(readFileSync(join(dir, 'played-2.yaml'), 'utf8'), /type: credit2/);
      assert.match(readFileSync(join(dir, 'o.csv'), 'utf8'), /^2 credit2,/m);
    });
  });

  it('takes the VMs as they are then: with their parameters, without those that are gone', async () => {
    await withHost(FILES, async ({ dir, isUp, command }) => {
      assert.equal((await command('xl', 'sched-credit', '-d', 'A', '-w', '1024')).code, 0);
      assert.equal((await command('xl', 'destroy', 'B')).code, 0);
      assert.equal((await command('rerun')).code, 0);
      await isUp(2);
      await command('down');
      const { rows } = labResultSchema.parse(JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')));
      assert.deepEqual(
        rows[1].scenario.vms.map(({ name, weight }) => [name, weight]),
        [['A', 1024]],
      );
    });
  });

  it('prints every run at the end', async () => {
    const { code, stdout } = await withHost([], async ({ isUp, command }) => {
      await command('rerun', '--scheduler', 'round-robin');
      await isUp(2);
      await command('down');
    });
    assert.equal(code, 0);
    assert.match(stdout, /run 1 of 2 \(simulated\)[^]*run 2 of 2 \(simulated, round-robin\)/);
  });

  it('is broken off by Ctrl-C, with what both runs measured', async () => {
    const ended = await withHost(FILES, async ({ dir, isUp, command, kill }) => {
      await command('rerun');
      await isUp(2);
      kill('SIGINT');
      while (
        !existsSync(join(dir, 'o.json')) ||
        !readFileSync(join(dir, 'o.json'), 'utf8').includes('2 credit')
      )
        await new Promise((resolve) => setTimeout(resolve, 20));
      const { rows, complete } = labResultSchema.parse(JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')));
      assert.deepEqual([complete, ...rows.map(({ run }) => run.complete)], [false, true, false]);
    });
    assert.equal(ended.code, 130);
  });

  it('takes a policy module, from wherever it is given', async () => {
    await withHost(FILES, async ({ dir, isUp, command }) => {
      assert.equal((await command('policy', 'new', 'mine.mjs')).code, 0);
      const { code, stderr } = await command('rerun', '--scheduler', './mine.mjs');
      assert.equal(code, 0, stderr);
      await isUp(2);
      await command('down');
      const { rows } = labResultSchema.parse(JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')));
      assert.deepEqual(
        rows.map(({ scenario }) => scenario.scheduler.type),
        ['credit', 'mine.mjs'],
      );
    });
  });

  it('refuses a scheduler that is not there, and the run goes on', async () => {
    await withHost([], async ({ command }) => {
      const { code, stderr } = await command('rerun', '--scheduler', 'sedff');
      assert.equal(code, 2);
      assert.match(stderr, /unknown scheduler[^]*did you mean 'sedf'/);
      assert.match((await command('xl', 'list')).stdout, /^A /m);
      await command('down');
    });
  });
});
