import assert from 'node:assert/strict';
import { RateLimit } from '../../src/serve/rate-limit.ts';

describe('a rate limit', () => {
  it('lets a burst pass, then so many a second, and saves up no more than a burst', () => {
    let nowMs = 0;
    const limit = new RateLimit({ perSecond: 10, burst: 5 }, () => nowMs);
    const passing = (): number => Array.from({ length: 100 }, () => limit.pass()).filter(Boolean).length;
    assert.equal(passing(), 5);
    nowMs = 100;
    assert.equal(passing(), 1);
    nowMs = 150;
    assert.equal(passing(), 0);
    nowMs = 60_000;
    assert.equal(passing(), 5);
  });
});
