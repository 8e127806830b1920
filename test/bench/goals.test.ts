import assert from 'node:assert/strict';
import { GOALS } from '../../scripts/bench/goals.ts';
import { formatGoal } from '../../scripts/bench/report.ts';
import { readMarkdown } from '../docs/markdown.ts';

describe('docs/benchmarks.md', () => {
  it('has every goal, and no other', () => {
    const [, table = ''] =
      /<!-- figures -->(.*)<!-- \/figures -->/s.exec(readMarkdown('docs/benchmarks.md')) ?? [];
    const rows = [...table.matchAll(/^\| ([^|]+?) +\| (≤|≥)([^|]+?) +\|/gm)];
    assert.deepEqual(
      rows.map(([, figure, comparison, rest]) => [figure, `${comparison}${rest}`]),
      Object.values(GOALS).map(({ figure, goal, unit }) => [figure, `${formatGoal(goal)} ${unit}`]),
    );
  });
});
