import assert from 'node:assert/strict';
import { observationsOf, ownProcess, PRISTINE, program, stat } from './invented-machine.ts';

const SYS_NICE = '0000000000800000';

describe("the doctor's reading of the machine", () => {
  it('leaves its own process and programs that came meanwhile out of the load', async () => {
    const { load } = await observationsOf({
      files: { ...PRISTINE.files, ...program(1000, 'node', 0), ...program(7, 'hog', 10) },
      later: {
        ...PRISTINE.later,
        ...program(1000, 'node', 50),
        ...program(7, 'hog', 35),
        ...program(8, 'new', 99),
      },
    });
    assert.deepEqual(load?.programs, [{ name: 'hog', pid: 7, percent: 25 }]);
  });

  it('looks at the load of the examined CPUs only', async () => {
    const idle = [0, 0, 0, 100, 0, 0, 0, 0];
    const machine = {
      files: { ...PRISTINE.files, ...stat(idle, idle) },
      later: stat([60, 0, 0, 140, 0, 0, 0, 0], [20, 0, 10, 170, 0, 0, 0, 0]),
    };
    const { load } = await observationsOf(machine, () => [1]);
    assert.deepEqual(load?.cpus, [{ cpu: 1, busyPercent: 30, stealPercent: 0 }]);
  });

  const rights: readonly (readonly [what: string, options: object, tried: boolean | null, fifo: string])[] = [
    ['grants SCHED_FIFO to who has CAP_SYS_NICE', { capabilities: SYS_NICE }, null, 'permitted'],
    ['grants it within the limit of real-time priorities', { rtprio: 50 }, null, 'permitted'],
    ['refuses it below the priority that is needed', { rtprio: 49 }, null, 'refused'],
    ['believes a trial rather than the capability', { capabilities: SYS_NICE }, false, 'refused'],
    ['believes a trial rather than the limit', { rtprio: 0 }, true, 'permitted'],
  ];
  for (const [what, options, tried, fifo] of rights) {
    it(what, async () => {
      const files = { ...PRISTINE.files, ...ownProcess({ allowed: '0-3', ...options }) };
      const observed = await observationsOf({ files, senses: { tryFifo: () => tried } });
      assert.equal(observed.realtime.fifo, fifo);
    });
  }

  it('does not try SCHED_FIFO where it is unwelcome', async () => {
    const tryFifo = () => assert.fail('it was tried');
    const observed = await observationsOf({
      files: PRISTINE.files,
      senses: { env: { CREDITLAB_REALTIME: '0' }, tryFifo },
    });
    assert.equal(observed.realtime.fifo, 'switched-off');
  });

  it('tells a machine by the flag of its processor, whatever its vendor is called', async () => {
    const files = { ...PRISTINE.files, 'sys/class/dmi/id/sys_vendor': 'Google' };
    assert.deepEqual((await observationsOf({ files })).virtual, { isVirtual: false, host: '' });
  });

  it('does not wait for a choice that is wrong', async () => {
    const wait = () => assert.fail('it waited');
    const choose = () => {
      throw new Error('no such CPU');
    };
    await assert.rejects(observationsOf({ files: PRISTINE.files, senses: { wait } }, choose), /no such CPU/);
  });
});
