import assert from 'node:assert/strict';
import { CREDIT_TERMS } from '../../src/core/credit1/terms.ts';
import { FIELDS } from '../../src/trace/record.ts';
import { readMarkdown } from './markdown.ts';

describe('docs/traces.md', () => {
  it('names every kind of record with its fields, and no others', () => {
    const [, table] = /<!-- records -->([^]*)<!-- \/records -->/.exec(readMarkdown('docs/traces.md')) ?? [];
    const named = [...(table ?? '').matchAll(/^\| `(\w+)` +\| ([\w, ]+?) +\|/gm)].map(([, kind, fields]) => [
      kind,
      fields.split(', '),
    ]);
    const own = CREDIT_TERMS.records.map(({ kind, fields }) => [kind, fields] as const);
    assert.deepEqual(Object.fromEntries(named), { ...FIELDS, ...Object.fromEntries(own) });
  });
});
