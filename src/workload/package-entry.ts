import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { contractError } from './workload-error.ts';

/** Conditions under which an ES module imports, in Node's terms. */
const CONDITIONS = new Set(['import', 'node', 'module-sync', 'default']);

/**
 * The file that `import 'name'` would load from a module in `dir`, or null when no such package is installed there or
 * above. Node 20 answers this question only for the asking module itself; `require.resolve` takes a directory, but not
 * packages whose entry is for `import` alone.
 * @throws LabError BAD_WORKLOAD when the package is broken
 */
export function packageEntry(name: string, dir: string): string | null {
  const fromImport = importEntry(name, dir);
  if (fromImport !== null) return fromImport;
  try {
    return createRequire(join(dir, 'noop.js')).resolve(name);
  } catch {
    return null;
  }
}

/** The `exports` entry of a bare package name; null when the package is absent or has none (an old-style `main`). */
function importEntry(name: string, dir: string): string | null {
  for (let at = dir; ; at = dirname(at)) {
    const home = join(at, 'node_modules', name);
    const manifest = join(home, 'package.json');
    if (existsSync(manifest)) {
      const target = entryTarget(exportsOf(manifest));
      return target === null ? null : join(home, target);
    }
    if (dirname(at) === at) return null;
  }
}

function exportsOf(manifest: string): unknown {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: unknown } | null)?.exports;
  } catch (cause) {
    throw contractError(`the package's package.json cannot be read: ${(cause as Error).message}`, {
      where: manifest,
      expected: 'JSON as npm writes it',
      hint: 'install the package again',
      cause,
    });
  }
}

function entryTarget(exports: unknown): string | null {
  if (typeof exports === 'string') return exports;
  if (Array.isArray(exports)) return exports.map(entryTarget).find((target) => target !== null) ?? null;
  if (typeof exports !== 'object' || exports === null) return null;
  const table = exports as Record<string, unknown>;
  if ('.' in table) return entryTarget(table['.']);
  // Node takes the first condition that holds, in the order of the file.
  for (const [condition, target] of Object.entries(table)) {
    if (!CONDITIONS.has(condition)) continue;
    const found = entryTarget(target);
    if (found !== null) return found;
  }
  return null;
}
