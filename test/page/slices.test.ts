import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LiveSlice } from '../../src/control/state.ts';
import { SliceStore } from '../../src/page/model/slices.ts';

const slice = (
  pcpu: number,
  vcpu: number,
  fromNs: number,
  toNs: number | null,
  reason = 'sliceOver',
): LiveSlice => ({
  pcpu,
  vcpu,
  fromNs,
  toNs,
  reason,
});

/** What is in view, as `vcpu from–to`. */
function shown(store: SliceStore, pcpu: number, fromNs: number, toNs: number): string[] {
  const all: string[] = [];
  store.lanes[pcpu].each(fromNs, toNs, store.untilNs, (vcpu, from, to, isOpen) => {
    all.push([vcpu, ' ', from, '–', to, isOpen ? ' open' : ''].join(''));
  });
  return all;
}

describe('the slices that the page keeps', () => {
  it('are those of a range, the one that goes on up to what is known', () => {
    const store = new SliceStore(2);
    store.add([slice(0, 0, 0, 30), slice(1, 2, 0, 20), slice(0, 1, 30, null), slice(1, -1, 20, null)], 40);
    assert.deepEqual(shown(store, 0, 0, 100), ['0 0–30', '1 30–40 open']);
    assert.deepEqual(shown(store, 1, 20, 100), ['-1 20–40 open']);
    assert.deepEqual(shown(store, 0, 31, 35), ['1 30–40 open']);
    store.add([slice(0, 1, 30, 60), slice(0, 0, 60, null)], 70);
    assert.deepEqual(shown(store, 0, 10, 65), ['0 0–30', '1 30–60', '0 60–70 open']);
  });

  it('are not there twice when they are told twice', () => {
    const store = new SliceStore(1);
    const told = [slice(0, 0, 0, 30), slice(0, 1, 30, 60), slice(0, 0, 60, null)];
    store.add(told, 70);
    store.add(told, 70);
    assert.deepEqual(shown(store, 0, 0, 100), ['0 0–30', '1 30–60', '0 60–70 open']);
  });

  it('say why one came and left', () => {
    const store = new SliceStore(1);
    store.add(
      [slice(0, 0, 0, 30, 'parked'), slice(0, 1, 30, 60, 'tickled'), slice(0, 0, 60, null, 'tickled')],
      70,
    );
    assert.deepEqual(store.at(0, 45), {
      pcpu: 0,
      vcpu: 1,
      fromNs: 30,
      toNs: 60,
      began: 'parked',
      ended: 'tickled',
    });
    assert.equal(store.at(0, 10)?.began, null, 'nothing is known of what was before');
    assert.deepEqual(store.at(0, 65), {
      pcpu: 0,
      vcpu: 0,
      fromNs: 60,
      toNs: null,
      began: 'tickled',
      ended: null,
    });
  });

  it("leave open what wasn't told", () => {
    const store = new SliceStore(1);
    store.add([slice(0, 0, 0, 30), slice(0, 1, 50, 60)], 60);
    assert.equal(store.at(0, 40), null);
    assert.equal(store.at(0, 55)?.began, null, 'what ended at 30 says nothing of it');
  });

  it('take no more memory after 100 000 than before, and forget the oldest', () => {
    const store = new SliceStore(1);
    const [lane] = store.lanes;
    for (let i = 0; i < 100_000; i++) store.add([slice(0, i % 3, i * 10, i * 10 + 10)], i * 10 + 10);
    assert.ok(lane.capacity < 50_000);
    assert.equal(lane.count, lane.capacity);
    assert.equal(store.startNs, (100_000 - lane.capacity) * 10);
    assert.deepEqual(shown(store, 0, 999_985, 1e9), ['2 999980–999990', '0 999990–1000000']);
    assert.deepEqual(shown(store, 0, 0, store.startNs + 1), [
      `${String((100_000 - lane.capacity) % 3)} ${String(store.startNs)}–${String(store.startNs + 10)}`,
    ]);
  });

  it('are found at any instant as a search through all of them finds them', () => {
    const lengths = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 9 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(lengths, fc.integer({ min: -5, max: 400 }), (parts, ns) => {
        const store = new SliceStore(1);
        let at = 0;
        const all = parts.map(([gap, length], i) => {
          const fromNs = at + gap;
          at = fromNs + length;
          return slice(0, i, fromNs, at);
        });
        store.add(all, at);
        const found = all.find(({ fromNs, toNs }) => fromNs <= ns && ns < (toNs ?? 0));
        assert.equal(store.at(0, ns)?.vcpu, found?.vcpu);
      }),
    );
  });
});
