import assert from 'node:assert/strict';
import { SpeedMeter } from '../../src/host/speed-meter.ts';

const MS = 1e6;

describe('the speed meter', () => {
  it('gives the units per CPU time of each stretch', () => {
    const meter = new SpeedMeter(2);
    meter.look(0, 0, 0, 0);
    meter.look(0, 200 * MS, 200, 100 * MS);
    meter.look(0, 400 * MS, 300, 200 * MS);
    assert.deepEqual(meter.stretches(), [
      [
        { timeNs: 0, rate: 2e-6 },
        { timeNs: 200 * MS, rate: 1e-6 },
      ],
      [],
    ]);
  });

  it('waits until a vCPU has used enough CPU time', () => {
    const meter = new SpeedMeter(1);
    for (let i = 0; i <= 10; i++) meter.look(0, i * 100 * MS, 200 * i, i * 50 * MS);
    assert.equal(meter.stretches()[0].length, 5);
  });

  it('waits until enough steps are done, so that long ones do not look like a core that changes its speed', () => {
    const meter = new SpeedMeter(1);
    // A step takes 150 ms: at each look one more or none.
    for (let i = 0; i <= 400; i++) meter.look(0, i * 100 * MS, Math.floor((i * 100) / 150), i * 100 * MS);
    const [stretches] = meter.stretches();
    assert.equal(stretches.length, 2);
    const [first, second] = stretches.map(({ rate }) => rate);
    assert.ok(Math.abs(first / second - 1) < 0.02, `${first} and ${second}`);
  });

  it('keeps the whole of a long run, in longer stretches', () => {
    const meter = new SpeedMeter(1);
    for (let i = 0; i <= 10_000; i++) meter.look(0, i * 100 * MS, 700 * i, i * 100 * MS);
    const [stretches] = meter.stretches();
    assert.ok(stretches.length > 20 && stretches.length <= 64, `${stretches.length}`);
    assert.equal(stretches[0].timeNs, 0);
    assert.ok(stretches[stretches.length - 1].timeNs > 900_000 * MS);
    for (const { rate } of stretches) assert.equal(rate, 7 / MS);
  });
});
