import assert from 'node:assert/strict';
import { InventedHost, run, vcpu, vm } from './invented-host.ts';

describe('xl list', () => {
  const HEAD = 'Name                                        ID   Mem VCPUs\tState\tTime(s)';

  it('has the columns of Xen', async () => {
    const { code, out, err } = await run('list');
    assert.deepEqual([code, err], [0, '']);
    assert.equal(
      out,
      `${HEAD}
A                                            1     0     1     r-----      12.3
web                                          2     0     2     r-----       4.0
idler                                        3     0     1     ------       0.0
`,
    );
  });

  it('lists the domains that are named, by name or ID, in this order', async () => {
    const { out } = await run('list 3 web');
    assert.deepEqual(
      out.split('\n').map((line) => line.split(' ')[0]),
      [HEAD.split(' ')[0], 'idler', 'web', ''],
    );
  });

  it('has the pool with -c', async () => {
    const { out } = await run('list -c A');
    const [head, row] = out.split('\n');
    assert.equal(head, `${HEAD}         Cpupool`);
    assert.equal(
      row,
      'A                                            1     0     1     r-----      12.3           Pool-0',
    );
  });

  it('tells running, blocked, paused and finished apart', async () => {
    const host = new InventedHost();
    host.state_.vms = [
      vm(1, 'busy', [vcpu('busy/v0', { activity: 'running' }), vcpu('busy/v1', { activity: 'blocked' })]),
      vm(2, 'asleep', [vcpu('asleep/v0', { activity: 'blocked' }), vcpu('asleep/v1', { activity: 'done' })]),
      { ...vm(3, 'still', [vcpu('still/v0', { activity: 'paused' })]), phase: 'paused' },
      { ...vm(4, 'over', [vcpu('over/v0', { activity: 'done' })]), phase: 'done' },
      vm(5, 'queued', [vcpu('queued/v0', { activity: 'waiting' })]),
    ];
    const { out } = await run('list', host);
    const states = out
      .split('\n')
      .slice(1, -1)
      .map((line) => /([\w-]{6}) +[\d.]+$/.exec(line)?.[1]);
    assert.deepEqual(states, ['r-----', '-b----', '--p---', '---s--', '------']);
  });

  it('leaves out what is not there yet, and what is not there any more', async () => {
    const host = new InventedHost();
    host.vm('A').phase = 'destroyed';
    host.vm('web').phase = 'planned';
    host.vm('idler').phase = 'preparing';
    assert.equal((await run('list', host)).out, `${HEAD}\n`);
    for (const [name, hint] of [
      ['A', 'A was destroyed'],
      ['2', 'web has not started yet'],
      ['idler', 'idler has not started yet'],
      ['Domain-0', 'the machine itself is no VM here: there is no Domain-0'],
    ]) {
      const { code, out, err } = await run(['list', name], host);
      assert.deepEqual([code, out], [1, '']);
      assert.equal(err, `${name} is an invalid domain identifier (rc=-6)\n  hint: ${hint}\n`);
    }
  });

  it('finds the latest life of a VM by its first name, and an older VM of this name before it', async () => {
    const host = new InventedHost();
    Object.assign(host.vm('A'), { phase: 'destroyed', endNs: 3e9 });
    Object.assign(host.vm('web'), { name: 'A.2', startNs: 3e9 });
    Object.assign(host.vm('idler'), { name: 'A.3', startNs: 5e9 });
    assert.match((await run('list A', host)).out, /\nA\.3 /);
    assert.match((await run('list A.2', host)).out, /\nA\.2 /);
    Object.assign(host.vm('A'), { phase: 'running', endNs: null });
    assert.match((await run('list A', host)).out, /\nA /);
  });

  it('does not take a VM for another life that was there before', async () => {
    const host = new InventedHost();
    Object.assign(host.vm('A'), { phase: 'destroyed', endNs: 3e9 });
    host.vm('web').name = 'A.2';
    assert.match((await run('list A', host)).err, /A is an invalid domain identifier/);
  });

  it('marks a VM as crashed whose program failed', async () => {
    const host = new InventedHost();
    host.vm('web').phase = 'failed';
    assert.match((await run('list web', host)).out, /r---c- /);
  });

  it('takes a number for an ID before it takes it for a name', async () => {
    const host = new InventedHost();
    host.vm('web').name = '1';
    host.vm('idler').name = '77';
    assert.match((await run('list 1', host)).out, /\nA +1 /);
    assert.match((await run('list 77', host)).out, /\n77 +3 /);
  });
});

describe('xl vcpu-list', () => {
  const HEAD = 'Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard / Soft)\n';

  it("has the columns of Xen, and the host's CPUs", async () => {
    const { code, out } = await run('vcpu-list');
    assert.equal(code, 0);
    assert.equal(
      out,
      `${HEAD}A                                    1     0    2   r--      12.3  all / all
web                                  2     0    3   r--       3.0  2-3 / all
web                                  2     1    2   ---       1.0  all / all
idler                                3     0    5   ---       0.0  all / all
`,
    );
  });

  it('shows who is blocked, paused, or has no work left', async () => {
    const host = new InventedHost();
    host.state_.vms = [
      vm(1, 'x', [
        vcpu('x/v0', { activity: 'blocked' }),
        vcpu('x/v1', { activity: 'paused' }),
        vcpu('x/v2', { activity: 'done' }),
      ]),
    ];
    assert.equal(
      (await run('vcpu-list 1', host)).out,
      `${HEAD}x                                    1     0    2   -b-       0.0  all / all
x                                    1     1    2   --p       0.0  all / all
x                                    1     2    -   --p       0.0  all / all
`,
    );
  });
});

describe('xl cpupool-list', () => {
  it('has the columns of Xen', async () => {
    const { code, out } = await run('cpupool-list');
    assert.equal(code, 0);
    assert.equal(
      out,
      `Name               CPUs   Sched     Active   Domain count
Pool-0               3    credit       y          3
`,
    );
  });

  it('lists the CPUs with -c, and knows no other pool', async () => {
    assert.equal(
      (await run('cpupool-list -c Pool-0')).out,
      'Name               CPU list\nPool-0             2,3,5\n',
    );
    const { code, err } = await run('cpupool-list other');
    assert.equal(code, 1);
    assert.match(err, /^unknown cpupool 'other'\n/);
  });
});

describe('xl debug-keys r', () => {
  it("is the scheduler's dump: each queue with priorities, flags and credits", async () => {
    const { code, out } = await run('debug-keys r');
    assert.equal(code, 0);
    assert.equal(
      out,
      `NOW=12000000000
Scheduler: SMP Credit Scheduler (credit)
info:
\tncpus              = 3
\ttslice             = 30ms
\tratelimit          = 1000us
\tcredits per msec   = 10
\tticks per tslice   = 3
\tmigration delay    = 0us
CPU[02] nr_run=2
\trun: [1.0] pri=-1 flags=0 cpu=2 credit=-30 [w=256,cap=0] A/v0
\t  1: [2.1] pri=-2 flags=0 cpu=2 credit=-150 [w=512,cap=150] web/v1
CPU[03] nr_run=1
\trun: [2.0] pri=0 flags=0 cpu=3 credit=120 [w=512,cap=150] web/v0
CPU[05] nr_run=0
\trun: [32767.5] pri=-64 flags=0 cpu=5
in no queue:
\t  1: [3.0] pri=-2 flags=1 cpu=5 credit=-300 [w=256,cap=5] idler/v0 parked
`,
    );
  });

  it("has another scheduler's readings by their names", async () => {
    const host = new InventedHost();
    host.state_.scheduler = { type: 'round-robin', parameters: { sliceNs: 30e6 } };
    host.state_.terms = {
      ...host.state_.terms,
      vcpuReadings: [{ key: 'turns', unit: '', description: '', kind: 'level', idle: 0, initial: 0 }],
    };
    host.state_.vms = [
      { ...vm(1, 'A', [vcpu('A/v0', { activity: 'running', readings: [7] })]), parameters: {} },
    ];
    host.state_.pcpus = host.state_.pcpus.slice(0, 1).map((each) => ({ ...each, queue: [] }));
    assert.equal(
      (await run('debug-keys r', host)).out,
      `NOW=12000000000
Scheduler: round-robin
info:
\tncpus              = 1
\tsliceNs            = 30000000
CPU[02] nr_run=1
\trun: [1.0] flags=0 cpu=2 turns=7 A/v0
`,
    );
  });

  it('is the only key', async () => {
    const { code, out, err } = await run('debug-keys q');
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /the debug key 'q' is Xen's, and not here/);
  });
});
