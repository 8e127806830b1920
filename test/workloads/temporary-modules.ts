import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const GOOD_MODULE = `export default {
  name: 'good',
  prepare: (seed) => ({ sum: seed }),
  step(state) { state.sum = (state.sum * 31 + 7) | 0; },
  checksum: (state) => state.sum,
};
`;

/** A directory with these files, by relative path; `remove` it afterwards. */
export function temporaryModules(files: Record<string, string>): {
  readonly dir: string;
  readonly remove: () => void;
} {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'creditlab-workloads-')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return { dir, remove: () => rmSync(dir, { recursive: true }) };
}
