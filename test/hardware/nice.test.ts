import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { checked, loadNative } from '../../src/addon/native.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { hog } from '../sim/arbitrary.ts';
import { cpus, MS, needHardware, SECOND, tell, whenQuiet } from './support.ts';

const SETTLE_MS = 500;
const WINDOW_MS = 2000;
/** Should the test be killed outright, its children end by themselves. */
const LIFE_MS = 60_000;
const PROGRAM = `process.send('spinning'); for (const end = Date.now() + ${LIFE_MS}; Date.now() < end; );`;
const MOST_NICE = 19;
/**
 * How far the kernel's share may be from the simulated one, in points. In the window one of the two may have had a turn
 * more, and at both ends what is read is as old as the latest tick: three ticks, of 10 ms at most, are 1.5 points.
 */
const TOLERANCE_POINTS = 1.5;

/** The kernel has CFS until 6.5, and EEVDF since. Both divide alike by nice, so it is held against both. */
describe('two processes on one core, by nice', function () {
  this.timeout(120_000);
  const base = getPriority();

  before(function () {
    needHardware(this);
    const reason = whyNot();
    if (reason === null) return;
    tell(`skipped: ${reason}`);
    this.skip();
  });

  for (const steps of [5, 10]) {
    it(`have from the kernel what cfs and eevdf give them, ${steps} steps apart`, async function () {
      const nices = [base, base + steps];
      if (nices[1] > MOST_NICE) {
        tell(`skipped: these tests run with nice ${base}, and there is no ${nices[1]}`);
        this.skip();
      }
      const simulated = { cfs: simulatedPercent('cfs', nices), eevdf: simulatedPercent('eevdf', nices) };
      await whenQuiet(
        this,
        () => measuredPercent(nices),
        (percent) => {
          tell(
            `the first has ${percent.toFixed(2)} %; simulated ${simulated.cfs.toFixed(2)} by cfs, ` +
              `${simulated.eevdf.toFixed(2)} by eevdf`,
          );
          for (const [type, expected] of Object.entries(simulated))
            assert.ok(
              Math.abs(percent - expected) <= TOLERANCE_POINTS,
              `${type}: ${expected}, measured ${percent}`,
            );
        },
        () => 1,
      );
    });
  }
});

/** Why the kernel can't be asked here, or null. */
function whyNot(): string | null {
  if (!existsSync(`/proc/self/task/${process.pid}/schedstat`))
    return 'the kernel tells no CPU times of threads';
  const other = '/sys/kernel/sched_ext/state';
  if (existsSync(other) && readFileSync(other, 'utf8').trim() !== 'disabled')
    return 'this machine is scheduled by a program (sched_ext)';
  return null;
}

/** The part of the first of two hogs, once they have run for a while. */
function simulatedPercent(type: string, nices: readonly number[]): number {
  const { samples } = simulate({
    pcpuCount: 1,
    scheduler: { type },
    vms: nices.map((nice) => ({ parameters: { nice }, vcpus: [hog] })),
    durationNs: 100 * SECOND + MS,
    sampleNs: SECOND,
  });
  return partOfFirst([1, 2].map((vcpu) => samples[99][vcpu] - samples[0][vcpu]));
}

/**
 * The same of two processes. Both are of this process's session and control group, so that the kernel, which first
 * divides between such groups, divides between the two by nice alone.
 */
async function measuredPercent(nices: readonly number[]): Promise<number> {
  const spinners: ChildProcess[] = [];
  try {
    for (const nice of nices) {
      const spinner = spawn(process.execPath, ['-e', PROGRAM], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      spinners.push(spinner);
      await once(spinner, 'message');
      confine(spinner, cpus[0]);
      setPriority(pidOf(spinner), nice);
    }
    await sleep(SETTLE_MS);
    const before = spinners.map(cpuNsOf);
    await sleep(WINDOW_MS);
    return partOfFirst(spinners.map((spinner, i) => cpuNsOf(spinner) - before[i]));
  } finally {
    await Promise.all(spinners.map(end));
  }
}

function partOfFirst([first, second]: readonly number[]): number {
  return (100 * first) / (first + second);
}

function confine(child: ChildProcess, cpu: number): void {
  for (const tid of readdirSync(`/proc/${pidOf(child)}/task`).map(Number))
    checked('sched_setaffinity', loadNative().setAffinity(tid, Int32Array.of(cpu)));
}

/** Of its main thread, which is the one that spins. */
function cpuNsOf(child: ChildProcess): number {
  const pid = pidOf(child);
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]);
}

function pidOf({ pid }: ChildProcess): number {
  return pid ?? assert.fail('the process was not started');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
