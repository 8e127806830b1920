import assert from 'node:assert/strict';
import fc from 'fast-check';
import { importViewer, type Spans } from './viewer.ts';

/** Spans of these lengths and gaps, one after the other. */
function spansOf(pairs: readonly (readonly [gapNs: number, lengthNs: number])[], vcpuCount = 3): Spans {
  let at = 0;
  const spans = pairs.map(([gapNs, lengthNs]) => {
    const fromNs = at + gapNs;
    at = fromNs + lengthNs;
    return { fromNs, toNs: at };
  });
  return {
    fromNs: Float64Array.from(spans, ({ fromNs }) => fromNs),
    toNs: Float64Array.from(spans, ({ toNs }) => toNs),
    vcpu: Uint16Array.from(spans, (_, i) => i % vcpuCount),
  };
}

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 200 })), {
  minLength: 1,
  maxLength: 60,
});

describe('the viewer: a lane at some zoom', () => {
  it('gives each vCPU the area of its time in view', async () => {
    const { layOut } = await importViewer('columns.js');
    fc.assert(
      fc.property(pairs, fc.integer({ min: 10, max: 400 }), (lengths, width) => {
        const spans = spansOf(lengths);
        const range = { fromNs: 0, toNs: spans.toNs[spans.toNs.length - 1] };
        const area = [0, 0, 0];
        const wanted = [0, 0, 0];
        const add = (vcpu: number, part: number) => (area[vcpu] += part);
        layOut(
          spans,
          range,
          width,
          3,
          (i, _x, w) => add(spans.vcpu[i], w),
          (v, _x, _from, part) => add(v, part),
        );
        spans.vcpu.forEach((vcpu, i) => {
          wanted[vcpu] += ((spans.toNs[i] - spans.fromNs[i]) * width) / range.toNs;
        });
        // A narrow span may reach into the next column but is counted in its own, where there may be no room left.
        area.forEach((pixels, vcpu) => assert.ok(pixels <= wanted[vcpu] + 1e-6));
        const missing =
          wanted.reduce((sum, pixels) => sum + pixels) - area.reduce((sum, pixels) => sum + pixels);
        assert.ok(missing <= width / 2, `${String(missing)} pixels of ${String(width)} are missing`);
      }),
    );
  });

  it('needs no more shapes than there are pixels and vCPUs, however many spans there are', async () => {
    const { layOut } = await importViewer('columns.js');
    const spans = spansOf(Array.from({ length: 100_000 }, (_, i) => [i % 7, 1 + (i % 100)]));
    for (const part of [1, 0.1, 0.001]) {
      const end = spans.toNs[spans.toNs.length - 1];
      let shapes = 0;
      const count = () => void shapes++;
      layOut(spans, { fromNs: 0.3 * end, toNs: (0.3 + part * 0.7) * end }, 1000, 3, count, count);
      assert.ok(shapes > 0 && shapes <= 3 * 1000 + 1000);
    }
  });

  it('leaves out what is not in view', async () => {
    const { layOut } = await importViewer('columns.js');
    const seen: number[] = [];
    layOut(
      spansOf([
        [0, 10],
        [0, 10],
        [5, 10],
        [0, 10],
      ]),
      { fromNs: 12, toNs: 30 },
      100,
      3,
      (i) => seen.push(i),
      () => assert.fail('nothing is that narrow'),
    );
    assert.deepEqual(seen, [1, 2]);
  });

  it('draws a step function with the first, least, greatest and last value of each pixel', async () => {
    const { steps } = await importViewer('columns.js');
    const seen: number[][] = [];
    const timeNs = Float64Array.of(5, 20, 21, 22, 55);
    steps(timeNs, Float64Array.of(1, 9, 2, 4, 7), { fromNs: 10, toNs: 110 }, 10, (...each) =>
      seen.push(each),
    );
    assert.deepEqual(seen, [
      [0, 1, 1, 1, 1],
      [1, 9, 2, 9, 4],
      [4.5, 7, 7, 7, 7],
    ]);
  });
});

describe('the viewer: zoom and pan', () => {
  const bounds = { fromNs: 1000, toNs: 1_001_000 };

  it('keep the instant under the pointer where it is', async () => {
    const { zoomed } = await importViewer('range.js');
    const range = zoomed({ fromNs: 101_000, toNs: 201_000 }, bounds, 4, 126_000);
    assert.deepEqual(range, { fromNs: 119_750, toNs: 144_750 });
  });

  it('never leave the run, nor turn it inside out', async () => {
    const { zoomed, moved } = await importViewer('range.js');
    const action = fc.tuple(
      fc.boolean(),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.integer({ min: -2e6, max: 2e6 }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), (actions) => {
        let range = bounds;
        for (const [isZoom, factor, ns] of actions) {
          const at = Math.min(Math.max(ns, range.fromNs), range.toNs);
          range = isZoom ? zoomed(range, bounds, factor, at) : moved(range, bounds, ns);
          assert.ok(range.fromNs >= bounds.fromNs - 1e-6 && range.toNs <= bounds.toNs + 1e-6);
          assert.ok(range.toNs - range.fromNs > 1999);
        }
      }),
    );
  });

  it('go to the ends', async () => {
    const { moved } = await importViewer('range.js');
    const range = { fromNs: 5000, toNs: 6000 };
    assert.deepEqual(moved(range, bounds, -Infinity), { fromNs: 1000, toNs: 2000 });
    assert.deepEqual(moved(range, bounds, Infinity), { fromNs: 1_000_000, toNs: 1_001_000 });
  });

  it('bring a chosen slice into view with some room around it', async () => {
    const { showing } = await importViewer('range.js');
    const range = { fromNs: 10_000, toNs: 20_000 };
    assert.equal(showing(range, bounds, { fromNs: 12_000, toNs: 13_000 }), range);
    assert.deepEqual(showing(range, bounds, { fromNs: 30_000, toNs: 31_000 }), {
      fromNs: 22_000,
      toNs: 32_000,
    });
    assert.deepEqual(showing(range, bounds, { fromNs: 5_000, toNs: 6_000 }), { fromNs: 4_000, toNs: 14_000 });
    assert.equal(showing(range, bounds, { fromNs: 30_000, toNs: 90_000 }).fromNs, 30_000);
  });
});

describe('the viewer: what is under the pointer', () => {
  it('is the span that holds the instant, its end not included', async () => {
    const { spanAt } = await importViewer('search.js');
    const spans = spansOf([
      [10, 10],
      [0, 10],
      [10, 10],
    ]);
    assert.deepEqual(
      [5, 10, 19, 20, 30, 39, 40, 50].map((ns) => spanAt(spans, ns)),
      [-1, 0, 0, 1, -1, -1, 2, -1],
    );
  });

  it('may be a span nearby', async () => {
    const { spanNear } = await importViewer('search.js');
    const spans = spansOf([
      [10, 10],
      [10, 10],
    ]);
    assert.deepEqual(
      [8, 5, 22, 28, 25, 43, 50].map((ns) => spanNear(spans, ns, 3)),
      [0, -1, 0, 1, -1, 1, -1],
    );
  });

  it('finds the stay that a slice became', async () => {
    const { stayOfSlice } = await importViewer('search.js');
    const slices = {
      fromNs: Float64Array.of(0, 100),
      toNs: Float64Array.of(100, 200),
      vcpu: Uint16Array.of(0, 1),
    };
    const stays = {
      fromNs: Float64Array.of(3, 106),
      toNs: Float64Array.of(105, 204),
      vcpu: Uint16Array.of(0, 1),
    };
    assert.deepEqual([stayOfSlice(stays, slices, 0), stayOfSlice(stays, slices, 1)], [0, 1]);
    assert.equal(stayOfSlice({ ...stays, vcpu: Uint16Array.of(0, 0) }, slices, 1), -1);
  });
});

describe('the viewer: a time axis', () => {
  it('has round marks, as many as there is room for', async () => {
    const { timeMarks } = await importViewer('units.js');
    assert.deepEqual(timeMarks({ fromNs: 0, toNs: 1e9 }, 5), {
      stepNs: 2e8,
      marks: [0, 2e8, 4e8, 6e8, 8e8, 1e9],
    });
    assert.deepEqual(timeMarks({ fromNs: 31, toNs: 59 }, 3), { stepNs: 10, marks: [40, 50] });
  });

  it('writes instants with as many digits as the marks need', async () => {
    const { instantText, lengthText } = await importViewer('units.js');
    assert.equal(instantText(1.23456789e9, 1e9), '1 s');
    assert.equal(instantText(1.23456789e9, 2e6), '1.235 s');
    assert.equal(instantText(1.23456789e9, 1e3), '1.234568 s');
    assert.deepEqual([12, 12_300, 30_020_000, 2.5e9].map(lengthText), [
      '12 ns',
      '12.3 µs',
      '30.02 ms',
      '2.500 s',
    ]);
  });
});
