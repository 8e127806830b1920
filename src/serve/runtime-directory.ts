/** Where hosts have their sockets: a directory that only this user can open. */
import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../base/errors.ts';

/** What of the process counts. */
export interface Owner {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
}

export function thisOwner(): Owner {
  return { env: process.env, uid: process.getuid?.() ?? -1 };
}

/**
 * `$XDG_RUNTIME_DIR/creditlab`, or `/tmp/creditlab-UID` where there is no such directory, or it is another user's (as
 * under `sudo -E`).
 */
export function runtimeDirectory({ env, uid }: Owner = thisOwner()): string {
  const runtime = env.XDG_RUNTIME_DIR;
  if (runtime?.startsWith('/') === true && statSync(runtime, { throwIfNoEntry: false })?.uid === uid)
    return join(runtime, 'creditlab');
  return `/tmp/creditlab-${String(uid)}`;
}

/**
 * Make it if it isn't there.
 * @throws LabError NOT_SUPPORTED if somebody else could put sockets there: in /tmp anybody can be the first to make it
 */
export function ensureDirectory(directory: string, { uid }: Pick<Owner, 'uid'> = thisOwner()): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      throw new LabError('NOT_SUPPORTED', `no directory for sockets could be made (${String(code)})`, {
        where: directory,
        hint: 'XDG_RUNTIME_DIR names the directory that it is made in',
        cause,
      });
    }
  }
  checkDirectory(directory, uid);
}

/**
 * Whether anybody has had a host there. Who wants to talk to one asks this before: what stands in a directory that is
 * not this user's alone may be anybody's.
 * @throws LabError NOT_SUPPORTED
 */
export function isThere(directory: string, { uid }: Pick<Owner, 'uid'> = thisOwner()): boolean {
  if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) return false;
  checkDirectory(directory, uid);
  return true;
}

/** @throws LabError NOT_SUPPORTED */
function checkDirectory(directory: string, uid: number): void {
  const stat = lstatSync(directory);
  const problem = !stat.isDirectory()
    ? 'it is no directory'
    : stat.uid !== uid
      ? `it belongs to user ${String(stat.uid)}`
      : (stat.mode & 0o077) !== 0
        ? `others may open it (mode ${(stat.mode & 0o777).toString(8)})`
        : null;
  if (problem === null) return;
  throw new LabError('NOT_SUPPORTED', `the directory for sockets is not this user's alone: ${problem}`, {
    where: directory,
    expected: `a directory of user ${String(uid)} with mode 700`,
    hint: 'remove it, or let XDG_RUNTIME_DIR name a directory of your own',
  });
}
