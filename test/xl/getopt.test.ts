import assert from 'node:assert/strict';
import { LabError } from '../../src/base/errors.ts';
import { getopt, type OptionSpec } from '../../src/xl/getopt.ts';

const SPECS: readonly OptionSpec[] = [
  { short: 'd', long: 'domain', takes: 'name', does: '' },
  { short: 'w', long: 'weight', takes: 'n', does: '' },
  { short: 's', long: 'schedparam', does: '' },
  { short: 'r', long: 'ratelimit_us', takes: 'us', does: '' },
  { long: 'ratio', does: '' },
  { short: 'x', long: 'vbds', does: '', refusal: 'there are none' },
];

const read = (line: string) => {
  const { options, operands } = getopt('tool', SPECS, line.split(' '));
  return [Object.fromEntries(options), operands];
};

describe('options are taken as getopt_long takes them', () => {
  for (const [line, options, operands] of [
    ['-d A -w 512', { domain: 'A', weight: '512' }, []],
    ['-dA -w512', { domain: 'A', weight: '512' }, []],
    ['--domain A --weight=512', { domain: 'A', weight: '512' }, []],
    ['--dom A --wei=512', { domain: 'A', weight: '512' }, []],
    ['-sr 500', { schedparam: '', ratelimit_us: '500' }, []],
    ['-sr500', { schedparam: '', ratelimit_us: '500' }, []],
    ['A -s B', { schedparam: '' }, ['A', 'B']],
    ['-d A -d B', { domain: 'B' }, []],
    ['-w -5', { weight: '-5' }, []],
    ['-s -- -d A', { schedparam: '' }, ['-d', 'A']],
    ['A 0 -', {}, ['A', '0', '-']],
    ['--domain= x', { domain: '' }, ['x']],
  ] as const)
    it(line, () => {
      assert.deepEqual(read(line), [options, operands]);
    });
});

describe('and refused in its words', () => {
  for (const [line, says] of [
    ['-q', "tool: invalid option -- 'q'"],
    ['-sq', "tool: invalid option -- 'q'"],
    ['--domian A', "tool: unrecognized option '--domian'\n  hint: did you mean '--domain'?"],
    ['-d', "tool: option requires an argument -- 'd'"],
    ['--domain', "tool: option '--domain' requires an argument"],
    ['--schedparam=1', "tool: option '--schedparam' doesn't allow an argument"],
    ['--rat', "tool: option '--rat' is ambiguous; possibilities: '--ratelimit_us' '--ratio'"],
    ['-x', "tool: -x, --vbds is Xen's, and not here: there are none"],
  ] as const)
    it(line, () => {
      assert.throws(
        () => read(line),
        (error) => error instanceof LabError && error.describe().startsWith(says),
      );
    });

  it('unless an option is given in full that is also the beginning of another', () => {
    assert.deepEqual(read('--ratio'), [{ ratio: '' }, []]);
  });
});
