import assert from 'node:assert/strict';
import { CREDIT_TERMS } from '../../src/core/credit1/terms.ts';
import { vocabularyOf, type RecordShape } from '../../src/trace/vocabulary.ts';
import { readMarkdown } from './markdown.ts';

describe('docs/traces.md', () => {
  const shapes = vocabularyOf(CREDIT_TERMS).shapes.filter((shape) => shape !== undefined);
  const documented = (name: string): Record<string, string[]> => {
    const part = new RegExp(`<!-- ${name} -->([^]*)<!-- /${name} -->`).exec(readMarkdown('docs/traces.md'));
    const rows = [...(part?.[1] ?? '').matchAll(/^\| `(\w+)` +\| ([\w, ]+?) +\|/gm)];
    return Object.fromEntries(rows.map(([, kind, fields]) => [kind, fields.split(', ')]));
  };
  const fieldsOf = (wanted: readonly RecordShape[]): Record<string, string[]> =>
    Object.fromEntries(wanted.map(({ kind, fields }) => [kind, fields.map(({ name }) => name)]));

  it('names every kind of record that all traces have, with its fields of credit1, and no others', () => {
    assert.deepEqual(documented('records'), fieldsOf(shapes.filter(({ own }) => own === null)));
  });

  it('names every kind of record that only credit1 makes, with its fields, and no others', () => {
    assert.deepEqual(documented('credit records'), fieldsOf(shapes.filter(({ own }) => own !== null)));
  });
});
