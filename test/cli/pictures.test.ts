import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedData } from '../report/html/read-page.ts';
import { inProcess } from './in-process.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

/** The titles of the timelines in a report. */
function timelinesIn(file: string): string[] {
  return embeddedData(readFileSync(file, 'utf8')).data.timelines.map(({ title }) => title);
}

describe('the pictures of a command', function () {
  this.timeout(20_000);

  it('have a simulation beside a run on real cores where a VM has a cap, and only there', () =>
    inTemporaryDirectory(async (dir) => {
      const titles = async (vm: string) => {
        const { code } = await creditlab(['run', '--vm', vm, '--html', 'o.html'], {
          cwd: dir,
          fake: 'quick',
        });
        assert.equal(code, 0);
        return timelinesIn(join(dir, 'o.html'));
      };
      assert.deepEqual(await titles('A:cap=25,work=1s'), ['command line', 'command line, in virtual time']);
      assert.deepEqual(await titles('A:work=1s'), ['command line']);
    }));

  it('are on the terminal with --gantt, after a run on real cores', async () => {
    const { stdout } = await creditlab(['run', '--vm', 'A:work=1s', '--gantt'], { fake: 'quick' });
    assert.match(stdout, /^A A\/v0 {3}\. idle {3}\(a character is /m);
  });

  it('are none when nothing ran', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['run', '--vm', 'A:work=1s', '--html', 'o.html', '--chrome', 'o.json'];
      const { code } = await creditlab(args, { cwd: dir, fake: 'bad-workload-at-once' });
      assert.equal(code, 2);
      assert.deepEqual([existsSync(join(dir, 'o.html')), existsSync(join(dir, 'o.json'))], [false, false]);
    }));

  it('are in the files and on the terminal, for a simulation too', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['sim', '--pcpus', '0', '--duration', '100ms', '--vm', 'A', '--gantt'];
      const files = ['--html', 'o.html', '--perfetto', 'o.pftrace', '--chrome', 'o.json'];
      const { code, stdout, stderr } = await inProcess([...args, ...files], dir);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^CPU 0 +A{50}/m);
      assert.deepEqual(timelinesIn(join(dir, 'o.html')), ['command line']);
      assert.ok(readFileSync(join(dir, 'o.pftrace')).length > 0);
      JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8'));
    }));

  it('of a lab end with the place of the report', () =>
    inTemporaryDirectory(async (dir) => {
      const { stdout } = await inProcess(['lab', 'limits', '--simulate', '--html', 'o.html'], dir);
      assert.match(stdout, /\nThe report is in o\.html: open it in a browser\.\n/);
      assert.equal(timelinesIn(join(dir, 'o.html')).length, 5);
    }));
});
