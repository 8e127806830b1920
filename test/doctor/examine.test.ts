import assert from 'node:assert/strict';
import { examine } from '../../src/doctor/examine.ts';
import type { Observations } from '../../src/doctor/observations.ts';
import type { Finding, FindingLevel } from '../../src/doctor/diagnosis.ts';
import { observationsOf, PRISTINE } from './invented-machine.ts';

type Change = Partial<Observations>;

/** Topic, what differs from a machine where all is right, and what must come of it. */
const CASES: readonly (readonly [
  key: string,
  what: string,
  change: Change,
  level: FindingLevel,
  state: RegExp,
])[] = [
  ['governor', 'schedutil', frequency('schedutil'), 'notice', /schedutil .*on CPU 1/],
  ['governor', 'performance', frequency('performance'), 'good', /performance/],
  ['turbo', 'on', { turbo: true }, 'notice', /on/],
  ['turbo', 'off', { turbo: false }, 'good', /off/],
  ['battery', 'mains', { power: 'mains' }, 'good', /mains/],
  ['battery', 'battery', { power: 'battery' }, 'bad', /in use/],
  ['load', '2 % busy', load(2, 0), 'good', /2 % of CPU 1/],
  ['load', '5 % busy', load(5, 0), 'notice', /5 % of CPU 1/],
  ['load', '10 % busy', load(10, 0), 'bad', /10 % of CPU 1/],
  ['steal', '0.4 % stolen', load(0, 0.4), 'good', /^0\.4 %/],
  ['steal', '0.5 % stolen', load(0, 0.5), 'notice', /^0\.5 %/],
  ['steal', '2 % stolen', load(0, 2), 'bad', /^2\.0 %/],
  ['steal', '1 % stolen since boot', load(0, 0, 1), 'notice', /1\.0 % of the work since boot/],
  ['steal', '5 % stolen since boot', load(0, 0, 5), 'bad', /5\.0 % of the work since boot/],
  ['timers', 'late by 60 µs', late(60e3), 'good', /60\.0 µs late/],
  ['timers', 'late by 300 µs', late(300e3), 'notice', /300\.0 µs late/],
  ['timers', 'late by a tick', late(4e6), 'bad', /4\.00 ms late/],
  ['realtime', 'permitted', { realtime: { fifo: 'permitted', priorityLimit: 0 } }, 'good', /permitted/],
  ['realtime', 'refused', { realtime: { fifo: 'refused', priorityLimit: 0 } }, 'notice', /limit 0/],
  ['realtime', 'unwanted', { realtime: { fifo: 'switched-off', priorityLimit: 0 } }, 'notice', /off/],
  ['perf', 'allowed to all', perf(2, false, true), 'good', /permitted/],
  ['perf', 'kept from users', perf(3, false, true), 'notice', /perf_event_paranoid 3/],
  ['perf', 'kept from users, by root', perf(3, true, true), 'good', /permitted/],
  ['perf', 'no counters, by root', perf(2, true, false), 'notice', /no hardware counters/],
  ['tracing', 'permitted', { tracing: 'permitted' }, 'good', /permitted/],
  ['tracing', 'refused', { tracing: 'refused' }, 'notice', /not permitted/],
  ['tracing', 'not mounted', { tracing: 'not-mounted' }, 'notice', /not mounted/],
  ['clock-source', 'kvm-clock', clockSource('kvm-clock'), 'good', /kvm-clock/],
  ['clock-source', 'hpet', clockSource('hpet'), 'notice', /hpet/],
  ['clock-source', 'jiffies', clockSource('jiffies'), 'bad', /jiffies/],
  ['container', 'much memory', limits(8e9, 4000), 'good', /8000 MB/],
  ['container', 'little memory', limits(256e6, null), 'notice', /256 MB/],
  ['container', 'few threads', limits(null, 40), 'notice', /40 threads/],
  ['virtual-machine', 'real', { virtual: { isVirtual: false, host: '' } }, 'good', /real/],
  ['virtual-machine', 'virtual', { virtual: { isVirtual: true, host: '' } }, 'notice', /yes/],
];

describe('the doctor judges', () => {
  let pristine: Observations;
  before(async () => {
    pristine = await observationsOf(PRISTINE, () => [1]);
  });

  for (const [key, what, change, level, state] of CASES) {
    it(`${key}, ${what}: ${level}`, () => {
      const finding = find({ ...pristine, ...change }, key);
      assert.equal(finding.level, level);
      assert.match(finding.state, state);
      // Whoever is told of a trouble is told what it does.
      assert.equal(finding.consequence !== null, level === 'notice' || level === 'bad');
    });
  }

  it('a slow clock source with the command that sets a better one, if there is one', () => {
    const better = { clockSource: { current: 'hpet', available: ['hpet', 'tsc'] } };
    assert.match(find({ ...pristine, ...better }, 'clock-source').remedy ?? '', /`echo tsc \| sudo tee /);
    assert.equal(find({ ...pristine, ...clockSource('hpet') }, 'clock-source').remedy, null);
  });

  it('a single CPU, which scheduler and VMs share', () => {
    const hostCpus = { ...pristine.hostCpus, allowedCpus: [1] };
    const one = find({ ...pristine, hostCpus }, 'allowed-cpus');
    assert.equal(one.level, 'notice');
    assert.match(one.remedy ?? '', /`taskset -cp 0-3 \$\$`/);
    const only = find({ ...pristine, hostCpus, onlineCpus: [1] }, 'allowed-cpus');
    assert.match(only.remedy ?? '', /a second CPU/);
    const off = { ...hostCpus, offlineCpus: [0] };
    const rest = find({ ...pristine, hostCpus: off, onlineCpus: [1] }, 'allowed-cpus');
    assert.match(rest.state, /^1 of 1 online: 1, offline: 0/);
    assert.match(rest.remedy ?? '', /cpu0\/online/);
  });
});

function find(observed: Observations, key: string): Finding {
  const finding = examine(observed).find((each) => each.key === key);
  assert.ok(finding !== undefined, `no finding ${key}`);
  return finding;
}

function frequency(governor: string): Change {
  return { frequency: [{ cpu: 1, governor, driver: 'acpi-cpufreq' }] };
}

function load(busyPercent: number, stealPercent: number, stealSinceBootPercent = 0): Change {
  return { load: { cpus: [{ cpu: 1, busyPercent, stealPercent }], programs: [], stealSinceBootPercent } };
}

function late(overshootNs: number): Change {
  return { timers: { overshootNs, slackNs: 50_000 } };
}

function perf(paranoid: number, privileged: boolean, hasCounters: boolean): Change {
  return { perf: { paranoid, privileged, hasCounters } };
}

function clockSource(current: string): Change {
  return { clockSource: { current, available: [current] } };
}

function limits(memoryBytes: number | null, tasks: number | null): Change {
  return { container: { name: 'docker', memoryBytes, tasks } };
}
