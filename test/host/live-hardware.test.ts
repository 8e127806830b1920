import assert from 'node:assert/strict';
import { type Crew, type Launch, LiveHardware } from '../../src/host/live-hardware.ts';
import { Admission, AdmissionCell } from '../../src/host/orders.ts';
import { vm } from './invented-scenario.ts';

const A = vm('A');

/** A run whose VMs get ready only if they are said to. */
function opened(readyLimitMs: number) {
  const launches: Launch[] = [];
  const ready = new Set<string>();
  const crew = {
    instruments: { gauges: { places: [] } },
    place: () => ({ prepareOn: null, calibrateOn: 0, cpuCount: 1 }),
    study: () => Promise.resolve({ nsPerUnit: null, readyLimitMs, remarks: ['it disturbed the others'] }),
    launch: ({ name }: { readonly name: string }, _first: number, launch: Launch) => {
      launches.push(launch);
      if (ready.has(name)) new Int32Array(launch.admission)[AdmissionCell.ready] = 1;
      return [new Promise<never>(() => undefined)];
    },
  };
  return { live: new LiveHardware(crew as unknown as Crew), launches, ready };
}

const fateOf = ({ admission }: Launch): number => new Int32Array(admission)[AdmissionCell.state];

describe('a VM that is prepared while a run is under way', () => {
  it('is refused if it never gets ready: its threads are ended, and the next one can be prepared', async () => {
    const { live, launches, ready } = opened(30);
    await assert.rejects(
      live.prepare(A),
      ({ code, message }: Error & { code: string }) =>
        code === 'BAD_WORKLOAD' && message.startsWith('A is not ready after'),
    );
    assert.deepEqual([launches[0].giveUp.aborted, fateOf(launches[0])], [true, Admission.refused]);
    ready.add('B');
    assert.deepEqual((await live.prepare(vm('B'))).remarks, ['it disturbed the others']);
    assert.deepEqual([launches[1].giveUp.aborted, fateOf(launches[1])], [false, Admission.waiting]);
  });

  it('is given up when the run ends', async () => {
    const { live, launches } = opened(60_000);
    const prepared = live.prepare(A);
    setTimeout(() => live.end(), 20);
    await assert.rejects(prepared, /the run is over/);
    assert.deepEqual([launches[0].giveUp.aborted, fateOf(launches[0])], [true, Admission.refused]);
  });
});
