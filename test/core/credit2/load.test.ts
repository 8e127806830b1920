import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LOAD_UNIT, updateQueueLoad, updateVcpuLoad } from '../../../src/core/credit2/load.ts';
import { EACH, run, started, stop, vm } from './fixture.ts';

const GRAIN_NS = 1024;
const WINDOW = 2 ** 20;
const AT_BOOT: Readonly<Record<string, number>> = { ...EACH, bootNs: 0 };

describe('the average load of a runqueue', () => {
  it('is what the formula says, exactly, step by step', () => {
    const step = fc.record({
      grains: fc.integer({ min: 0, max: 2 * WINDOW }),
      change: fc.constantFrom(-1, 0, 1),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const { state } = started(2, [vm()], { parameters: AT_BOOT });
        state.queueLoad[1] = 0;
        let [average, load, grain, since] = [0n, 0n, 0n, 0n];
        for (const { grains, change } of steps) {
          grain += BigInt(grains);
          const passed = grain - since;
          if (passed > BigInt(WINDOW)) average = load << 18n;
          else average += ((passed * load) << 18n) / (1n << 20n) - (passed * average) / (1n << 20n);
          since = grain;
          const given = load === 0n && change < 0 ? 0 : change;
          load += BigInt(given);
          updateQueueLoad(state, 1, given, Number(grain) * GRAIN_NS);
          assert.deepEqual([state.queueLoad[1], state.busyCount[1]], [Number(average), Number(load)]);
        }
      }),
    );
  });

  it('of an idle runqueue fades when its pCPU decides, too', () => {
    const policy = started(2, [vm(), vm()], { parameters: AT_BOOT });
    run(policy, 0, 0);
    const pcpu = policy.pcpuOf[0];
    stop(policy, 10e6, 0);
    const before = policy.state.queueLoad[pcpu];
    policy.schedule(pcpu, 110e6, 0);
    assert.ok(policy.state.queueLoad[pcpu] < before);
  });

  it('of a vCPU goes by whether it can run', () => {
    const { state } = started(2, [vm()], { parameters: AT_BOOT });
    updateVcpuLoad(state, 0, 0, 2 * WINDOW * GRAIN_NS);
    assert.equal(state.load[0], 0);
    state.stops[0] = 0;
    updateVcpuLoad(state, 0, 0, 4 * WINDOW * GRAIN_NS);
    assert.equal(state.load[0], LOAD_UNIT);
    updateVcpuLoad(state, 0, 1, 6 * WINDOW * GRAIN_NS);
    assert.equal(state.load[0], 0, 'it begins to be busy: until now it was not');
    updateVcpuLoad(state, 0, -1, 8 * WINDOW * GRAIN_NS);
    assert.equal(state.load[0], LOAD_UNIT);
  });
});
