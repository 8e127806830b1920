import assert from 'node:assert/strict';
import { CFS_TERMS } from '../../src/core/cfs/terms.ts';
import { EEVDF_TERMS } from '../../src/core/eevdf/terms.ts';
import { CREDIT_TERMS } from '../../src/core/credit1/terms.ts';
import { CREDIT2_TERMS } from '../../src/core/credit2/terms.ts';
import { LINUX_RT_TERMS } from '../../src/core/linux-rt/terms.ts';
import type { Reading } from '../../src/core/policy-terms.ts';
import { CHOICES, CHOICES_OF_ONE_QUEUE, REASONS } from '../../src/core/reason.ts';
import { RTDS_TERMS } from '../../src/core/rtds/terms.ts';
import { vocabularyOf, type RecordShape } from '../../src/trace/vocabulary.ts';
import { readMarkdown } from './markdown.ts';

const page = readMarkdown('docs/traces.md');

describe('docs/traces.md', () => {
  const shapes = vocabularyOf(CREDIT_TERMS).shapes.filter((shape) => shape !== undefined);
  /** The first two columns of a table. */
  const rowsOf = (name: string): (readonly [string, string])[] => {
    const part = new RegExp(`<!-- ${name} -->([^]*)<!-- /${name} -->`).exec(page);
    const rows = [...(part?.[1] ?? '').matchAll(/^\| `(\w+)` +\| ([\w, ]+?) +\|/gm)];
    return rows.map(([, key, second]) => [key, second]);
  };
  const documented = (name: string): Record<string, string[]> =>
    Object.fromEntries(rowsOf(name).map(([kind, fields]) => [kind, fields.split(', ')]));
  const fieldsOf = (wanted: readonly RecordShape[]): Record<string, string[]> =>
    Object.fromEntries(wanted.map(({ kind, fields }) => [kind, fields.map(({ name }) => name)]));

  it('names every kind of record that all traces have, with its fields of credit1, and no others', () => {
    assert.deepEqual(documented('records'), fieldsOf(shapes.filter(({ own }) => own === null)));
  });

  it('names every kind of record that only credit1 makes, with its fields, and no others', () => {
    assert.deepEqual(documented('credit records'), fieldsOf(shapes.filter(({ own }) => own !== null)));
  });

  it('names every kind of record that only credit2 makes, with its fields, and no others', () => {
    const declared = CREDIT2_TERMS.records.map(({ kind, fields }) => [kind, fields]);
    assert.deepEqual(documented('credit2 records'), Object.fromEntries(declared));
  });

  it('names every kind of record that only rtds makes, with its fields, and no others', () => {
    const own = vocabularyOf(RTDS_TERMS).shapes.filter((shape) => shape !== undefined && shape.own !== null);
    assert.deepEqual(documented('rtds records'), fieldsOf(own as RecordShape[]));
    const common: readonly { readonly key: string }[] = [...REASONS, ...CHOICES_OF_ONE_QUEUE];
    for (const { key } of [...RTDS_TERMS.reasons, ...RTDS_TERMS.choices])
      if (common.every((each) => each.key !== key)) assert.ok(page.includes(`\`${key}\``), key);
  });

  for (const { type, records } of [CFS_TERMS, EEVDF_TERMS]) {
    it(`names every kind of record that only ${type} makes, with its fields, and no others`, () => {
      const declared = records.map(({ kind, fields }) => [kind, fields]);
      assert.deepEqual(documented(`${type} records`), Object.fromEntries(declared));
    });
  }

  it('names every kind of record that linux-rt makes beside those of cfs, with its fields, and no others', () => {
    const declared = LINUX_RT_TERMS.records
      .slice(CFS_TERMS.records.length)
      .map(({ kind, fields }) => [kind, fields]);
    assert.deepEqual(documented('linux-rt records'), Object.fromEntries(declared));
    for (const { key } of LINUX_RT_TERMS.reasons) assert.ok(page.includes(`\`${key}\``), key);
  });

  it('names the readings of credit1', () => {
    const { vcpuReadings, vmReadings } = CREDIT_TERMS;
    const keys = (readings: readonly Reading[], of: string) => readings.map(({ key }) => [key, of]);
    assert.deepEqual(rowsOf('readings'), [...keys(vcpuReadings, 'vCPU'), ...keys(vmReadings, 'VM')]);
  });

  it('names every reason and every choice of credit1, and which of them any policy may have', () => {
    type Keyed = readonly { readonly key: string }[];
    const named = (all: Keyed, common: Keyed) =>
      Object.fromEntries(
        all.map(({ key }) => [key, common.some((each) => each.key === key) ? 'any' : 'credit1']),
      );
    assert.deepEqual(Object.fromEntries(rowsOf('reasons')), named(CREDIT_TERMS.reasons, REASONS));
    assert.deepEqual(Object.fromEntries(rowsOf('choices')), named(CREDIT_TERMS.choices, CHOICES));
  });
});
