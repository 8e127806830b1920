import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import type { LabError } from '../base/errors.ts';
import { badPolicy } from './policy-path.ts';

const CHECK_MS = 10_000;
const IMPORT_MS = 2000;
const TOO_LONG: unique symbol = Symbol('too long');

/**
 * Import a policy's module. One that loops while it is imported holds up this thread; only a check's can be ended.
 * @throws LabError BAD_POLICY: it has a syntax error, imports what isn't there, throws, or waits for ever
 */
export async function importModule(url: string): Promise<object> {
  let timer: NodeJS.Timeout | undefined;
  // It also keeps the process alive: Node.js ends one that only waits for a promise, without a word. Whoever started a
  // thread sees its end.
  const overdue = new Promise<typeof TOO_LONG>((resolve) => {
    if (isMainThread) timer = setTimeout(resolve, IMPORT_MS, TOO_LONG);
  });
  try {
    const imported = await Promise.race([import(url) as Promise<object>, overdue]);
    if (imported !== TOO_LONG) return imported;
  } catch (cause) {
    throw importError(url, cause);
  } finally {
    clearTimeout(timer);
  }
  throw badPolicy(
    `the import has not returned after ${IMPORT_MS / 1000} s: it waits for something that never comes`,
    {
      where: fileURLToPath(url),
      hint: 'an await outside of all functions has to end',
    },
  );
}

function importError(url: string, cause: unknown): LabError {
  const file = fileURLToPath(url);
  const text = textOf(cause);
  if (cause instanceof SyntaxError) {
    // An import of something that a module doesn't export is one, too, and has its line at the head of the stack.
    const where = lineAtHead(cause.stack ?? '') ?? lineAtHead(checked(file)) ?? file;
    return badPolicy(`the policy module can't be read: ${cause.message}`, { where, cause });
  }
  if (codeOf(cause) === 'ERR_MODULE_NOT_FOUND') {
    return badPolicy('the policy module imports something that is not there', {
      where: file,
      got: text,
      hint: 'install it beside the file, or use what creditlab/policy has',
      cause,
    });
  }
  return badPolicy(`the policy module threw while it was loaded: ${text}`, {
    where: placeIn(url, cause) ?? file,
    cause,
  });
}

/** `file:line:column` of the first frame in this file, or null. */
export function placeIn(url: string, error: unknown): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const line of stack.split('\n')) {
    const at = line.indexOf(url);
    const position = at < 0 ? null : /^:(\d+:\d+)/.exec(line.slice(at + url.length));
    if (position !== null) return `${fileURLToPath(url)}:${position[1]}`;
  }
  return null;
}

/** What an error says, with its name if it has one of its own. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}

/** Of texts that begin with `file:line`, or with its URL: that as a path. */
function lineAtHead(text: string): string | null {
  const head = /^(file:\/\/\S+?|\/.+?):(\d+)\n/.exec(text);
  if (head === null) return null;
  const [, file, line] = head;
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  return `${path}:${line}`;
}

/** What Node says of a file that it only reads: an error of import() doesn't tell the line. */
function checked(file: string): string {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: CHECK_MS });
  return stderr;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
