import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LabError } from '../base/errors.ts';
import { parseJson } from '../base/parse-json.ts';
import { goldenProblem } from './golden-file-schema.ts';
import type { GoldenFile } from './golden-schema.ts';

/** Read a golden file, packed (.gz) or plain. @throws LabError BAD_FILE */
export function readGoldenFile(path: string): GoldenFile {
  const value = parseJson(readText(path), path);
  const problem = goldenProblem(value);
  if (problem === null) return value as GoldenFile;
  throw new LabError('BAD_FILE', `this is no golden file: ${problem.what}`, {
    where: path,
    ...(problem.expected === undefined ? {} : { expected: problem.expected }),
  });
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new LabError('BAD_FILE', `can't read this golden file: ${(cause as Error).message}`, {
      where: path,
      cause,
    });
  }
}

/** The golden files that folders and files name, in order; those of a folder by name. @throws LabError BAD_FILE */
export function goldenPaths(args: readonly string[]): string[] {
  return args.flatMap((arg) => {
    const stat = statSync(arg, { throwIfNoEntry: false });
    if (stat === undefined) throw new LabError('BAD_FILE', 'there is no such file or folder', { where: arg });
    if (!stat.isDirectory()) return [arg];
    const files = readdirSync(arg).filter((file) => /\.json(\.gz)?$/.test(file));
    if (files.length > 0) return files.sort().map((file) => join(arg, file));
    throw new LabError('BAD_FILE', 'there is no golden file in this folder', {
      where: arg,
      expected: 'files named *.json or *.json.gz',
    });
  });
}
