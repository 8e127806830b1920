import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

export const TEMPLATE = join(packageRoot(), 'templates', 'policy.mjs');

/** The template with one line changed. */
export function changed(line: string, by: string): string {
  const text = readFileSync(TEMPLATE, 'utf8');
  if (text.split(line).length !== 2) throw new Error(`'${line}' isn't once in the template`);
  return text.replace(line, by);
}

/** With something at the beginning of choose(). */
export function choosing(statement: string): string {
  return changed('  choose(pcpu) {', `  choose(pcpu) { ${statement}`);
}

/** An empty folder outside of the package, for files with these contents. */
export function folderOf(files: Readonly<Record<string, string>>): {
  readonly path: string;
  readonly remove: () => void;
} {
  const path = mkdtempSync(join(tmpdir(), 'creditlab-policy-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true });
    },
  };
}
