import assert from 'node:assert/strict';
import { stepTable } from '../../../src/report/terminal/step-table.ts';
import { plainStyle as style } from '../../../src/report/terminal/style.ts';
import { widthOf } from '../../../src/report/terminal/fitted-table.ts';
import type { ComparedStep, RunChange, VmStep } from '../../../src/trace/steps.ts';

const MS = 1e6;
const change: RunChange = { beginNs: 5e9, atNs: 5e9, text: 'A weight 1024', actsNs: null };

function step(vm: string, rest: Partial<VmStep> = {}): VmStep {
  return {
    change,
    vm,
    fromPercent: 50,
    toPercent: 80,
    delayNs: 40 * MS,
    overshootPoints: 13.33,
    settlingNs: 1234 * MS,
    patternNs: [60 * MS, 150 * MS],
    ...rest,
  };
}

const compared = (vm: string, simulated: VmStep | null): ComparedStep => ({
  change,
  vm,
  measured: step(vm),
  simulated,
});

describe('the table of step responses', () => {
  it('has a line for what was measured, and one for what was simulated', () => {
    const steps = [compared('A', step('A', { settlingNs: null })), compared('B', null)];
    const text = stepTable({ changes: [change], steps, isMeasured: true }, 120, style);
    assert.deepEqual(
      text.split('\n').map((line) => line.trim().split(/ {2,}/)),
      [
        ['What the changes did'],
        ['VM', 'share', 'delay', 'overshoot', 'settling', 'pattern'],
        ['5.000 s: A weight 1024'],
        ['A', 'measured', '50.0 → 80.0 %', '40 ms', '13.3', '1.23 s', '60 → 150 ms'],
        ['simulated', '50.0 → 80.0 %', '40 ms', '13.3', '–', '60 → 150 ms'],
        ['B', 'measured', '50.0 → 80.0 %', '40 ms', '13.3', '1.23 s', '60 → 150 ms'],
        ['simulated', '–', '–', '–', '–', '–'],
      ],
    );
  });

  it('has one line for a simulation, and keeps to the width', () => {
    const steps = [compared('A', null)];
    const text = stepTable({ changes: [change], steps, isMeasured: false }, 80, style);
    assert.doesNotMatch(text, /measured|simulated/);
    assert.ok(widthOf(text) <= 80, text);
  });

  it('names the changes that it can tell nothing of', () => {
    const other: RunChange = { beginNs: 7e9, atNs: 7e9, text: 'B weight 2', actsNs: null };
    const text = stepTable(
      { changes: [change, other], steps: [compared('A', null)], isMeasured: false },
      99,
      style,
    );
    assert.match(text, /too little time to tell: B weight 2 \(7\.000 s\)\.$/);
    assert.match(stepTable({ changes: [], steps: [], isMeasured: true }, 80, style), /Nothing was changed/);
  });
});
