import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatCpuList, parseCpuList } from '../../src/scenario/cpu-list.ts';
import { formatDuration, MAX_DURATION_NS, parseDuration } from '../../src/scenario/duration.ts';
import { parseWork } from '../../src/scenario/work.ts';
import { suggest } from '../../src/base/text.ts';

describe('a time', () => {
  it('is a number and a unit', () => {
    const cases: [string | number, number][] = [
      ['1ns', 1],
      ['30us', 30e3],
      ['30µs', 30e3],
      ['500ms', 500e6],
      ['1.5s', 1.5e9],
      ['10 s', 10e9],
      ['2m', 120e9],
      ['0', 0],
      [0, 0],
    ];
    for (const [text, ns] of cases) assert.deepEqual(parseDuration(text), { ok: true, value: ns });
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      's',
      '1',
      1,
      -1,
      '-1s',
      '1 hour',
      '1e3s',
      '1s2',
      '.5s',
      'NaNs',
      null,
      true,
      ['1s'],
    ]) {
      assert.equal(parseDuration(text).ok, false, String(text));
    }
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_DURATION_NS }), (ns) => {
        assert.deepEqual(parseDuration(formatDuration(ns)), { ok: true, value: ns });
      }),
    );
  });
});

describe('work', () => {
  it('is solo CPU time or a number of steps', () => {
    assert.deepEqual(parseWork('3s'), { ok: true, value: { kind: 'cpu', ns: 3e9 } });
    assert.deepEqual(parseWork('20000 units'), { ok: true, value: { kind: 'units', units: 20000 } });
    assert.deepEqual(parseWork('1 unit'), { ok: true, value: { kind: 'units', units: 1 } });
  });

  it('is more than nothing', () => {
    for (const text of ['0 units', '-5 units', '0', 0, '0s', '1.5 units', 3])
      assert.equal(parseWork(text).ok, false);
  });
});

describe('a CPU list', () => {
  it('is written as taskset writes it', () => {
    assert.deepEqual(parseCpuList('0-2,5'), { ok: true, value: [0, 1, 2, 5] });
    assert.deepEqual(parseCpuList(' 0-1,8,10-11,5-5\n'), { ok: true, value: [0, 1, 8, 10, 11, 5] });
    assert.equal(formatCpuList([5, 0, 1, 2]), '0-2,5');
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1 }), (cpus) => {
        const sorted = [...cpus].sort((a, b) => a - b);
        assert.deepEqual(parseCpuList(formatCpuList(cpus)), { ok: true, value: sorted });
      }),
    );
  });
});

describe('a suggestion', () => {
  it('is the nearest known name, or all of them when none is near', () => {
    assert.equal(suggest('wieght', ['weight', 'cap']), "did you mean 'weight'?");
    assert.equal(suggest('zzz', ['weight', 'cap']), 'known: weight, cap');
    assert.equal(suggest('B', ['A']), 'known: A');
  });
});
