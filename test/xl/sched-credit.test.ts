import assert from 'node:assert/strict';
import { termsOf } from '../../src/policies.ts';
import { InventedHost, run } from './invented-host.ts';

const TABLE = `Name                                ID Weight  Cap
A                                    1    256    0
web                                  2    512  150
idler                                3    256    5
`;
const POOL = 'Cpupool Pool-0: tslice=30ms ratelimit=1000us migration-delay=0us\n';

describe('xl sched-credit prints', () => {
  for (const [line, says] of [
    ['sched-credit', POOL + TABLE],
    ['sched-credit -p Pool-0', POOL + TABLE],
    ['sched-credit -s', POOL],
    ['sched-credit -s --cpupool=Pool-0', POOL],
    [
      'sched-credit -d web',
      'Name                                ID Weight  Cap\n' + TABLE.split('\n')[2] + '\n',
    ],
    [
      'sched-credit -d2',
      'Name                                ID Weight  Cap\n' + TABLE.split('\n')[2] + '\n',
    ],
  ] as const)
    it(line, async () => {
      const { code, out, err } = await run(line);
      assert.deepEqual({ code, out, err }, { code: 0, out: says, err: '' });
    });
});

describe('xl sched-credit sets, and prints nothing', () => {
  for (const [line, command] of [
    ['-d A -w 512', { command: 'set', vm: 'A', weight: 512 }],
    ['-dA -w512 -c50', { command: 'set', vm: 'A', weight: 512, cap: 50 }],
    ['--domain=1 --cap=0', { command: 'set', vm: 'A', cap: 0 }],
    ['-w 65535 -d web', { command: 'set', vm: 'web', weight: 65_535 }],
    ['-d web -c 200', { command: 'set', vm: 'web', cap: 200 }],
    ['-s -t 5', { command: 'tune', scheduler: { tslice: '5ms' } }],
    ['-s -r 0', { command: 'tune', scheduler: { ratelimit: '0us' } }],
    [
      '-s -t 1 -r 100 -m 250',
      { command: 'tune', scheduler: { tslice: '1ms', ratelimit: '100us', 'migration-delay': '250us' } },
    ],
    ['-p Pool-0 -s --tslice_ms 1000', { command: 'tune', scheduler: { tslice: '1000ms' } }],
    ['--strict-xl -d A -w 12abc', { command: 'set', vm: 'A', weight: 12 }],
    ['--strict-xl -d A -c abc', { command: 'set', vm: 'A', cap: 0 }],
  ] as const)
    it(line, async () => {
      const host = new InventedHost();
      assert.deepEqual(await run(`sched-credit ${line}`, host), { code: 0, out: '', err: '', slept: [] });
      assert.deepEqual(host.commands, [command]);
    });
});

describe("xl sched-credit refuses in Xen's words, and changes nothing:", () => {
  for (const [line, says] of [
    ['-w 512', 'Must specify a domain.'],
    ['-c 50', 'Must specify a domain.'],
    ['-d A -s', 'Specifying a cpupool or schedparam is not allowed with domain options.'],
    ['-d A -p Pool-0', 'Specifying a cpupool or schedparam is not allowed with domain options.'],
    ['-w 5 -p Pool-0', 'Specifying a cpupool or schedparam is not allowed with domain options.'],
    ['-t 5', 'Must specify schedparam to set schedule parameter values.'],
    ['-r 500', 'Must specify schedparam to set schedule parameter values.'],
    ['-m 0', 'Must specify schedparam to set schedule parameter values.'],
    ['-d X -w 512', 'X is an invalid domain identifier (rc=-6)'],
    ['-d 99', '99 is an invalid domain identifier (rc=-6)'],
    ['-d A -w 0', 'Cpu weight out of range, valid values are within range from 1 to 65535'],
    ['-d A -w 65536', 'Cpu weight out of range, valid values are within range from 1 to 65535'],
    ['-d A -w -1', 'Cpu weight out of range, valid values are within range from 1 to 65535'],
    ['-d A -c 101', 'Cpu cap out of range, valid range is from 0 to 100 for specified number of vcpus'],
    ['-d web -c 201', 'Cpu cap out of range, valid range is from 0 to 200 for specified number of vcpus'],
    ['-d A -c -1', 'Cpu cap out of range, valid range is from 0 to 100 for specified number of vcpus'],
    [
      '-d A -w 512 -c 101',
      'Cpu cap out of range, valid range is from 0 to 100 for specified number of vcpus',
    ],
    ['-s -t 0', 'Time slice out of range, valid range is from 1 to 1000'],
    ['-s -t 1001', 'Time slice out of range, valid range is from 1 to 1000'],
    ['-s -r 99', 'Ratelimit out of range, valid range is from 100 to 500000'],
    ['-s -r 500001', 'Ratelimit out of range, valid range is from 100 to 500000'],
    ['-s -r 30001', 'Ratelimit cannot be greater than timeslice'],
    ['-s -t 5 -r 6000', 'Ratelimit cannot be greater than timeslice'],
    ['-s -m 100001', 'Migration delay out of range, valid range is from 0 to 100000'],
    ['--strict-xl -d A -w abc', 'Cpu weight out of range, valid values are within range from 1 to 65535'],
    ['-p other', "unknown cpupool 'other'"],
    ['-d A -w 12abc', "--weight: '12abc' is not a whole number"],
    ['-d A -c 0x10', "--cap: '0x10' is not a whole number"],
    [
      '-d A -w=512',
      "--weight: '=512' is not a whole number\n  hint: a letter takes no '=': write --weight=512",
    ],
    ['-d A -w 1.5', "--weight: '1.5' is not a whole number"],
  ] as const)
    it(line, async () => {
      const host = new InventedHost();
      const { code, out, err } = await run(`sched-credit ${line}`, host);
      assert.equal(code, 1);
      assert.equal(out, '');
      assert.equal(err.slice(0, says.length), says);
      assert.match(err.slice(says.length), /^\n/);
      assert.deepEqual(host.commands, []);
    });

  it('a slice below the rate limit that runs', async () => {
    const host = new InventedHost();
    Object.assign(host.state_.scheduler.parameters, { ratelimitNs: 20e6 });
    const { code, err } = await run('sched-credit -s -t 10', host);
    assert.deepEqual([code, err], [1, 'Ratelimit cannot be greater than timeslice\n']);
    assert.deepEqual(host.commands, []);
  });

  it('a domain by a name that is nearly right, with the one that was meant', async () => {
    const { err } = await run('sched-credit -d idelr -w 1');
    assert.match(
      err,
      /^idelr is an invalid domain identifier \(rc=-6\)\n {2}hint: did you mean 'idler'\?\n$/,
    );
  });
});

describe('a command for another scheduler than the one that runs', () => {
  for (const line of ['sched-credit2 -d A -w 512', 'sched-rtds', 'sched-sedf']) {
    it(`is refused aloud: ${line}`, async () => {
      const host = new InventedHost();
      const { code, out, err } = await run(line, host);
      assert.equal(code, 1);
      assert.equal(out, '');
      assert.match(
        err,
        /^(sched-\w+): this host runs the scheduler credit, not \w+\n {2}hint: xl sched-credit is/,
      );
      assert.deepEqual(host.commands, []);
    });
  }

  for (const line of ['sched-credit', 'sched-credit -s', 'sched-credit -d A -w 512', 'sched-credit -s -t 5'])
    it(`is refused aloud where credit doesn't run: ${line}`, async () => {
      const host = new InventedHost();
      host.state_.scheduler = { type: 'round-robin', parameters: { sliceNs: 30e6 } };
      host.state_.terms = termsOf('round-robin');
      const { code, out, err } = await run(line, host);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /^sched-credit: this host runs the scheduler round-robin, not credit\n/);
      assert.deepEqual(host.commands, []);
    });

  it('is refused with the one that is meant', async () => {
    const host = new InventedHost();
    host.state_.scheduler = { type: 'credit2', parameters: {} };
    const { code, err } = await run('sched-credit', host);
    assert.equal(code, 1);
    assert.match(err, /runs the scheduler credit2, not credit\n {2}hint: xl sched-credit2 is for this one/);
  });

  it('is refused by name where Xen has a scheduler that is not here', async () => {
    const { code, err } = await run('sched-arinc653');
    assert.equal(code, 1);
    assert.match(err, /^sched-arinc653 is Xen's, and not here: creditlab has no scheduler of that name/);
  });
});

describe('--explain', () => {
  const WORDS = 'something is otherwise from the next accounting on, in 12 ms.\n';

  for (const line of [
    'sched-credit -d web -w 1024 --explain',
    '--explain sched-credit -d web -w 1024',
    '-v sched-credit -d web -w 1024',
  ])
    it(`says what a change does and when, and what everybody is entitled to then: ${line}`, async () => {
      const { code, out } = await run(line);
      assert.equal(code, 0);
      assert.equal(
        out,
        `${WORDS}Entitled to, of one pCPU: A 80.0 % (was 66.7 %), web 66.7 % (was 66.7 %), ` +
          'idler 66.7 % (was 66.7 %).\n',
      );
    });

  it('leaves out what stays as it was', async () => {
    const { out } = await run('sched-credit -d web -c 10 --explain');
    assert.equal(out, WORDS);
  });
});
