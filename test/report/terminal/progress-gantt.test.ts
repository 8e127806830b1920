import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { ganttProgress } from '../../../src/report/terminal/progress-gantt.ts';
import { plainStyle } from '../../../src/report/terminal/style.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { vm } from '../../host/invented-scenario.ts';
import { fromYaml } from '../../scenario/attempt.ts';
import { inventedTrace } from '../../trace/invented-trace.ts';
import { takeText } from '../../cli/take-text.ts';

const scenario = fromYaml('{ pcpus: 1, duration: 10s, vms: [{ name: A }, { name: B }] }');
const MANY_VMS = Array.from({ length: 30 }, (_, i) => vm(`V${i}`, { work: null }));

/** A terminal, what is written to it, and a clock to turn. */
function terminal(rows: number, trace: () => Trace | null) {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows });
  const clock = { ms: 0 };
  const view = ganttProgress({ stream, style: plainStyle, quiet: false, nowMs: () => clock.ms }, trace);
  view.begin('x', scenario);
  return {
    view,
    /** @returns what this moment of the run makes it write */
    at: (ms: number, phase: 'calibrating' | 'running' = 'running'): string => {
      clock.ms = ms;
      view.update({ phase, text: phase, elapsedNs: ms * 1e6, vms: [] });
      return written();
    },
    written,
  };
  function written(): string {
    return takeText(stream);
  }
}

describe('the Gantt of a run under way', () => {
  it('is drawn five times a second, however often the run reports', () => {
    const trace = inventedTrace();
    const { at } = terminal(24, () => trace);
    const drawn = Array.from({ length: 101 }, (_, i) => at(10 * i)).filter((text) => text !== '');
    assert.equal(drawn.length, 6);
    assert.match(drawn[5], /x: 1\.0 s, the last second\n/);
  });

  it('is drawn over itself: it goes up as many lines as it had', () => {
    const trace = inventedTrace();
    const { at, view, written } = terminal(24, () => trace);
    const first = at(0);
    const lines = first.split('\n').length - 1;
    const up = `\u001b[${lines}A\r\u001b[J`;
    assert.ok(lines > 2);
    assert.ok(!first.includes(up));
    assert.ok(at(200).startsWith(up));
    view.end();
    assert.equal(written(), up);
  });

  it('never has more lines than the terminal, which would scroll', () => {
    const trace = inventedTrace({ scenario: { vms: MANY_VMS } });
    const linesIn = (rows: number): number =>
      terminal(rows, () => trace)
        .at(0)
        .split('\n').length - 1;
    assert.ok(linesIn(100) > 30);
    assert.equal(linesIn(10), 9);
    assert.equal(linesIn(1), 2);
  });

  it('waits until something is on record, and before the run says what goes on', () => {
    let trace: Trace | null = null;
    const { at } = terminal(24, () => trace);
    assert.match(at(0, 'calibrating'), /x: calibrating …/);
    assert.equal(at(10), '');
    trace = inventedTrace();
    assert.match(at(20), /the last second/);
  });
});
