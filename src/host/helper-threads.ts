/**
 * Where V8's helper threads may run while vCPUs do.
 *
 * Up to Node 24 they have nothing to do in a process that runs V8 single-threaded. The V8 of Node 26 still offers each
 * young collection to a helper before the program's own thread begins with it. Only one may do it, so when the helper
 * is quicker, the vCPU sleeps until it is done, and its pCPU stands idle: 23 to 28 % of the time with a program that
 * calls a compiler. There is no option against it. So the helpers get what the vCPUs leave of the pCPUs, and nothing
 * else: then the program's own thread is the quicker one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Native } from '../addon/native.ts';
import { isSingleThreaded } from '../base/single-threaded.ts';

/** The first release whose V8 gives helpers work in spite of the option. */
const FIRST_NODE = 26;
/** As Node names them. */
const HELPER = /V8Worker/;

/** What of a process counts here. */
export interface HelperOwner {
  readonly node: string;
  readonly execArgv: readonly string[];
  /** its directory in /proc */
  readonly proc: string;
}

/** For as long as a run lasts. @returns what ends it */
export function confineHelpers(
  native: Pick<Native, 'getAffinity' | 'setAffinity' | 'setIdleClass'>,
  pcpus: readonly number[],
  owner: HelperOwner = { node: process.versions.node, execArgv: process.execArgv, proc: '/proc/self' },
): () => void {
  // With work of their own, helpers that hardly run would keep everybody waiting.
  if (Number.parseInt(owner.node) < FIRST_NODE || !isSingleThreaded(owner.execArgv)) return () => undefined;
  const helpers = helperTids(owner.proc);
  const before = helpers.map((tid) => native.getAffinity(tid));
  for (const tid of helpers) {
    // It stays so after the run: an ordinary user can't take it back.
    native.setIdleClass(tid);
    native.setAffinity(tid, Int32Array.from(pcpus));
  }
  return () => {
    for (const [index, tid] of helpers.entries()) {
      const cpus = before[index];
      if (typeof cpus !== 'number') native.setAffinity(tid, Int32Array.from(cpus));
    }
  };
}

function helperTids(proc: string): number[] {
  return readdirSync(join(proc, 'task'))
    .map(Number)
    .filter((tid) => HELPER.test(nameOf(proc, tid)));
}

function nameOf(proc: string, tid: number): string {
  try {
    return readFileSync(join(proc, 'task', String(tid), 'comm'), 'utf8');
  } catch {
    // It has ended since.
    return '';
  }
}
