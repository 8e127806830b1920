import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultSchema } from '../../src/result/result.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

/** Round robin, until it has had enough. */
const BREAKS = `
import { definePolicy, LinkedLists, NONE, PolicyBase } from 'creditlab/policy';
class Breaks extends PolicyBase {
  waiting = new LinkedLists(1, this.vmOf.length);
  decided = 0;
  add(vcpu) { this.waiting.insertBefore(0, vcpu, NONE); }
  remove(vcpu) { this.waiting.remove(0, vcpu); }
  choose() {
    if (++this.decided > 50) throw new Error('enough');
    return this.waiting.head(0);
  }
  begin() { return 10e6; }
}
export default definePolicy({ description: 'Breaks', create: (options, type) => new Breaks(type, options) });
`;

describe('creditlab up --simulated', function () {
  this.timeout(30_000);

  it('keeps what was simulated until the scheduler broke', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 'breaks.mjs'), BREAKS);
      const args = [
        'up',
        '--simulated',
        '--pcpus',
        '0',
        '--vm',
        'A',
        '--vm',
        'B',
        '--scheduler',
        './breaks.mjs',
      ];
      const { code, stderr } = await creditlab([...args, '--json', 'o.json', '--save', 'played.yaml'], {
        cwd: dir,
        env: { XDG_RUNTIME_DIR: dir },
      });
      assert.equal(code, 1, stderr);
      assert.match(stderr, /breaks\.mjs[^]*enough/);
      const { runs } = resultSchema.parse(JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')));
      assert.deepEqual(
        runs.map(({ complete, windowNs }) => [complete, Math.round(windowNs / 10e6)]),
        [[false, 50]],
      );
      assert.match(readFileSync(join(dir, 'played.yaml'), 'utf8'), /breaks\.mjs/);
    }));
});
