import assert from 'node:assert/strict';
import { termsOf } from '../../src/policies.ts';
import { InventedHost, run } from './invented-host.ts';

/** Runs another scheduler, with these values of all its VMs. */
function hostOf(
  type: string,
  values: Readonly<Record<string, number>>,
  parameters: Readonly<Record<string, number>> = {},
): InventedHost {
  const host = new InventedHost();
  host.state_.scheduler = { type, parameters };
  host.state_.terms = termsOf(type);
  for (const vm of host.state_.vms) Object.assign(vm, { parameters: values });
  return host;
}

const credit2 = () => hostOf('credit2', { weight: 256, cap: 0 }, { ratelimitNs: 1e6 });
const rtds = () => hostOf('rtds', { periodNs: 10e6, budgetNs: 4e6, extratime: 1 });
const sedf = (change = {}) =>
  hostOf('sedf', { periodNs: 20e6, sliceNs: 5e6, latencyNs: 0, extratime: 0, weight: 0, ...change });

const WEIGHTS = 'Name                                ID Weight  Cap\n';
const RTDS = 'Name                                ID    Period    Budget  Extratime\n';
const RTDS_VCPUS = 'Name                                ID VCPU    Period    Budget  Extratime\n';
const SEDF = 'Name                                ID Period  Slice Latency Extra Weight\n';

describe('xl prints the values of other schedulers', () => {
  for (const [line, host, says] of [
    ['sched-credit2 -s', credit2(), 'Cpupool Pool-0: ratelimit=1000us\n'],
    ['sched-credit2 -d A', credit2(), `${WEIGHTS}A                                    1    256    0\n`],
    [
      'sched-rtds',
      rtds(),
      `Cpupool Pool-0: sched=RTDS\n${RTDS}` +
        'A                                    1     10000      4000        yes\n' +
        'web                                  2     10000      4000        yes\n' +
        'idler                                3     10000      4000        yes\n',
    ],
    [
      'sched-rtds -d web -v all',
      rtds(),
      RTDS_VCPUS +
        'web                                  2    0     10000      4000        yes\n' +
        'web                                  2    1     10000      4000        yes\n',
    ],
    [
      'sched-sedf -d A',
      sedf(),
      `${SEDF}A                                    1     20      5       0     0      0\n`,
    ],
    [
      'sched-sedf -d A',
      sedf({ periodNs: 0, sliceNs: 0, weight: 3, extratime: 1 }),
      `${SEDF}A                                    1    100      0       0     1      0\n`,
    ],
    [
      'sched-sedf -d A',
      sedf({ periodNs: 0, sliceNs: 0, weight: 3 }),
      `${SEDF}A                                    1    100      -       0     0      3\n`,
    ],
  ] as const)
    it(`${line}: ${host.state_.scheduler.type}`, async () => {
      const { code, out, err } = await run(line, host);
      assert.deepEqual({ code, out, err }, { code: 0, out: says, err: '' });
    });
});

describe('xl sets the values of other schedulers, and prints nothing', () => {
  for (const [line, host, command] of [
    ['sched-credit2 -d A -w 512 -c 50', credit2(), { command: 'set', vm: 'A', weight: 512, cap: 50 }],
    ['sched-credit2 -s -r 0', credit2(), { command: 'tune', scheduler: { ratelimit: '0us' } }],
    [
      'sched-rtds -d A -v all -p 20000 -b 5000 -e 0',
      rtds(),
      { command: 'set', vm: 'A', period: '20000us', budget: '5000us', extratime: false },
    ],
    ['sched-rtds -d A -e 1', rtds(), { command: 'set', vm: 'A', extratime: true }],
    [
      'sched-sedf -d A -p 20 -s 5 -e 1',
      sedf(),
      { command: 'set', vm: 'A', period: '20ms', slice: '5ms', extratime: true },
    ],
    ['sched-sedf -d A -w 3', sedf(), { command: 'set', vm: 'A', weight: 3 }],
  ] as const)
    it(line, async () => {
      const { code, out, err } = await run(line, host);
      assert.deepEqual({ code, out, err }, { code: 0, out: '', err: '' });
      assert.deepEqual(host.commands, [command]);
    });
});

describe('xl refuses for other schedulers, and changes nothing:', () => {
  for (const [line, host, says] of [
    ['sched-credit2 -w 512', credit2(), 'Must specify a domain.'],
    ['sched-credit2 -r 500', credit2(), 'Must specify schedparam to set schedule parameter values.'],
    ['sched-credit2 -s -r 99', credit2(), 'Ratelimit out of range, valid range is from 100 to 500000'],
    [
      'sched-credit2 -d A -w 0',
      credit2(),
      'Cpu weight out of range, valid values are within range from 1 to 65535',
    ],
    ['sched-rtds -p 5 -b 4', rtds(), 'Must specify a domain.'],
    ['sched-rtds -d A -p 5000', rtds(), 'Must specify both period and budget.'],
    [
      'sched-rtds -d web -v 0 -e 1',
      rtds(),
      '--vcpuid: all vCPUs of a VM have the same period and budget here',
    ],
    ['sched-rtds -d web -v 7', rtds(), '--vcpuid: web has no vCPU 7'],
    ['sched-rtds -d A -e 2', rtds(), "--extratime: '2' is neither 0 nor 1"],
    ['sched-sedf -d A -c Pool-0', sedf(), 'Specifying a cpupool or schedparam is not allowed'],
    ['sched-sedf', rtds(), 'sched-sedf: this host runs the scheduler rtds, not sedf\n  hint: xl sched-rtds'],
  ] as const)
    it(line, async () => {
      const { code, out, err } = await run(line, host);
      assert.deepEqual([code, out], [1, '']);
      assert.equal(err.slice(0, says.length), says);
      assert.deepEqual(host.commands, []);
    });
});
