import assert from 'node:assert/strict';
import { ContentionMeter } from '../../src/host/contention-meter.ts';
import { scenario, vm } from './invented-scenario.ts';

const [A, B] = [0, 1];
const NOBODY_DONE = [null, null];
const S = 1e9;

/** Both compute side by side for 100 ms at a time, each on its own core, from a start on. */
function stays(
  meter: ContentionMeter,
  vcpu: number,
  fromS: number,
  toS: number,
  cpuOf = (s: number) => s,
): void {
  for (let s = fromS; s < toS - 1e-9; s += 0.1) {
    meter.add(vcpu, s * S, cpuOf(s) * S);
    meter.add(vcpu, (s + 0.1) * S, cpuOf(s + 0.1) * S);
  }
}

function near(values: readonly number[] | undefined, wanted: readonly number[]): void {
  assert.equal(values?.length, wanted.length);
  wanted.forEach((each, i) =>
    assert.ok(Math.abs((values?.[i] ?? NaN) - each) < 1, `${String(values)}, not ${String(wanted)}`),
  );
}

describe('CPU time while all compete', () => {
  it('is that of the whole run, if nobody ends', () => {
    const meter = new ContentionMeter(scenario({ vms: [vm('A'), vm('B')] }));
    const got = meter.contended(NOBODY_DONE, 10 * S, [4 * S, 6 * S]);
    assert.deepEqual(got, { span: { fromNs: 0, toNs: 10 * S }, cpuNs: [4 * S, 6 * S] });
  });

  it('ends with the one that was seen first, if another one turns out to have been done just before', () => {
    const meter = new ContentionMeter(scenario({ vms: [vm('A'), vm('B')] }));
    stays(meter, A, 0, 1);
    stays(meter, B, 0, 1);
    meter.settle([null, 1 * S], 1.1 * S);
    const got = meter.contended([0.9999 * S, 1 * S], 2 * S, [1 * S, 1 * S]);
    assert.equal(got?.span.toNs, 0.9999 * S);
    near(got?.cpuNs, [1 * S, 1 * S]);
  });

  it('ends exactly when the first one is done, in the midst of another one’s stay', () => {
    const meter = new ContentionMeter(scenario({ vms: [vm('A'), vm('B')] }));
    stays(meter, A, 0, 1);
    stays(meter, B, 0, 0.5);
    meter.settle(NOBODY_DONE, 0.5 * S);
    stays(meter, B, 0.5, 2);
    meter.settle([1 * S, null], 1.2 * S);
    // B is on its core from 0.95 to 1.05.
    const late = new ContentionMeter(scenario({ vms: [vm('A'), vm('B')] }));
    late.add(B, 0.95 * S, 0.95 * S);
    late.add(B, 1.05 * S, 1.05 * S);
    late.settle([1 * S, null], 1.2 * S);
    for (const each of [meter, late]) {
      const got = each.contended([1 * S, 2 * S], 2 * S, [1 * S, 2 * S]);
      assert.deepEqual(got?.span, { fromNs: 0, toNs: 1 * S });
    }
    near(meter.contended([1 * S, 2 * S], 2 * S, [1 * S, 2 * S])?.cpuNs, [1 * S, 1 * S]);
    near(late.contended([1 * S, 2 * S], 2 * S, [1 * S, 2 * S])?.cpuNs.slice(1), [1 * S]);
  });

  it('counts nothing for a vCPU that was off its core, and what was stolen by time', () => {
    const meter = new ContentionMeter(scenario({ vms: [vm('A'), vm('B')] }));
    meter.add(A, 0, 0);
    meter.add(B, 0.2 * S, 0);
    meter.add(B, 0.6 * S, 0.2 * S);
    meter.add(B, 1.4 * S, 0.2 * S);
    meter.add(B, 1.8 * S, 0.6 * S);
    meter.settle([1 * S, null], 2 * S);
    near(meter.contended([1 * S, null], 2 * S, [1 * S, 0.6 * S])?.cpuNs, [1 * S, 0.2 * S]);
    const stolen = new ContentionMeter(scenario({ vms: [vm('A'), vm('B')] }));
    stolen.add(B, 0.5 * S, 0);
    stolen.add(B, 1.5 * S, 0.4 * S);
    stolen.settle([1 * S, null], 2 * S);
    near(stolen.contended([1 * S, null], 2 * S, [1 * S, 0.4 * S])?.cpuNs, [1 * S, 0.2 * S]);
  });

  it('is right whenever one looks, and however many looks pass before somebody is done', () => {
    for (const everyS of [0.1, 0.3, 0.7, 3]) {
      const meter = new ContentionMeter(scenario({ vms: [vm('A'), vm('B')] }));
      let lookS = everyS;
      for (let s = 0; s < 3; s += 0.1) {
        meter.add(A, s * S, s * S);
        meter.add(B, (s + 0.05) * S, (s / 2) * S);
        meter.add(B, (s + 0.1) * S, ((s + 0.1) / 2) * S);
        // The thread says that it is done a little after it was.
        if (s + 0.1 >= lookS) {
          meter.settle([s + 0.1 > 2.25 ? 2.2 * S : null, null], (s + 0.1) * S);
          lookS += everyS;
        }
      }
      const done = [2.2 * S, null];
      meter.settle(done, 3 * S);
      near(meter.contended(done, 3 * S, [2.2 * S, 1.5 * S])?.cpuNs, [2.2 * S, 1.1 * S]);
    }
  });

  it('begins when the last VM starts, also if records of a core are read later than those of another', () => {
    const meter = new ContentionMeter(scenario({ vms: [vm('A'), vm('B', { startNs: 1 * S })] }));
    meter.add(A, 1.5 * S, 1.5 * S);
    meter.add(A, 2.0 * S, 1.5 * S);
    meter.add(A, 0, 0);
    meter.add(A, 0.5 * S, 0.5 * S);
    meter.add(A, 0.5 * S, 0.5 * S);
    meter.settle(NOBODY_DONE, 2 * S);
    const got = meter.contended(NOBODY_DONE, 3 * S, [1.5 * S, 1.2 * S]);
    assert.deepEqual(got?.span, { fromNs: 1 * S, toNs: 3 * S });
    near(got?.cpuNs, [0.5 * S, 1.2 * S]);
  });

  it('ends with a pause that was not planned, in the midst of a stay', () => {
    const planned = scenario({ vms: [vm('A'), vm('B')] });
    const meter = new ContentionMeter(planned);
    stays(meter, A, 0, 1);
    meter.add(B, 0.5 * S, 0.25 * S);
    meter.settle(NOBODY_DONE, 1 * S);
    meter.changed({ ...planned, events: [{ atNs: 1.2 * S, kind: 'pause', vm: 'A' }] });
    meter.add(A, 1.2 * S, 1.2 * S);
    meter.add(B, 1.5 * S, 0.75 * S);
    meter.add(B, 3 * S, 2.25 * S);
    meter.settle(NOBODY_DONE, 3 * S);
    const got = meter.contended(NOBODY_DONE, 4 * S, [1.2 * S, 3.25 * S]);
    assert.deepEqual(got?.span, { fromNs: 0, toNs: 1.2 * S });
    near(got?.cpuNs, [1.2 * S, 0.6 * S]);
  });

  it('begins anew with a VM that was not planned, and ends when one goes', () => {
    const planned = scenario({ vms: [vm('A'), vm('B')] });
    const grown = { ...planned, vms: [...planned.vms, vm('C', { startNs: 1 * S })] };
    const meter = new ContentionMeter(planned);
    stays(meter, A, 0, 1);
    stays(meter, B, 0, 0.9);
    meter.settle(NOBODY_DONE, 0.9 * S);
    meter.changed(grown);
    const C = 2;
    meter.add(C, 1 * S, 0);
    stays(meter, A, 1, 2);
    meter.settle([null, null, null], 1.9 * S);
    meter.changed({ ...grown, events: [{ atNs: 2 * S, kind: 'destroy', vm: 'B' }] });
    meter.add(C, 2 * S, 0.3 * S);
    meter.add(A, 3 * S, 2.5 * S);
    const got = meter.contended([null, null, null], 3 * S, [2.5 * S, 0.9 * S, 0.3 * S]);
    assert.deepEqual(got?.span, { fromNs: 1 * S, toNs: 2 * S });
    near(got?.cpuNs, [1 * S, 0, 0.3 * S]);
  });

  it('ends with a pause by an event, or is none', () => {
    const paused = scenario({
      vms: [vm('A'), vm('B')],
      events: [{ atNs: 1 * S, kind: 'pause', vm: 'B' }],
    });
    const meter = new ContentionMeter(paused);
    meter.add(A, 0, 0);
    meter.add(A, 2 * S, 1 * S);
    meter.add(B, 0, 0);
    meter.add(B, 1 * S, 0.5 * S);
    near(meter.contended(NOBODY_DONE, 3 * S, [2 * S, 0.5 * S])?.cpuNs, [0.5 * S, 0.5 * S]);
    assert.equal(meter.contended([0.1 * S, null], 0, [0, 0]), null);
  });
});
