import assert from 'node:assert/strict';
import { CreditChoice, CreditReason } from '../../../src/core/credit1/reason.ts';
import type { GuestSpec } from '../../../src/sim/guest.ts';
import type { SimOptions } from '../../../src/sim/simulate.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { Onlooker } from '../../sim/onlooker.ts';

const [A, B] = [0, 1];
const MS = 1e6;
const hog: GuestSpec = { kind: 'hog' };

interface Decision {
  readonly atNs: number;
  readonly pcpu: number;
  readonly prev: number;
  readonly next: number;
  readonly reason: number;
  readonly choice: number;
}

/** What each decision was taken for, and how. */
class Decisions extends Onlooker {
  readonly all: Decision[] = [];

  override decide(
    atNs: number,
    pcpu: number,
    prev: number,
    next: number,
    reason: number,
    choice: number,
  ): void {
    this.all.push({ atNs, pcpu, prev, next, reason, choice });
  }
}

describe('the reason of a decision', () => {
  it('is a tickle when the first vCPU wakes on an idle pCPU, and the end of a slice every 30 ms after', () => {
    const [first, ...later] = decisions([hog, hog], { durationNs: 200 * MS });
    assert.deepEqual(first, {
      atNs: 0,
      pcpu: 0,
      prev: -1,
      next: A,
      reason: CreditReason.tickled,
      choice: CreditChoice.queue,
    });
    assert.deepEqual(
      later.map(({ atNs, reason }) => [atNs / MS, reason]),
      [30, 60, 90, 120, 150, 180].map((at) => [at, CreditReason.sliceOver]),
    );
  });

  it('is told also when the same vCPU goes on', () => {
    const all = decisions([hog], { durationNs: 100 * MS });
    assert.deepEqual(
      all.slice(1).map(({ prev, next }) => [prev, next]),
      [
        [A, A],
        [A, A],
        [A, A],
      ],
    );
  });

  it('is the cap when a vCPU is parked, and nobody is left to run', () => {
    const [, parked] = decisions([hog], { durationNs: 100 * MS, cap: 25 });
    assert.deepEqual(parked, {
      atNs: 30 * MS,
      pcpu: 0,
      prev: A,
      next: -1,
      reason: CreditReason.parked,
      choice: CreditChoice.nobody,
    });
  });

  it('is the sleep of the one that ran; the boosted one that wakes preempts by a tickle', () => {
    const io: GuestSpec = { kind: 'io', runNs: MS, sleepNs: 9 * MS };
    const all = decisions([hog, io], { durationNs: 300 * MS });
    const sleeps = all.filter(({ prev, reason }) => prev === B && reason === CreditReason.blocked);
    const wakes = all.filter(
      ({ prev, next, reason }) => prev === A && next === B && reason === CreditReason.tickled,
    );
    assert.ok(sleeps.length > 10);
    assert.ok(wakes.length > 10);
  });

  it('is the rate limit when it keeps the vCPU that runs, and its end after that', () => {
    const busy: GuestSpec = { kind: 'io', runNs: 0.2 * MS, sleepNs: 0.3 * MS };
    const all = decisions([hog, busy], { durationNs: 100 * MS });
    const kept = all.findIndex(({ choice }) => choice === CreditChoice.rateLimited);
    assert.ok(kept >= 0);
    assert.equal(all[kept].prev, all[kept].next);
    assert.equal(all[kept + 1].reason, CreditReason.rateLimitOver);
    assert.equal(all[kept + 1].choice, CreditChoice.queue);
  });

  it('is the yield of a vCPU that lets others go first', () => {
    const all = decisions([{ kind: 'yield', runNs: 5 * MS }, hog], { durationNs: 100 * MS });
    assert.ok(
      all.some(({ prev, next, reason }) => prev === A && next === B && reason === CreditReason.yielded),
    );
  });

  it('is the pause of its VM', () => {
    const all = decisions([hog, hog], {
      durationNs: 100 * MS,
      events: [{ atNs: 5 * MS, kind: 'pause', vm: A }],
    });
    assert.deepEqual(all[1], {
      atNs: 5 * MS,
      pcpu: 0,
      prev: A,
      next: B,
      reason: CreditReason.paused,
      choice: CreditChoice.queue,
    });
  });

  it('names a vCPU that came from another queue as stolen', () => {
    const all = decisions([{ kind: 'finite', workNs: 10 * MS }, hog, hog], {
      durationNs: 300 * MS,
      pcpuCount: 2,
    });
    const stolen = all.filter(({ choice }) => choice === CreditChoice.stolen);
    assert.ok(stolen.length > 0);
    assert.ok(stolen.every(({ next }) => next >= 0));
  });

  it('is a better pCPU when a tick moves the vCPU there', () => {
    // Both wake on pCPU 0 while C keeps pCPU 1 busy; once C is done, pCPU 1 may not look for work for long.
    const watch = new Decisions();
    simulate({
      pcpuCount: 2,
      durationNs: 500 * MS,
      vms: [
        { weight: 256, cap: 0, vcpus: [{ guest: { kind: 'finite', workNs: 45 * MS }, pin: [1] }] },
        one(hog),
        one(hog),
      ],
      scheduler: { parameters: { lbRatelimitNs: 1000 * MS, bootNs: 0 } },
      recorder: watch,
    });
    const moved = watch.all.filter(({ reason }) => reason === CreditReason.moved);
    assert.ok(moved.length > 0);
    assert.ok(moved.every(({ prev, next }) => prev >= 0 && next !== prev));
  });
});

function one(guest: GuestSpec, cap = 0): SimOptions['vms'][number] {
  return { weight: 256, cap, vcpus: [{ guest }] };
}

function decisions(
  guests: readonly GuestSpec[],
  { cap = 0, pcpuCount = 1, ...rest }: Partial<SimOptions> & { readonly cap?: number },
): Decision[] {
  const watch = new Decisions();
  simulate({ pcpuCount, vms: guests.map((guest) => one(guest, cap)), recorder: watch, ...rest });
  return watch.all;
}
