import type { Finding, FindingLevel } from '../../src/doctor/diagnosis.ts';
import assert from 'node:assert/strict';
import { examine } from '../../src/doctor/examine.ts';
import { isBad } from '../../src/doctor/finding.ts';
import { CLOUD_VM, CONTAINER, observationsOf, LAPTOP, type Machine, PRISTINE } from './invented-machine.ts';

async function findingsOf(machine: Machine, pcpus?: readonly number[]): Promise<Map<string, Finding>> {
  const observed = await (pcpus === undefined
    ? observationsOf(machine)
    : observationsOf(machine, () => pcpus));
  return new Map(examine(observed).map((finding) => [finding.key, finding]));
}

function levels(findings: ReadonlyMap<string, Finding>, level: FindingLevel): string[] {
  return [...findings.values()].filter((finding) => finding.level === level).map(({ key }) => key);
}

describe('the doctor, on a machine where everything is right', () => {
  it('finds nothing to say against any of the sixteen topics', async () => {
    const findings = await findingsOf(PRISTINE);
    assert.equal(findings.size, 16);
    assert.equal(levels(findings, 'good').length, 16, JSON.stringify([...findings.values()], null, 1));
  });

  it('has neither consequences nor remedies', async () => {
    for (const { consequence, remedy } of (await findingsOf(PRISTINE)).values()) {
      assert.equal(consequence, null);
      assert.equal(remedy, null);
    }
  });
});

describe('the doctor, on an unplugged laptop with hybrid cores', () => {
  it('calls the battery and the load bad', async () => {
    assert.deepEqual(levels(await findingsOf(LAPTOP), 'bad'), ['battery', 'load']);
  });

  it('mentions what makes speeds vary, and what is not permitted', async () => {
    const expected = ['smt', 'governor', 'turbo', 'realtime', 'perf', 'tracing'];
    assert.deepEqual(levels(await findingsOf(LAPTOP), 'notice'), expected);
  });

  it('names the governor with its driver, and the command that changes it', async () => {
    const governor = (await findingsOf(LAPTOP)).get('governor');
    assert.match(governor?.state ?? '', /^powersave \(intel_pstate\) on CPU/);
    assert.match(governor?.remedy ?? '', /`echo performance \| sudo tee /);
  });

  it('turns turbo off by the switch that this driver has', async () => {
    assert.match((await findingsOf(LAPTOP)).get('turbo')?.remedy ?? '', /echo 1 .*no_turbo/);
  });

  it('names the program that computes, brackets in its name and all', async () => {
    assert.match((await findingsOf(LAPTOP)).get('load')?.state ?? '', /Web \(Content\) 1 \(4242\) 80 %/);
  });

  it('calls two threads of one core bad, and recommends better', async () => {
    const smt = (await findingsOf(LAPTOP, [2, 3])).get('smt');
    assert.equal(smt?.level, 'bad');
    assert.match(smt?.remedy ?? '', /--pcpus 1,3/);
  });

  it('calls a mixture of core types bad, efficiency cores alone worth a notice, performance cores good', async () => {
    const of = async (pcpus: readonly number[]) => (await findingsOf(LAPTOP, pcpus)).get('hybrid');
    assert.equal((await of([3, 4]))?.level, 'bad');
    assert.match((await of([3, 4]))?.state ?? '', /^CPU 4 among the pCPUs is an efficiency core$/);
    assert.equal((await of([4, 5]))?.level, 'notice');
    assert.equal((await of([1, 3]))?.level, 'good');
  });

  it('knows a battery that discharges a little although the machine is plugged in', async () => {
    const plugged = { ...LAPTOP.files, 'sys/class/power_supply/AC/online': '1' };
    assert.equal((await findingsOf({ ...LAPTOP, files: plugged })).get('battery')?.level, 'good');
  });

  it('does not take the battery of a mouse for its own', async () => {
    const plugged = { ...LAPTOP.files, 'sys/class/power_supply/BAT0/status': 'Full' };
    assert.equal((await findingsOf({ ...LAPTOP, files: plugged })).get('battery')?.level, 'good');
  });
});

describe('the doctor, in a virtual machine whose host takes time', () => {
  it('calls the steal bad, with figures of now and since boot', async () => {
    const steal = (await findingsOf(CLOUD_VM)).get('steal');
    assert.equal(steal?.level, 'bad');
    assert.match(steal?.state ?? '', /^10\.0 % in the last second, 8\.5 % of the work since boot$/);
  });

  it('calls nothing else bad', async () => {
    assert.deepEqual(levels(await findingsOf(CLOUD_VM), 'bad'), ['steal']);
  });

  it('says that it is one, and whose', async () => {
    const findings = await findingsOf(CLOUD_VM);
    assert.equal(findings.get('virtual-machine')?.level, 'notice');
    assert.match(findings.get('virtual-machine')?.state ?? '', /Amazon EC2/);
  });

  it('says that governor and turbo are not for it to know', async () => {
    const findings = await findingsOf(CLOUD_VM);
    for (const key of ['governor', 'turbo']) {
      assert.equal(findings.get(key)?.level, 'unknown');
      assert.match(findings.get(key)?.state ?? '', /virtual machine's host decides/);
    }
  });

  it('mentions that the scheduler has no CPU of its own when both are pCPUs', async () => {
    assert.equal((await findingsOf(CLOUD_VM)).get('allowed-cpus')?.level, 'notice');
    assert.equal((await findingsOf(CLOUD_VM, [1])).get('allowed-cpus')?.level, 'good');
  });
});

describe('the doctor, in a container with a quota', () => {
  it('is content with the quota for the one pCPU that it recommends', async () => {
    const observed = await observationsOf(CONTAINER);
    assert.deepEqual(observed.pcpus, [3]);
    const quota = (await findingsOf(CONTAINER)).get('cgroup-quota');
    assert.equal(quota?.level, 'good');
    assert.match(quota?.state ?? '', /^1\.50 CPUs for 1 pCPU/);
  });

  it('calls it bad for two', async () => {
    assert.equal((await findingsOf(CONTAINER, [2, 3])).get('cgroup-quota')?.level, 'bad');
  });

  it('calls it bad for as many pCPUs as it pays for: the scheduler needs some too', async () => {
    const files = { ...CONTAINER.files, 'sys/fs/cgroup/cpu.max': '200000 100000' };
    assert.equal((await findingsOf({ ...CONTAINER, files }, [2, 3])).get('cgroup-quota')?.level, 'bad');
  });

  it('mentions narrow limits of memory and threads', async () => {
    const container = (await findingsOf(CONTAINER)).get('container');
    assert.equal(container?.level, 'notice');
    assert.match(container?.state ?? '', /^docker: 268 MB of memory, 32 threads$/);
  });

  it(
    'finds the narrowest limit of control groups of the first version, and takes their huge ' +
      'number for none',
    async () => {
      const files = {
        ...PRISTINE.files,
        'proc/self/cgroup': '5:pids:/a/b\n4:memory:/a',
        'sys/fs/cgroup/pids/a/pids.max': '40',
        'sys/fs/cgroup/pids/a/b/pids.max': 'max',
        'sys/fs/cgroup/memory/a/memory.limit_in_bytes': '9223372036854771712',
      };
      assert.match((await findingsOf({ ...PRISTINE, files })).get('container')?.state ?? '', /: 40 threads$/);
    },
  );
});

describe('the doctor, where nothing can be read', () => {
  const nothing: Machine = { files: {}, senses: { overshootNs: () => null } };

  it('has a finding for every topic all the same, and calls none bad', async () => {
    const findings = await findingsOf(nothing, [0]);
    assert.equal(findings.size, 16);
    assert.equal(isBad([...findings.values()]), false);
  });

  it('calls all of them unknown', async () => {
    const findings = await findingsOf(nothing, [0]);
    assert.equal(levels(findings, 'unknown').length, 16, JSON.stringify([...findings.values()], null, 1));
  });

  it('asks the operating system for what has no files', async () => {
    const ask: Machine = {
      ...nothing,
      senses: {
        ...nothing.senses,
        ask: () => Promise.resolve({ power: 'battery', virtual: { isVirtual: true, host: 'Parallels' } }),
      },
    };
    const findings = await findingsOf(ask, [0]);
    assert.equal(findings.get('battery')?.level, 'bad');
    assert.match(findings.get('virtual-machine')?.state ?? '', /Parallels/);
  });
});
