import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const PERIOD_US = 100_000;
/** A group can be removed once the processes in it have died, which takes a moment. */
const REMOVE_TRIES = 200;
const REMOVE_PAUSE_MS = 10;

export interface Limits {
  readonly weight: number;
  /** percent of one CPU; 0 = none */
  readonly cap: number;
}

interface Hierarchy {
  readonly version: 1 | 2;
  /** groups in which a group of our own may be made, best choice first */
  readonly parents: readonly string[];
}

/** This user may not make control groups, or the kernel has none for CPU time. */
export class NotPermitted extends Error {}

/** Control groups of the bench's own, side by side in a group of their own, which can all be removed at any time. */
export class ControlGroups {
  private readonly version: 1 | 2;
  private readonly base: string;
  private readonly groups: string[] = [];

  /** @throws NotPermitted with the reason */
  static create(): ControlGroups {
    const { version, parents } = findHierarchy();
    const failures: string[] = [];
    for (const parent of parents) {
      const base = join(parent, `creditlab-bench-${process.pid}`);
      try {
        if (version === 2) writeFileSync(join(parent, 'cgroup.subtree_control'), '+cpu');
        mkdirSync(base);
        if (version === 2) writeFileSync(join(base, 'cgroup.subtree_control'), '+cpu');
        return new ControlGroups(version, base);
      } catch (error) {
        removeGroup(base);
        failures.push(`${parent}: ${codeOf(error)}`);
      }
    }
    throw new NotPermitted(`no control group can be made in ${failures.join(', ')}`);
  }

  private constructor(version: 1 | 2, base: string) {
    this.version = version;
    this.base = base;
  }

  /** @returns the group's directory */
  add(name: string, { weight, cap }: Limits): string {
    const dir = join(this.base, name);
    mkdirSync(dir);
    this.groups.push(dir);
    const quotaUs = (cap * PERIOD_US) / 100;
    if (this.version === 1) {
      writeFileSync(join(dir, 'cpu.shares'), String(weight));
      writeFileSync(join(dir, 'cpu.cfs_period_us'), String(PERIOD_US));
      writeFileSync(join(dir, 'cpu.cfs_quota_us'), cap === 0 ? '-1' : String(quotaUs));
    } else {
      writeFileSync(join(dir, 'cpu.weight'), String(weight));
      const most = cap === 0 ? 'max' : String(quotaUs);
      writeFileSync(join(dir, 'cpu.max'), `${most} ${PERIOD_US}`);
    }
    return dir;
  }

  /** All threads of the process. */
  join(dir: string, pid: number): void {
    writeFileSync(join(dir, 'cgroup.procs'), String(pid));
  }

  /** Every process in them must have been killed. Harmless when done again. */
  remove(): void {
    for (const dir of [...this.groups.splice(0), this.base]) removeGroup(dir);
  }
}

/** Synchronous to the end: it must work while the process exits. */
function removeGroup(dir: string): void {
  for (let i = 0; i < REMOVE_TRIES && existsSync(dir); i++) {
    try {
      rmdirSync(dir);
    } catch (error) {
      if (codeOf(error) !== 'EBUSY') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVE_PAUSE_MS);
    }
  }
}

/** Where the kernel keeps its groups for CPU time, and where in there this process is. */
function findHierarchy(): Hierarchy {
  const own = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n')) {
    const [front, back] = line.split(' - ');
    const [, , , root, mount] = front.split(' ');
    const [type, , options = ''] = back.split(' ');
    const pathOf = (isOurs: (controllers: string) => boolean): string => {
      const path = own.map((entry) => entry.split(':')).find(([, controllers]) => isOurs(controllers))?.[2];
      const inside = relative(root, path ?? '/');
      return inside.startsWith('..') ? mount : join(mount, inside);
    };
    if (type === 'cgroup' && options.split(',').includes('cpu')) {
      return { version: 1, parents: [pathOf((controllers) => controllers.split(',').includes('cpu'))] };
    }
    if (type === 'cgroup2' && controllersOf(mount).includes('cpu')) {
      // A group with processes in it can't share out CPU time, the topmost one excepted.
      return { version: 2, parents: [...new Set([pathOf((controllers) => controllers === ''), mount])] };
    }
  }
  throw new NotPermitted('no control groups for CPU time are mounted');
}

function controllersOf(mount: string): string[] {
  try {
    return readFileSync(join(mount, 'cgroup.controllers'), 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
