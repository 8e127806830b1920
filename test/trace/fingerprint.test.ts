import assert from 'node:assert/strict';
import { fingerprintOf, foldedPattern, onSpellsOf } from '../../src/trace/fingerprint.ts';
import { spellsOf } from '../../src/trace/spells.ts';
import { vm } from '../host/invented-scenario.ts';
import { inventedTrace } from './invented-trace.ts';

function capped(cap: number) {
  return { pcpus: [0], durationNs: 6e9, vms: [vm('A', { cap, work: null })] };
}

describe('the fingerprint of a cap', () => {
  for (const [cap, onMs, offMs] of [
    [25, 30, 90],
    [50, 60, 60],
    [75, 180, 60],
  ]) {
    it(`of ${String(cap)} % is ${String(onMs)} ms on and ${String(offMs)} ms off, alone on a pCPU`, () => {
      const { typicalOnNs, typicalOffNs } = fingerprintOf([
        onSpellsOf(inventedTrace({ scenario: capped(cap) }), 0, 'intent'),
      ]);
      assert.deepEqual([typicalOnNs / 1e6, typicalOffNs / 1e6], [onMs, offMs]);
    });
  }

  it('is taken from the facts as well', () => {
    const trace = inventedTrace({
      scenario: capped(25),
      facts: { enterDelayNs: () => 20_000, leaveDelayNs: () => 10_000 },
    });
    const { typicalOnNs, typicalOffNs } = fingerprintOf([onSpellsOf(trace, 0, 'fact')]);
    // From when the thread has left until the scheduler lets it on again.
    assert.deepEqual([typicalOnNs / 1e3, typicalOffNs / 1e3], [30_010, 89_990]);
  });

  it('leaves out the last spell, which the end cut short', () => {
    const spells = [
      { fromNs: 0, toNs: 10 },
      { fromNs: 30, toNs: 40 },
      { fromNs: 60, toNs: 61 },
    ];
    const { onNs, offNs } = fingerprintOf([spells, [{ fromNs: 0, toNs: 5 }]]);
    assert.deepEqual(
      [onNs, offNs],
      [
        [10, 10],
        [20, 20],
      ],
    );
  });

  it('counts a VM as on while any of its vCPUs is, and takes no switch for a gap', () => {
    const trace = inventedTrace({
      scenario: {
        pcpus: [0, 1],
        durationNs: 1e9,
        vms: [vm('A', { vcpus: 2, work: null }), vm('B', { work: null })],
      },
      facts: {},
    });
    assert.equal(onSpellsOf(trace, 0, 'fact').length, 1);
  });

  it('is none where competition alone keeps the VM below its cap', () => {
    const trace = inventedTrace({
      scenario: {
        pcpus: [0],
        durationNs: 2e9,
        vms: [vm('A', { cap: 50, work: null }), vm('B', { work: null })],
      },
      simulation: { jitterNs: 50_000 },
      facts: {},
    });
    for (const source of ['intent', 'fact'] as const) {
      const spells = onSpellsOf(trace, 0, source);
      assert.equal(spells.length, 1);
      assert.deepEqual(fingerprintOf([spells]).onNs, []);
    }
  });

  it('is off for as long as the records say that it was parked, whoever else is there', () => {
    const trace = inventedTrace({
      scenario: {
        pcpus: [0],
        durationNs: 6e9,
        vms: [vm('A', { cap: 25, work: null }), vm('B', { work: null })],
      },
    });
    const parkedNs = spellsOf(trace)[0].flatMap(({ state, fromNs, toNs }) =>
      state === 'parked' ? [toNs - fromNs] : [],
    );
    const { offNs, typicalOffNs } = fingerprintOf([onSpellsOf(trace, 0, 'intent')]);
    assert.ok(offNs.length > 10);
    assert.deepEqual(offNs, parkedNs.slice(0, offNs.length));
    assert.equal(typicalOffNs % 30e6, 0);
  });

  it('is folded at the moments when the VM comes on', () => {
    const spells = Array.from({ length: 9 }, (_, i) => ({
      fromNs: 40 * i,
      toNs: 40 * i + (i % 2 === 0 ? 10 : 20),
    }));
    const pattern = foldedPattern([spells], 60, 6);
    // Eight spells in all have 60 behind them but the last two; half of them last 10, half 20.
    assert.deepEqual([...pattern], [1, 3 / 7, 0, 0, 1, 4 / 7]);
  });

  it('is empty where no spell has enough behind it', () => {
    assert.deepEqual([...foldedPattern([[{ fromNs: 0, toNs: 10 }]], 40, 4)], [0, 0, 0, 0]);
  });
});
