/** Where a policy module lies, by what somebody wrote in place of a scheduler's name. */
import { readdirSync, statSync, type Stats } from 'node:fs';
import { basename, extname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LabError, type LabErrorDetails } from '../base/errors.ts';
import { nearestName } from '../base/text.ts';

const MODULES: readonly string[] = ['.mjs', '.js', '.cjs'];
const TYPESCRIPT: readonly string[] = ['.ts', '.mts', '.cts'];

export const POLICY_PATH = /^(\.{0,2}\/|file:)|\.[mc]?[jt]s$/;

/** Whether it is the path of a policy module, there or not, and no name of a built-in scheduler. */
export function isPolicyPath(type: string): boolean {
  return POLICY_PATH.test(type);
}

/** Of `TYPE:key=value,…`: the type, which may be a path. */
export function typeIn(text: string): string {
  const path = /^.*?\.(?:[mc]?[jt]s)(?=:|$)/.exec(text);
  if (path !== null) return path[0];
  const colon = text.indexOf(':');
  return colon < 0 ? text : text.slice(0, colon);
}

/** The file URL that a path means, there or not. @param baseDir where relative ones start from */
export function policyUrl(path: string, baseDir: string): string {
  return path.startsWith('file:') ? new URL(path).href : pathToFileURL(resolve(baseDir, path)).href;
}

/** @throws LabError BAD_POLICY: there is no module */
export function requireModule(path: string, baseDir: string): string {
  let url: string;
  let file: string;
  try {
    url = policyUrl(path, baseDir);
    file = fileURLToPath(url);
  } catch (cause) {
    throw badPolicy('not the URL of a file', {
      expected: 'a path such as ./mine.mjs',
      got: `'${path}'`,
      cause,
    });
  }
  const stat = statOf(file);
  if (stat === null)
    throw badPolicy(`there is no policy module ${file}`, { ...EXPECTED, hint: missingHint(path, file) });
  if (stat.isDirectory())
    throw badPolicy(`${file} is a directory`, {
      ...EXPECTED,
      got: 'a directory',
      hint: inDirectory(path, file),
    });
  if (!stat.isFile()) throw badPolicy(`${file} is no file`, { ...EXPECTED, got: 'something else' });
  if (TYPESCRIPT.includes(extname(file))) {
    throw badPolicy(`${file} is TypeScript`, {
      ...EXPECTED,
      got: `a ${extname(file)} file`,
      hint: 'compile it first (npx tsc), and name the .js or .mjs file',
    });
  }
  if (MODULES.includes(extname(file))) return url;
  throw badPolicy(`${file} is no JavaScript module by its name`, { ...EXPECTED, got: `'${basename(file)}'` });
}

/** A policy module that is none, or broke its contract. */
export function badPolicy(message: string, details: LabErrorDetails = {}): LabError {
  return new LabError('BAD_POLICY', message, details);
}

const EXPECTED = {
  expected: 'a JavaScript module that exports a scheduler: a .mjs, .js or .cjs file',
} as const;

function missingHint(path: string, file: string): string {
  const beside = modulesIn(resolve(file, '..'));
  const near = nearestName(basename(file), beside);
  if (near !== null) return `did you mean '${path.slice(0, path.length - basename(path).length)}${near}'?`;
  const relative =
    isAbsolute(path) || path.startsWith('file:') ? '' : `; relative paths start from ${resolve(file, '..')}`;
  return `'creditlab policy new ${newName(path)}' writes one to begin with${relative}`;
}

/** The path, with the end that a new file must have. */
function newName(path: string): string {
  const end = extname(path);
  return MODULES.includes(end) ? `${path.slice(0, -end.length)}.mjs` : `${path}.mjs`;
}

function inDirectory(path: string, directory: string): string {
  const [first] = modulesIn(directory);
  return first === undefined
    ? `name a file in it`
    : `name a file in it, such as ${path.replace(/\/$/, '')}/${first}`;
}

function modulesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => MODULES.includes(extname(name)));
  } catch {
    return [];
  }
}

/** Null also for what can't be a path. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
