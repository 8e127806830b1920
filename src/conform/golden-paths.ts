import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../base/errors.ts';

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
