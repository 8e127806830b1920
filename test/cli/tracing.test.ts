import assert from 'node:assert/strict';
import type { RecordedRow } from '../../src/cli/recorder.ts';
import { Tracing } from '../../src/cli/tracing.ts';
import { WIDTH } from '../../src/trace/record.ts';
import { scenario, vm } from '../host/invented-scenario.ts';

describe('what a command keeps of its runs for the pictures', () => {
  it('is the newest, and what is too much goes with the oldest run, of whichever row', () => {
    const tracing = new Tracing({}, 25);
    const [one, two] = [rowCalled('one'), rowCalled('two')];
    for (const row of [one, two, one, two]) {
      tracing.begin(row, 'simulated').append(new Float64Array(10 * WIDTH), 10);
      tracing.keep(row);
    }
    assert.deepEqual(
      [countsOf(one), countsOf(two)],
      [
        [null, 10],
        [null, 10],
      ],
    );
  });

  it('is the last run, however long it was', () => {
    const tracing = new Tracing({}, 5);
    const row = rowCalled('long');
    tracing.begin(row, 'simulated').append(new Float64Array(10 * WIDTH), 10);
    tracing.keep(row);
    assert.deepEqual(countsOf(row), [10]);
  });
});

function rowCalled(label: string): RecordedRow {
  return { label, scenario: scenario({ vms: [vm('A')] }), runs: [], traces: [] };
}

function countsOf({ traces }: RecordedRow): (number | null)[] {
  return traces.map((trace) => trace?.count ?? null);
}
