import assert from 'node:assert/strict';
import type { Verdict } from '../../../src/result/verdict.ts';
import { createStyle, plainStyle } from '../../../src/report/terminal/style.ts';
import { verdictLines, verdictSummary } from '../../../src/report/terminal/verdict-lines.ts';
import { scenario, vm } from '../../host/invented-scenario.ts';
import { sampleRun } from '../sample.ts';

const RUN = sampleRun(scenario({ vms: [vm('A')] }));

function certificate(verdict: Verdict, ...reasons: string[]) {
  return { verdict, reasons, checks: [] };
}

function judged(label: string, verdict: Verdict, ...reasons: string[]) {
  return { label, run: { ...RUN, certificate: certificate(verdict, ...reasons) } };
}

describe('the verdict in a terminal', () => {
  it('says of one run what it means, and each reason', () => {
    assert.equal(
      verdictLines(certificate('usable', 'timers were late', 'records were lost'), plainStyle, 80),
      'Verdict: usable: the figures hold, with this in mind.\n- timers were late\n- records were lost',
    );
  });

  it('is folded to the width, reasons with a hanging indent', () => {
    const reason = 'one timer in a hundred came late, by more than ten milliseconds';
    assert.equal(
      verdictLines(certificate('do not trust', reason), plainStyle, 40),
      [
        'Verdict: do not trust: the figures say',
        'more about the host than about the',
        'scheduler.',
        '- one timer in a hundred came late, by',
        '  more than ten milliseconds',
      ].join('\n'),
    );
    const coloured = verdictLines(
      certificate('do not trust'),
      createStyle({ color: true, unicode: true }),
      40,
    );
    assert.equal(coloured.split('\n').length, 3);
  });

  it('counts those of several runs, and gives the reasons of the first of the worst', () => {
    const runs = [
      judged('a', 'good'),
      judged('b', 'usable', 'x'),
      judged('c', 'usable', 'y'),
      judged('d', 'good'),
    ];
    assert.equal(verdictSummary(runs, plainStyle, 80), 'Verdict on 4 runs: 2 good, 2 usable.\n- b: x');
    assert.equal(
      verdictSummary([...runs, judged('e', 'do not trust', 'v', 'w')], plainStyle, 80),
      'Verdict on 5 runs: 2 good, 2 usable, 1 do not trust.\n- e: v; w',
    );
  });

  it('has no reason to give when all are good, and nothing to say of simulations', () => {
    assert.equal(verdictSummary([judged('a', 'good')], plainStyle, 80), 'Verdict on 1 run: 1 good.');
    assert.equal(verdictSummary([{ label: 'a', run: RUN }], plainStyle, 80), '');
  });
});
