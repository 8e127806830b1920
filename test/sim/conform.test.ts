import type { GoldenRecord } from '../../src/conform/golden-records.ts';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conform, conformFile } from '../../src/conform/conform.ts';
import type { CreditFile } from '../../src/conform/credit1/schema.ts';
import { readGoldenFile } from '../../src/conform/golden-file.ts';
import { LabError } from '../../src/base/errors.ts';
import { packageRoot } from '../../src/base/package-root.ts';

const golden = readGoldenFile(
  join(packageRoot(), 'test', 'golden', '32_2p_smp2_cap50.json.gz'),
) as CreditFile;

describe('a comparison with a golden file', () => {
  it('fails at an altered record, and shows it with five records before it', () => {
    const at = nthOf('tick', 20);
    const [kind, nowNs, pcpu, vcpu, priority, credit] = golden.trace[at];
    const altered: GoldenRecord = [kind, nowNs, pcpu, vcpu, priority, (credit as number) + 1];
    const { matches, firstDifference } = conform({ ...golden, trace: golden.trace.with(at, altered) });
    assert.equal(matches, false);
    assert.equal(firstDifference?.kind, 'record');
    assert.deepEqual(firstDifference.expected, altered);
    assert.deepEqual(firstDifference.actual, golden.trace[at]);
    assert.equal(firstDifference.before.length, 5);
  });

  for (const kind of ['sw', 'tick', 'acct', 'park', 'unpark']) {
    it(`fails when a ${kind} record is missing`, () => {
      const trace = golden.trace.toSpliced(nthOf(kind, 3), 1);
      assert.equal(conform({ ...golden, trace }).firstDifference?.kind, 'record');
    });
  }

  it('fails when the trace goes on', () => {
    const trace: GoldenRecord[] = [...golden.trace, ['done', golden.trace_until_ns, 'S.0']];
    const { firstDifference } = conform({ ...golden, trace });
    assert.equal(firstDifference?.kind === 'record' && firstDifference.actual, null);
  });

  it('takes what one pass parked and unparked in any order', () => {
    const at = golden.trace.findIndex(
      ([kind, nowNs], index) =>
        kind === 'park' && golden.trace[index + 1]?.[0] === 'park' && golden.trace[index + 1][1] === nowNs,
    );
    assert.ok(at >= 0);
    const trace = golden.trace.toSpliced(at, 2, golden.trace[at + 1], golden.trace[at]);
    assert.equal(conform({ ...golden, trace }).matches, true);
  });

  it('fails at a time, a count, a sample, a share or a band that differs', () => {
    const { result } = golden;
    const [first, ...others] = result.vcpus;
    const variants: [string, Partial<CreditFile>][] = [
      ['end_ns', { result: { ...result, end_ns: result.end_ns + 1 } }],
      ['S.0 cpu_ns', { result: { ...result, vcpus: [{ ...first, cpu_ns: first.cpu_ns + 1 }, ...others] } }],
      ['S.0 dispatches', { result: { ...result, vcpus: [{ ...first, dispatches: 0 }, ...others] } }],
      ['number of samples', { result: { ...result, samples_cum_cpu_ns: [] } }],
      ['S pct_of_used', { result: { ...result, vms: { S: { pct_of_used: 99.9 } } } }],
      ['S steady_pct_of_one_pcpu', { band: { S: { steady_pct_of_one_pcpu: [50.2, 50.3] } } }],
    ];
    for (const [what, change] of variants) {
      const { firstDifference } = conform({ ...golden, ...change });
      assert.equal(firstDifference?.kind === 'quantity' && firstDifference.what, what);
    }
  });

  it('reads plain files too, and says what is wrong with a bad one', () => {
    const dir = mkdtempSync(join(tmpdir(), 'golden-'));
    try {
      const [good, text, other] = ['good.json', 'text.json', 'other.json'].map((name) => join(dir, name));
      writeFileSync(good, JSON.stringify(golden));
      assert.equal(conformFile(good).matches, true);
      writeFileSync(text, 'no JSON');
      assert.throws(() => conformFile(text), isBadFile);
      writeFileSync(other, '{"scenario":{}}');
      assert.throws(() => conformFile(other), /no golden file/);
      assert.throws(() => conformFile(join(dir, 'absent.json')), isBadFile);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

/** Index of the n-th record of a kind. */
function nthOf(kind: string, n: number): number {
  return golden.trace.findIndex((record) => record[0] === kind && --n === 0);
}

function isBadFile(error: unknown): boolean {
  return error instanceof LabError && error.code === 'BAD_FILE' && error.details.where !== undefined;
}
