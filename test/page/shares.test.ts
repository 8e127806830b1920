import assert from 'node:assert/strict';
import type { VmState } from '../../src/control/state.ts';
import { scaleTop, ShareHistory } from '../../src/page/model/shares.ts';
import { InventedHost } from './invented-host.ts';

const [template] = await new InventedHost({ pcpus: [0], vms: [{ name: 'A' }] })
  .state()
  .then(({ vms }) => vms);

function vm(id: number, entitledPercent: number, phase: VmState['phase'] = 'running'): VmState {
  return { ...template, id, entitledPercent, phase };
}

describe('the shares that the page keeps', () => {
  it('are the last minute’s', () => {
    const shares = new ShareHistory();
    for (let i = 1; i <= 2000; i++) shares.add(i * 1e8, [i % 100, 5], [vm(1, 50), vm(2, 5)]);
    assert.ok(shares.count >= 600 && shares.count < 700);
    assert.equal(shares.timeOf(shares.count - 1), 2000 * 1e8);
    assert.equal(shares.measured(1, shares.count - 2), 1999 % 100);
    assert.equal(shares.entitled(1, 0), 50);
    assert.equal(shares.latest(2), 5);
    assert.equal(shares.highest(), 99);
  });

  it('have gaps where a VM wasn’t there', () => {
    const shares = new ShareHistory();
    shares.add(1, [10], [vm(1, 10)]);
    shares.add(2, [10, 20], [vm(1, 10), vm(2, 20)]);
    shares.add(3, [0, 30], [vm(1, 10, 'destroyed'), vm(2, 20)]);
    assert.deepEqual(
      [0, 1, 2].map((i) => shares.measured(1, i)),
      [10, 10, NaN],
    );
    assert.deepEqual(
      [0, 1, 2].map((i) => shares.measured(2, i)),
      [NaN, 20, 30],
    );
  });

  it('of a thousand VMs that came and went take the memory of a few', () => {
    const shares = new ShareHistory();
    for (let i = 1; i <= 20_000; i++) {
      shares.add(i, [1], [vm(Math.ceil(i / 20), 1)]);
    }
    assert.ok(shares.columnCount < 40, String(shares.columnCount));
    assert.equal(shares.latest(1000), 1);
    assert.equal(shares.measured(1, 0), NaN);
  });

  it('are taken once', () => {
    const shares = new ShareHistory();
    shares.add(1, [10], [vm(1, 10)]);
    shares.add(1, [99], [vm(1, 10)]);
    assert.equal(shares.count, 1);
    assert.equal(shares.latest(1), 10);
  });
});

describe('the scale of shares', () => {
  it('ends above the highest with a number that reads well', () => {
    assert.deepEqual([3, 33.3, 100.3, 101, 200, 750].map(scaleTop), [20, 40, 100, 200, 200, 800]);
  });
});
