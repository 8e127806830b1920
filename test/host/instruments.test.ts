import assert from 'node:assert/strict';
import { Instruments } from '../../src/host/instruments.ts';
import { fakeNative } from './fake-native.ts';
import { scenario } from './invented-scenario.ts';

describe('the instruments of a run', () => {
  it('read nothing before the common start, when the clock still is that of the run before', () => {
    const instruments = new Instruments(fakeNative({ nowNs: () => 77e9 }), scenario(), null);
    // Everything else that the addon may be asked for fails.
    instruments.look();
    assert.equal(instruments.nowNs, 0);
    instruments.scoreboard.setArmed();
    assert.equal(instruments.nowNs, 77e9);
    assert.throws(() => instruments.look(), /nobody should call/);
  });
});
