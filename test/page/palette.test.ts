import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

/** Colours of VMs, and of text on them, in the order in which a style sheet has them: light first, then dark. */
function colorsIn(file: string): string[] {
  const style = readFileSync(join(packageRoot(), file), 'utf8');
  return [...style.matchAll(/--(?:vm|ink)-\d: #[\da-f]+/g)].map(([color]) => color);
}

describe('the colours of VMs', () => {
  it('are the same in the live page and in the report', () => {
    const colors = colorsIn('src/page/page.css');
    assert.equal(colors.length, 18);
    assert.deepEqual(colors, colorsIn('src/report/html/style.css'));
  });
});
