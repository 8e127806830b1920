import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let root: string | undefined;

/**
 * The directory that holds creditlab's package.json, whether this module runs from `src/` or from `dist/src/`.
 * Data files (scenarios, schemas, the addon) are found from here.
 */
export function packageRoot(): string {
  root ??= findRoot(dirname(fileURLToPath(import.meta.url)));
  return root;
}

/** The version in package.json. */
export function packageVersion(): string {
  return readPackage(packageRoot())?.version ?? '0.0.0';
}

function findRoot(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (readPackage(dir)?.name === 'creditlab') return dir;
    if (dir === dirname(dir)) throw new Error(`no package.json named creditlab above ${from}`);
  }
}

function readPackage(dir: string): { name?: string; version?: string } | null {
  const file = join(dir, 'package.json');
  if (!existsSync(file)) return null;
  return JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
}

/** URL of a module beside the caller's, for a thread to start from: compiled or not, as the caller is. */
export function siblingModule(name: string, callerUrl: string): string {
  const extension = callerUrl.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`./${name}${extension}`, callerUrl).href;
}
