import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { conformFile } from '../../src/conform/conform.ts';
import { packageRoot } from '../../src/base/package-root.ts';

/** By folder in test/: whose files they are, and how many. */
const FOLDERS = [
  ['golden', 'credit', 84],
  ['golden-credit2', 'credit2', 101],
  ['golden-rtds', 'rtds', 60],
  ['golden-sedf', 'sedf', 106],
] as const;

for (const [folder, policy, count] of FOLDERS) {
  const dir = join(packageRoot(), 'test', folder);
  const files = readdirSync(dir).filter((file) => file.endsWith('.json.gz'));

  describe(`the simulator decides as the genuine ${policy} did`, () => {
    it(`in ${count} scenarios`, () => assert.equal(files.length, count));

    for (const file of files) {
      it(`in ${file.slice(0, -'.json.gz'.length)}`, () => {
        const result = conformFile(join(dir, file));
        assert.equal(result.policy, policy);
        assert.equal(result.firstDifference, null);
        assert.ok(result.recordsCompared > 50);
      });
    }
  });
}

it('all folders of golden files are known', () => {
  const folders = readdirSync(join(packageRoot(), 'test')).filter((name) => name.startsWith('golden'));
  assert.deepEqual(
    folders,
    FOLDERS.map(([folder]) => folder),
  );
});
