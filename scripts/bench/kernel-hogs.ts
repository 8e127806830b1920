import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { checked, type Native } from '../../src/addon/native.ts';
import { ControlGroups } from './control-groups.ts';
import type { HogVm } from './testbed-run.ts';

/** So much CPU time and a process has started up and computes. */
const STARTED_NS = 150e6;
const START_LOOK_MS = 20;
const START_TIMEOUT_MS = 10_000;
/** Until the kernel's averages have forgotten that the processes just moved. */
const SETTLE_MS = 1000;
/** Should the bench be killed outright, its children end by themselves. */
const LIFE_MS = 120_000;
const PROGRAM = `for (const end = Date.now() + ${LIFE_MS}; Date.now() < end; );`;

/**
 * The same load under the kernel's scheduler: a process per VM, each in a control group with its weight and cap, all on
 * one CPU.
 */
export class KernelHogs {
  private readonly native: Native;
  private readonly groups: ControlGroups;
  private readonly children: ChildProcess[] = [];
  private readonly onExit = (): void => this.killAndRemove();

  /** @throws NotPermitted */
  constructor(native: Native) {
    this.native = native;
    this.groups = ControlGroups.create();
    process.on('exit', this.onExit);
  }

  async start(vms: readonly HogVm[], cpu: number, signal: AbortSignal): Promise<void> {
    const pids: number[] = [];
    while (this.children.length < vms.length) {
      const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: 'ignore' });
      this.children.push(child);
      if (child.pid === undefined) throw new Error(`${process.execPath} could not be started`);
      pids.push(child.pid);
    }
    // Started first, then confined: a process that is held to 10 % takes long to start.
    await this.started(pids, signal);
    for (const [i, vm] of vms.entries()) {
      const dir = this.groups.add(vm.name, { weight: vm.weight ?? 256, cap: vm.cap ?? 0 });
      for (const tid of threadsOf(pids[i]))
        checked('sched_setaffinity', this.native.setAffinity(tid, Int32Array.of(cpu)));
      this.groups.join(dir, pids[i]);
    }
    await sleep(SETTLE_MS, undefined, { signal });
  }

  /** @returns the CPU time that each process used meanwhile, and how long that was, ns */
  async measure(
    seconds: number,
    signal: AbortSignal,
  ): Promise<{ readonly cpuNs: readonly number[]; readonly windowNs: number }> {
    const read = () => ({ atNs: Number(process.hrtime.bigint()), cpuNs: this.children.map(cpuNsOf) });
    const before = read();
    await sleep(seconds * 1000, undefined, { signal });
    const after = read();
    return {
      cpuNs: after.cpuNs.map((cpuNs, i) => cpuNs - before.cpuNs[i]),
      windowNs: after.atNs - before.atNs,
    };
  }

  /** Also when start() failed half way. */
  async close(): Promise<void> {
    const ended = this.children
      .filter((child) => child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      .map((child) => new Promise((resolve) => child.once('exit', resolve)));
    this.killAndRemove();
    await Promise.all(ended);
    process.off('exit', this.onExit);
  }

  private killAndRemove(): void {
    for (const child of this.children) child.kill('SIGKILL');
    this.groups.remove();
  }

  private async started(pids: readonly number[], signal: AbortSignal): Promise<void> {
    for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += START_LOOK_MS) {
      if (pids.every((pid) => cpuNsOfPid(pid) > STARTED_NS)) return;
      await sleep(START_LOOK_MS, undefined, { signal });
    }
    throw new Error(`the processes did not start within ${START_TIMEOUT_MS / 1000} s`);
  }
}

function cpuNsOf(child: ChildProcess): number {
  return cpuNsOfPid(child.pid ?? 0);
}

/** Of all its threads. The kernel adds a running thread's time at its ticks, so this is up to some ms old. */
function cpuNsOfPid(pid: number): number {
  return threadsOf(pid).reduce((sum, tid) => {
    const [cpuNs] = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ');
    return sum + Number(cpuNs);
  }, 0);
}

function threadsOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map(Number);
}
