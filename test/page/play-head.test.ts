import assert from 'node:assert/strict';
import { DELAY_NS, PlayHead } from '../../src/page/model/play-head.ts';

const FRAME_MS = 1000 / 60;

/** Positions of the head at each frame, with messages every 100 ms that come late by what `lateMs` says. */
function played(
  seconds: number,
  lateMs: (message: number) => number,
): { ms: number; ns: number; knownNs: number }[] {
  const head = new PlayHead();
  const frames = [];
  let message = 0;
  let knownNs = 0;
  for (let ms = 0; ms < seconds * 1000; ms += FRAME_MS) {
    while (message * 100 + lateMs(message) <= ms) {
      knownNs = message * 1e8;
      head.learn(knownNs, ms);
      message++;
    }
    frames.push({ ms, ns: head.at(ms), knownNs });
  }
  return frames;
}

describe('the head of the timeline', () => {
  for (const [what, late] of [
    ['come evenly', () => 0],
    ['come unevenly', (message: number) => (message % 3) * 25],
  ] as const)
    it(`runs evenly when messages ${what}, and never beyond what is known`, () => {
      const frames = played(10, late);
      const steady = frames.filter(({ ms }) => ms > 2000);
      for (const [i, { ns, knownNs }] of steady.entries()) {
        assert.ok(ns <= knownNs);
        if (i === 0) continue;
        const stepMs = (ns - steady[i - 1].ns) / 1e6;
        assert.ok(stepMs > FRAME_MS * 0.9 && stepMs < FRAME_MS * 1.1, `a step of ${String(stepMs)} ms`);
      }
      const last = steady[steady.length - 1];
      const behindMs = last.ms - last.ns / 1e6;
      assert.ok(behindMs > 100 && behindMs < DELAY_NS / 1e6 + 80, `${String(behindMs)} ms behind`);
    });

  it('waits where nothing more is told', () => {
    const head = new PlayHead();
    head.learn(5e9, 0);
    head.at(0);
    for (let ms = 0; ms < 3000; ms += FRAME_MS) head.at(ms);
    assert.equal(head.at(3000), 5e9);
  });

  it('jumps after an interruption', () => {
    const head = new PlayHead();
    head.learn(1e9, 0);
    head.at(0);
    head.learn(60e9, 59_000);
    assert.ok(head.at(59_000) > 59e9);
  });

  it('begins anew with a host that began anew', () => {
    const head = new PlayHead();
    head.learn(60e9, 0);
    head.at(0);
    head.learn(1e9, 5000);
    assert.ok(head.at(5000) <= 1e9);
  });
});
