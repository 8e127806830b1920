import assert from 'node:assert/strict';
import { FIELDS } from '../../src/trace/record.ts';
import { readMarkdown } from './markdown.ts';

describe('docs/traces.md', () => {
  it('names every kind of record with its fields, and no others', () => {
    const [, table] = /<!-- records -->([^]*)<!-- \/records -->/.exec(readMarkdown('docs/traces.md')) ?? [];
    const named = [...(table ?? '').matchAll(/^\| `(\w+)` +\| ([\w, ]+?) +\|/gm)].map(([, kind, fields]) => [
      kind,
      fields.split(', '),
    ]);
    assert.deepEqual(Object.fromEntries(named), FIELDS);
  });
});
