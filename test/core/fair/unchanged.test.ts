import assert from 'node:assert/strict';
import { simulate, type SimOptions } from '../../../src/sim/simulate.ts';

const MS = 1e6;

/** Three vCPUs that divide one share, by how many of them can run. */
const ONE_VM: SimOptions['vms'] = [
  {
    vcpus: [
      { guest: { kind: 'io', runNs: 10 * MS, sleepNs: 10 * MS } },
      { guest: { kind: 'hog' } },
      { guest: { kind: 'periodic', runNs: 1000, periodNs: 10 * MS } },
    ],
  },
];

describe('a share that is set to what it is', () => {
  for (const type of ['cfs', 'eevdf', 'linux-rt']) {
    it(`changes nothing under ${type}, whenever that is`, () => {
      const plain: SimOptions = { pcpuCount: 1, vms: ONE_VM, scheduler: { type }, durationNs: 400 * MS };
      const expected = simulate(plain);
      for (let atNs = 7 * MS; atNs < 400 * MS; atNs += 7 * MS) {
        const events = [{ atNs, kind: 'set', vm: 0, parameters: { weight: 256, nice: 0 } }] as const;
        assert.deepEqual({ ...simulate({ ...plain, events }), changes: [] }, expected, `at ${atNs / MS} ms`);
      }
    });
  }
});
