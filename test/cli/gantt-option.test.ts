import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { Console } from '../../src/cli/console.ts';
import { printLastSecond } from '../../src/cli/gantt-option.ts';
import { inventedTrace } from '../trace/invented-trace.ts';
import type { Trace } from '../../src/trace/trace.ts';

function printed(...traces: (Trace | null)[]): string {
  const lines: string[] = [];
  const stream = new PassThrough();
  const io: Console = {
    stdout: stream,
    stderr: stream,
    print: (text) => void lines.push(text),
    say() {},
    exit() {},
    testbed: {},
  };
  const [{ scenario, label }] = [inventedTrace({}).header];
  printLastSecond(io, { label, scenario, runs: [], traces });
  return lines.join('\n');
}

describe('--gantt at the end of a run', () => {
  it('draws the last run that was recorded', () => {
    assert.match(printed(inventedTrace({}), null), /^ +\|0\.00 s/);
  });

  it('draws nothing of a run that broke off before anything was recorded', () => {
    const trace = inventedTrace({});
    assert.equal(printed({ ...trace, count: 0, rows: trace.rows.subarray(0, 0), endNs: NaN }), '');
    assert.equal(printed(), '');
  });
});
