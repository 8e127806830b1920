import assert from 'node:assert/strict';
import fc from 'fast-check';
import { goldenProblem } from '../../src/conform/golden-file-schema.ts';
import { readGoldenFile } from '../../src/conform/golden-file.ts';
import { join } from 'node:path';
import { parseJson } from '../../src/base/parse-json.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { errorOf } from '../scenario/attempt.ts';

describe('malformed JSON', () => {
  const places: [string, string][] = [
    ['', '1:1'],
    ['no JSON', '1:1'],
    ['{"a": 1,\n "b": [1, 2,, 3]}', '2:13'],
    ['{"a": 1,}', '1:9'],
    ['{"a" 1}', '1:6'],
    ['{a: 1}', '1:2'],
    ['[1 2]', '1:4'],
    ['[1}', '1:3'],
    ['[01]', '1:3'],
    ['{"a": "b\nc"}', '1:7'],
    ['[1]\n\n]', '3:1'],
    ['{"a": [1, {"b": tru}]}', '1:17'],
    ['{"a": 1', '1:8'],
  ];
  for (const [text, place] of places) {
    it(`is complained about where it is: ${JSON.stringify(text)}`, () => {
      const { code, details } = errorOf(() => parseJson(text, 'x.json'));
      assert.deepEqual([code, details.where], ['BAD_FILE', `x.json:${place}`]);
    });
  }

  it('cut off anywhere is complained about at its end or in its last word', () => {
    fc.assert(
      fc.property(fc.json(), fc.double({ min: 0, max: 0.999, noNaN: true }), (text, part) => {
        const cut = text.slice(0, Math.floor(part * text.length));
        try {
          JSON.parse(cut);
        } catch {
          const { details } = errorOf(() => parseJson(cut, 'x'));
          const [, line, column] = String(details.where).split(':').map(Number);
          const lines = cut.split('\n');
          assert.equal(line, lines.length);
          assert.ok(column <= lines[lines.length - 1].length + 1);
        }
      }),
    );
  });

  it('is told from well-formed JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(parseJson(JSON.stringify(value), 'x'), JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('JSON that is no golden file', () => {
  const golden = readGoldenFile(join(packageRoot(), 'test', 'golden', '05_cap25_alone.json.gz'));
  const [vm] = golden.scenario.vms;
  const variants: [string, unknown, RegExp][] = [
    ['no object', [], /expected object/],
    ['without a trace', { ...golden, trace: undefined }, /^trace: /],
    ['with a record that is none', { ...golden, trace: [['sw', 0], ['sw']] }, /^trace\.1 is no record/],
    [
      'with an unknown type of vCPU',
      { ...golden, scenario: { ...golden.scenario, vms: [{ ...vm, vcpus: [{ type: 'cow' }] }] } },
      /^scenario\.vms\.0\.vcpus\.0\.type: /,
    ],
    [
      'with a parameter that the simulator does not know',
      { ...golden, scenario: { ...golden.scenario, params: { slice: 1 } } },
      /^scenario\.params: .*slice/,
    ],
    [
      'of a scheduler without golden files',
      { ...golden, policy: 'round-robin' },
      /^policy: there is none of/,
    ],
    ['of something else than a scheduler', { ...golden, policy: 5 }, /^policy: .*expected string/],
    ['with results for other vCPUs', { ...golden, result: { ...golden.result, vcpus: [] } }, /has 0 entries/],
  ];
  for (const [what, value, message] of variants) {
    it(`is told: ${what}`, () => assert.match(goldenProblem(value)?.what ?? '', message));
  }
});
