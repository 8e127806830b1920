import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** A control group that decides which CPUs its processes may use. */
export class CpuSet {
  private readonly dir: string;

  /** @returns why none can be made here, in place of one */
  static create(cpus: string): CpuSet | string {
    const parent = [join(ROOT, 'cpuset'), ROOT].find((dir) => existsSync(join(dir, 'cgroup.procs')));
    if (parent === undefined) return 'no control groups are mounted';
    const dir = join(parent, `creditlab-test-${process.pid}`);
    try {
      if (parent === ROOT) writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+cpuset');
      mkdirSync(dir);
      const set = new CpuSet(dir);
      set.allow(cpus);
      const mems = join(parent, parent === ROOT ? 'cpuset.mems.effective' : 'cpuset.mems');
      writeFileSync(join(dir, 'cpuset.mems'), readFileSync(mems, 'utf8').trim());
      return set;
    } catch (error) {
      if (existsSync(dir)) rmdirSync(dir);
      return `no control group can be made: ${(error as Error).message}`;
    }
  }

  private constructor(dir: string) {
    this.dir = dir;
  }

  allow(cpus: string): void {
    writeFileSync(join(this.dir, 'cpuset.cpus'), cpus);
  }

  /** All threads of the process. */
  join(pid: number): void {
    writeFileSync(join(this.dir, 'cgroup.procs'), String(pid));
  }

  /** Once nobody is in it. */
  remove(): void {
    rmdirSync(this.dir);
  }
}
