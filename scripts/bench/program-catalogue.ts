import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/base/package-root.ts';

export interface Program {
  readonly name: string;
  /** file URL of its workload's module */
  readonly url: string;
}

/** Each module in `programs/` is a program of npm, as a workload. */
const DIRECTORY = new URL('programs/', import.meta.url);
/** No program of npm, but what most of them do for much of their time. */
const ALLOCATING = 'workloads/examples/allocating.mjs';

export const programs: readonly Program[] = [
  ...readdirSync(fileURLToPath(DIRECTORY))
    .filter((file) => extname(file) === extname(import.meta.url))
    .sort()
    .map((file) => ({ name: file.slice(0, -extname(file).length), url: new URL(file, DIRECTORY).href })),
  { name: 'allocating', url: pathToFileURL(join(packageRoot(), ALLOCATING)).href },
];
