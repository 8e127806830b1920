import assert from 'node:assert/strict';
import { simulate, type SimOptions } from '../../src/sim/simulate.ts';

const MS = 1e6;
const SECOND = 1e9;
const hog = { weight: 256, cap: 0, vcpus: [{ guest: { kind: 'hog' } as const }] };

function run(options: Partial<SimOptions>) {
  return simulate({ pcpuCount: 1, durationNs: 10 * SECOND, vms: [hog, hog], paranoid: true, ...options });
}

describe('a simulated pCPU of which others take a part', () => {
  it('gives its vCPUs what is left, and charges them for that', () => {
    const { vcpus, busyNs } = run({ stolenParts: [0.1] });
    assert.equal(busyNs[0], vcpus[0].cpuNs + vcpus[1].cpuNs);
    assert.ok(Math.abs(busyNs[0] - 9 * SECOND) < 1000, `${busyNs[0]}`);
  });

  it('takes longer to do some work, and does it whole', () => {
    const worker = { ...hog, vcpus: [{ guest: { kind: 'finite', workNs: 700 * MS + 1 } as const }] };
    const { vcpus, end } = run({
      vms: [worker],
      durationNs: 2 * SECOND,
      stopWhenDone: true,
      stolenParts: [0.3],
    });
    assert.equal(end, 'done');
    assert.equal(vcpus[0].cpuNs, 700 * MS + 1);
    assert.equal(vcpus[0].doneNs, Math.ceil((700 * MS + 1) / 0.7));
  });

  it('leaves the others as they are', () => {
    const { busyNs } = run({ pcpuCount: 2, stolenParts: [0, 0.5] });
    assert.ok(Math.abs(busyNs[0] - 10 * SECOND) <= 1 && busyNs[1] < 5.1 * SECOND, busyNs.join());
  });

  it('is as it was where they take nothing', () => {
    assert.deepEqual(run({ stolenParts: [0] }), run({}));
  });

  it('lets light VMs keep their part of a whole core, and the heavy one what is left', () => {
    const vms = [{ ...hog, weight: 512 }, hog];
    const [heavy, light] = run({ vms, durationNs: 60 * SECOND, stolenParts: [1 / 3] }).vcpus;
    // Both are creditworthy all the time, and take turns.
    assert.ok(Math.abs(heavy.cpuNs / light.cpuNs - 1) < 0.02, `${heavy.cpuNs / light.cpuNs}`);
  });
});
