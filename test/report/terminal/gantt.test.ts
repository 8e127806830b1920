import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { gantt, ganttFrame } from '../../../src/report/terminal/gantt.ts';
import { cellsOf, gridOf, timeAxis, lettersOf } from '../../../src/report/terminal/gantt-cells.ts';
import { createStyle, plainStyle } from '../../../src/report/terminal/style.ts';
import { WIDTH } from '../../../src/trace/record.ts';
import { firstRowAt } from '../../../src/trace/window.ts';
import { vm } from '../../host/invented-scenario.ts';
import { inventedTrace } from '../../trace/invented-trace.ts';

const capped = inventedTrace({ scenario: { durationNs: 600e6, vms: [vm('A', { cap: 25, work: null })] } });
/** 9 characters of names, and a character for each 10 ms. */
const cappedOptions = { fromNs: 0, toNs: 480e6, width: 57, style: plainStyle };

describe('a Gantt chart in the terminal', () => {
  it('shows who was on a pCPU, where that changed, what was owed, and when it was parked', () => {
    assert.equal(
      gantt(capped, cappedOptions),
      `         |0.0 s     |0.2 s              |0.4 s
CPU 0    AAA.........AAA.........AAA.........AAA.........
 switch     |        |  |        |  |        |  |

A A/v0   . idle   (a character is 10 ms)

A/v0     ▁  ppppppppp▁  ppppppppp▁  ppppppppp▁  ppppppppp
          ▔▀███▀▀▀▔▔▔ ▔▀███▀▀▀▔▔▔ ▔▀███▀▀▀▔▔▔ ▔▀███▀▀▀▔▔▔
         UUUOOOOOOOOOUUUOOOOOOOOOUUUOOOOOOOOOUUUOOOOOOOOO
credits: ▂▄█ up to 100, 200, 300; ▔▀█ as far below 0;
priority: B BOOST U UNDER O OVER; p parked`.replace(
        '|0.0 s     |0.2 s              |0.4 s',
        timeAxis(gridOf(0, 480e6, 48)).trimEnd(),
      ),
    );
  });

  it('leaves out the names of classes where there is no room for them', () => {
    const text = gantt(capped, { ...cappedOptions, classes: false });
    assert.doesNotMatch(text, /priority|UUU/);
    assert.match(text, /credits: /);
  });

  it('is plain ASCII where that is all there is', () => {
    const text = gantt(capped, { ...cappedOptions, style: createStyle({ color: false, unicode: false }) });
    assert.match(text, /^[\n\x20-\x7e]*$/);
    assert.match(text, /^A\/v0 {5}\. {2}p{9}\./m);
  });

  it('never is wider than asked for, and is the same without its colours', () => {
    const trace = inventedTrace({
      facts: {},
      scenario: { pcpus: [0, 11], vms: [vm('A', { vcpus: 3, work: null }), vm('LONG-NAME', { work: null })] },
    });
    for (const width of [40, 80, 133]) {
      const options = { fromNs: 0, toNs: 300e6, width };
      const plain = gantt(trace, { ...options, style: plainStyle });
      for (const line of plain.split('\n')) assert.ok(line.length <= width, line);
      const colored = gantt(trace, { ...options, style: createStyle({ color: true, unicode: true }) });
      const bare = stripVTControlCharacters(colored);
      assert.notEqual(bare, colored);
      const trimmed = (text: string) => text.replace(/ +$/gm, '');
      assert.equal(trimmed(bare), trimmed(plain));
    }
  });

  it('puts the fact below the intent, which it follows', () => {
    // Threads come 20 ms late, and leave as late.
    const trace = inventedTrace({ facts: { enterDelayNs: () => 20e6, leaveDelayNs: () => 20e6 } });
    const lines = gantt(trace, { fromNs: 0, toNs: 300e6, width: 39, style: plainStyle }).split('\n');
    assert.deepEqual(lines.slice(1, 3), [
      'CPU 0    AAABBBAAABBBAAABBBBBBAAABBBBBB',
      ' fact    ..AAABBBAAABBBAAABBBBBBAAABBBB',
    ]);
  });

  it('shows the others as dashes when some vCPUs are chosen', () => {
    const text = gantt(inventedTrace(), { fromNs: 0, toNs: 300e6, width: 39, style: plainStyle, vcpus: [1] });
    assert.match(text, /^CPU 0 {4}---BBB---BBB---BBBBBB---BBBBBB$/m);
    assert.match(text, /^B B\/v0 {3}\. idle {3}- others/m);
    assert.doesNotMatch(text, /A\/v0/);
  });

  it('shows in a cell who was there longest, and counts what happened in it', () => {
    const span = (vcpu: number, fromNs: number, toNs: number) => ({ vcpu, fromNs, toNs });
    const spans = [span(0, 0, 12), span(1, 12, 14), span(0, 14, 20), span(1, 26, 30)];
    assert.deepEqual(cellsOf(spans, gridOf(0, 40, 4)), [
      { vcpu: 0, switches: 0 },
      { vcpu: 0, switches: 2 },
      { vcpu: -1, switches: 2 },
      { vcpu: -1, switches: 1 },
    ]);
  });

  it('gives each vCPU a character of its own, its initial where it is free', () => {
    const vcpus = (names: readonly string[]) =>
      names.map((id) => ({
        id,
        vm: [...new Set(names.map((name) => name.split('/')[0]))].indexOf(id.split('/')[0]),
      }));
    assert.deepEqual(lettersOf(vcpus(['A/v0', 'A/v1', 'A/v2', 'B/v0', 'beta/v0'])), [
      'A',
      'a',
      'C',
      'B',
      'b',
    ]);
    const many = lettersOf(vcpus(Array.from({ length: 62 }, (_, i) => `V/v${i}`)));
    assert.equal(new Set(many).size, 62);
  });
});

describe('a Gantt chart of a run that goes on', () => {
  const until = (ns: number) => {
    const count = firstRowAt(capped, ns);
    return { ...capped, count, rows: capped.rows.subarray(0, count * WIDTH), endNs: NaN };
  };

  it('is empty where nothing has happened yet, then moves along', () => {
    const options = { width: 33, style: plainStyle };
    const rowOf = (ns: number) => /^CPU 0 +.*$/m.exec(ganttFrame(until(ns), 240e6, options))?.[0];
    assert.equal(rowOf(129e6), 'CPU 0    AAA.........');
    // 240 ms in 24 characters: a whole period of the cap is twelve.
    assert.match(
      rowOf(599e6) ?? '',
      /^CPU 0 {4}(?=.{24}$)\.*AAA\.{9}AAA\.*$|^CPU 0 {4}A{1,3}\.{9}AAA\.{9}A{0,2}$/,
    );
  });

  it('is the picture that the whole trace gives', () => {
    const options = { width: 80, style: plainStyle };
    const trace = inventedTrace({
      facts: {},
      scenario: {
        durationNs: 8e9,
        pcpus: [0, 1],
        vms: [vm('A', { vcpus: 3, work: null }), vm('B', { cap: 40, work: null })],
      },
    });
    const text = ganttFrame(trace, 2e9, options);
    assert.match(text, /^A\/v0/m);
    const cellNs = 2e9 / options.width;
    const toNs = Math.ceil(8e9 / cellNs) * cellNs;
    assert.equal(text, gantt(trace, { ...options, fromNs: toNs - 2e9, toNs }));
  });
});
