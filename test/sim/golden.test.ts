import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { conformFile } from '../../src/conform/conform.ts';
import { packageRoot } from '../../src/base/package-root.ts';

const dir = join(packageRoot(), 'test', 'golden');
const files = readdirSync(dir).filter((file) => file.endsWith('.json.gz'));

describe('the simulator decides as the genuine scheduler did', () => {
  it('in 84 scenarios', () => assert.equal(files.length, 84));

  for (const file of files) {
    it(`in ${file.slice(0, -'.json.gz'.length)}`, () => {
      const { firstDifference, recordsCompared } = conformFile(join(dir, file));
      assert.equal(firstDifference, null);
      assert.ok(recordsCompared > 50);
    });
  }
});
