import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ControlGroups, NotPermitted } from '../../scripts/bench/control-groups.ts';
import { certify } from '../../src/result/certificate.ts';
import type { Certificate } from '../../src/result/verdict.ts';
import type { RunResult } from '../../src/result/result.ts';
import { loadNative } from '../../src/addon/native.ts';
import { readHostCpus } from '../../src/cpus/read-host-cpus.ts';
import { command, type Ended } from './command.ts';
import { CpuSet } from './cpu-set.ts';
import { cpus, needHardware, run, scenario, SECOND, tell, vm, withTestbed } from './support.ts';

const TWO_PCPUS = ['run', '--pcpus', cpus.slice(0, 2).join(','), '--vm', 'A', '--vm', 'B'];

describe('a CPU that goes offline', function () {
  this.timeout(60_000);
  const cpu = cpus.find((id) => canSwitch(id));

  before(function () {
    needHardware(this, 2);
    if (cpu !== undefined) return;
    tell('skipped: no CPU can be switched off by this user');
    this.skip();
  });

  it('is no CPU for a run, and comes back', async () => {
    const gone = await whileOffline(Number(cpu), async () => ({
      topology: readHostCpus(),
      refused: await command(['run', '--pcpus', String(cpu), '--vm', 'A', '--duration', '1s']),
    }));
    assert.ok(!gone.topology.allowedCpus.includes(Number(cpu)));
    assert.ok(!gone.topology.recommendedCpus.includes(Number(cpu)));
    assert.deepEqual(gone.topology.offlineCpus, [cpu]);
    assert.equal(gone.refused.code, 2);
    assert.match(gone.refused.output, new RegExp(`CPU ${String(cpu)} is offline.*hint: `, 's'));
    assert.ok(readHostCpus().allowedCpus.includes(Number(cpu)));
  });

  it('is noticed during a run, which is not to be trusted then', async () => {
    await withTestbed({ pcpus: cpus.slice(0, 2) }, async (testbed) => {
      const pcpus = [Number(cpu), ...cpus.filter((id) => id !== cpu).slice(0, 1)];
      const running = run(testbed, scenario([vm('A'), vm('B')], { pcpus, durationNs: 2 * SECOND }));
      await untilRunning();
      await whileOffline(Number(cpu), () => sleep(500));
      const result = await running;
      assert.deepEqual(result.hostEvents?.lostCpus, [cpu]);
      expectDistrust(result, 'cpus');
      assert.ok(result.warnings.some((warning) => warning.startsWith(`CPU ${String(cpu)} was taken away`)));
    });
  });
});

describe('a control group', function () {
  this.timeout(60_000);

  before(function () {
    needHardware(this, 2);
  });

  it('whose set of CPUs changes during a run is noticed', async function () {
    const set = CpuSet.create(cpus.slice(0, 2).join(','));
    if (typeof set === 'string') {
      tell(`skipped: ${set}`);
      return this.skip();
    }
    try {
      const ended = await command([...TWO_PCPUS, '--duration', '2s'], {
        act: async ({ pid }) => {
          set.join(Number(pid));
          await sleep(300);
          set.allow(String(cpus[0]));
        },
      });
      const result = onlyRun(ended);
      assert.deepEqual(result.hostEvents?.lostCpus, [cpus[1]]);
      expectDistrust(result, 'cpus');
    } finally {
      set.remove();
    }
  });

  it('whose quota stops the process is told of, though it allows more than there are pCPUs', async function () {
    let groups: ControlGroups;
    try {
      groups = ControlGroups.create();
    } catch (error) {
      if (!(error instanceof NotPermitted)) throw error;
      tell(`skipped: ${error.message}`);
      return this.skip();
    }
    const hog = spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
    try {
      const dir = groups.add('quota', { weight: 100, cap: 130 });
      groups.join(dir, Number(hog.pid));
      loadNative().setAffinity(Number(hog.pid), Int32Array.of(cpus[1]));
      const args = ['run', '--pcpus', String(cpus[0]), '--vm', 'A', '--vm', 'B', '--duration', '2s'];
      const ended = await command(args, { before: `echo $$ > '${dir}/cgroup.procs'` });
      const result = onlyRun(ended);
      tell(`throttled: ${JSON.stringify(result.hostEvents?.throttled)}`);
      assert.ok(Number(result.hostEvents?.throttled?.periods) > 0);
      assert.notEqual(checkOf(certificateOf(result), 'quota').verdict, 'good');
      assert.ok(result.warnings.some((warning) => /^the quota of a control group stopped/.test(warning)));
      assert.ok(!result.warnings.some((warning) => /CPUs' worth of time/.test(warning)));
    } finally {
      hog.kill('SIGKILL');
      groups.remove();
    }
  });
});

describe('a vCPU whose thread somebody else moves', function () {
  this.timeout(60_000);

  it('is noticed, and the run is not to be trusted', async function () {
    needHardware(this, 2);
    await withTestbed({ pcpus: cpus.slice(0, 1) }, async (testbed) => {
      const running = run(testbed, scenario([vm('moved')], { durationNs: 2 * SECOND }));
      const tid = await untilRunning('moved/v0');
      assert.equal(loadNative().setAffinity(tid, Int32Array.of(cpus[1])), 0);
      const result = await running;
      assert.deepEqual(result.hostEvents?.movedVcpus, ['moved/v0']);
      expectDistrust(result, 'pinning');
    });
  });
});

function canSwitch(cpu: number): boolean {
  try {
    accessSync(onlineFile(cpu), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function whileOffline<T>(cpu: number, act: () => Promise<T>): Promise<T> {
  const bringBack = (): void => writeFileSync(onlineFile(cpu), '1');
  // Also when the tests are broken off.
  process.once('exit', bringBack);
  try {
    writeFileSync(onlineFile(cpu), '0');
    return await act();
  } finally {
    bringBack();
    process.off('exit', bringBack);
  }
}

function onlineFile(cpu: number): string {
  return `/sys/devices/system/cpu/cpu${cpu}/online`;
}

/** @returns the thread of that name in this process, once it uses CPU time as a vCPU that runs does */
async function untilRunning(name = 'A/v0'): Promise<number> {
  for (;;) {
    const tid = readdirSync('/proc/self/task').find((task) => textOf(task, 'comm') === name);
    const native = loadNative();
    if (tid !== undefined && native.attached() > 0 && native.holder(0) >= 0) {
      await sleep(200);
      return Number(tid);
    }
    await sleep(10);
  }
}

/** '' for a thread that has just ended */
function textOf(task: string, file: string): string {
  try {
    return readFileSync(`/proc/self/task/${task}/${file}`, 'utf8').trim();
  } catch {
    return '';
  }
}

function onlyRun({ code, output, result }: Ended): RunResult {
  assert.equal(code, 0, output);
  const [only] = result?.runs ?? [];
  return only;
}

function certificateOf(result: RunResult): Certificate {
  return certify(result) ?? assert.fail('no certificate');
}

function checkOf({ checks }: Certificate, key: string) {
  return checks.find((check) => check.key === key) ?? assert.fail(`no check ${key}`);
}

function expectDistrust(result: RunResult, key: string): void {
  const certificate = certificateOf(result);
  tell(`${certificate.verdict}: ${certificate.reasons.join('; ')}`);
  assert.equal(certificate.verdict, 'do not trust');
  assert.equal(checkOf(certificate, key).verdict, 'do not trust');
}
