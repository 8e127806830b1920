import { statSync, type Stats } from 'node:fs';
import { basename, extname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nearestName } from '../base/text.ts';
import { builtinNames, builtinUrl, isBuiltin } from './catalogue.ts';
import { contractError } from './workload-error.ts';
import { packageEntry } from './package-entry.ts';

const MODULE_EXTENSIONS = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts']);

/**
 * The file URL of a workload's module, without loading it.
 * @param spec a built-in's name, a path (`./mine.mjs`, `/abs/mine.mjs`, a file URL) or an installed package's name
 * @param baseDir where relative paths and packages are looked up: the scenario file's directory. Packages also in the
 *   current one
 * @throws LabError BAD_WORKLOAD
 */
export function resolveWorkload(spec: string, baseDir: string): string {
  if (isBuiltin(spec)) return builtinUrl(spec);
  if (spec.trim() === '') throw contractError('the workload has no name', { expected: known() });
  if (isPath(spec)) return fileAt(spec, baseDir);
  const entry = packageEntry(spec, resolve(baseDir)) ?? packageEntry(spec, process.cwd());
  if (entry === null || !isFile(entry)) throw unknownWorkload(spec, baseDir);
  return pathToFileURL(entry).href;
}

function isPath(spec: string): boolean {
  return (
    spec.startsWith('.') ||
    spec.startsWith('file:') ||
    isAbsolute(spec) ||
    MODULE_EXTENSIONS.has(extname(spec))
  );
}

function fileAt(spec: string, baseDir: string): string {
  const file = spec.startsWith('file:') ? pathOf(spec) : resolve(baseDir, spec);
  if (!isFile(file)) {
    throw contractError(`no workload module at ${file}`, {
      expected: 'a JavaScript module file',
      got: isDirectory(file) ? 'a directory' : 'nothing there',
      hint: isAbsolute(spec) ? 'check the path' : `relative paths start from ${resolve(baseDir)}`,
    });
  }
  return pathToFileURL(file).href;
}

function unknownWorkload(spec: string, baseDir: string): Error {
  const nearest = nearestName(spec, builtinNames);
  const beside = [...MODULE_EXTENSIONS]
    .map((ext) => spec + ext)
    .find((file) => isFile(resolve(baseDir, file)));
  const hint =
    beside !== undefined
      ? `for the file, write ./${basename(beside)}`
      : nearest !== null
        ? `did you mean ${nearest}?`
        : 'a file is given as a path (./mine.mjs), a package by its name once it is installed';
  return contractError(`unknown workload '${spec}'`, { expected: known(), got: `'${spec}'`, hint });
}

function known(): string {
  return `one of ${builtinNames.join(', ')}, a path or a package`;
}

/** Of a file URL, as far as it names a file of this machine. */
function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw contractError(`not the URL of a file: ${(cause as Error).message}`, {
      expected: 'a URL such as file:///home/me/mine.mjs',
      got: `'${url}'`,
      cause,
    });
  }
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}

/** Null also for what can't be a path: too long, under a file, with a zero byte. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
