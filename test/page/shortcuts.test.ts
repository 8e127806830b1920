import assert from 'node:assert/strict';
import { SHORTCUTS } from '../../src/page/model/shortcut-list.ts';
import { readMarkdown } from '../docs/markdown.ts';

describe('the keys of the page', () => {
  it('are told by docs/live-page.md as by the page', () => {
    const rows = [...readMarkdown('docs/live-page.md').matchAll(/^\| (`.*?) +\| (.*?) +\|$/gm)];
    assert.deepEqual(
      rows.map(([, keys, does]) => ({
        keys: [...keys.matchAll(/`([^`]+)`|(…)/g)].map(([, key, dots]) => key ?? dots),
        does,
      })),
      SHORTCUTS,
    );
  });
});
