import assert from 'node:assert/strict';
import { schedulersText, vmParameters } from '../../src/cli/key-help.ts';
import type { Parameter, PolicyType } from '../../src/core/policy-type.ts';
import { POLICY_TYPES, policyTypeOf } from '../../src/policies.ts';
import { describeParameter, valueText } from '../../src/scenario/parameters.ts';
import { inProcess } from './in-process.ts';

const helpOf = async (command: string) => (await inProcess([command, '--help'], '.')).stdout;
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('the help of --scheduler', () => {
  for (const [command, most] of [
    ['sim', 19],
    ['run', 20],
    ['conform', 12],
  ] as const) {
    it(`leaves creditlab ${command} at most ${most} options, however many parameters there are`, async () => {
      const options = (await helpOf(command)).match(/^ {2}(-\w, )?--[\w-]+/gm) ?? [];
      assert.ok(options.length > 5);
      assert.ok(options.length <= most, options.join());
    });
  }

  for (const command of ['run', 'sim', 'lab', 'conform']) {
    it(`lists every parameter with range and default: creditlab ${command}`, async () => {
      const help = flat(await helpOf(command));
      assert.match(help, /--scheduler <spec> which scheduler.*TYPE:key=value.*docs\/schedulers\.md/);
      const ofSim = ['sim', 'conform'].includes(command);
      for (const { type, parameters } of POLICY_TYPES) {
        assert.match(help, new RegExp(` ${type} `));
        for (const parameter of parameters) {
          const isListed =
            (parameter.scope ?? 'scenario') === 'scenario' || (ofSim && parameter.scope === 'simulation');
          const text = describeParameter(parameter).slice(1);
          const line = `${text} (default: ${valueText(parameter, parameter.default)})`;
          assert.equal(help.includes(line), isListed, line);
        }
      }
    });
  }

  const of = (type: string, parameter: Partial<Parameter>): PolicyType => {
    const base = policyTypeOf('round-robin');
    const both = [{ ...base.parameters[0], ...parameter }];
    return { ...base, type, parameters: both, vmParameters: both };
  };

  it('has the ranges and defaults of each scheduler where two have the same key', () => {
    const text = schedulersText([of('one', { default: 5e6 }), of('two', { default: 7e6, max: 50e6 })], false);
    assert.match(text, /^ {2}one\n {4}slice +how long a turn is, 1ms to 1s \(default: 5ms\)\n {2}two\n/m);
    assert.match(text, /^ {2}two\n {4}slice +how long a turn is, 1ms to 50ms \(default: 7ms\)$/m);
  });

  it('says of a VM once what schedulers have alike, and else whose it is', () => {
    const other = of('three', { default: 7e6 });
    const lines = vmParameters([of('one', {}), of('two', {}), other]);
    assert.deepEqual(
      lines.map(({ meaning, otherwise }) => [meaning, otherwise]),
      [
        ['how long a turn is, 1ms to 1s (one, two)', '30ms'],
        ['how long a turn is, 1ms to 1s (three)', '7ms'],
      ],
    );
    assert.equal(vmParameters([of('one', {}), of('two', {})])[0].meaning, 'how long a turn is, 1ms to 1s');
  });
});

describe('an option that --scheduler took the place of', () => {
  const old = [
    ['--slice', '5ms', 'round-robin:slice=5ms'],
    ['--tslice', '5ms', 'credit:tslice=5ms'],
    ['--ratelimit', '0', 'credit:ratelimit=0'],
    ['--lb-ratelimit', '2ms', 'credit:lb-ratelimit=2ms'],
    ['--migration-delay', '1ms', 'credit:migration-delay=1ms'],
    ['--acct-phase', '5ms', 'credit:acct-phase=5ms'],
    ['--tick-phase', '5ms', 'credit:tick-phase=5ms'],
    ['--instants', 'late', 'credit:instants=late'],
  ];
  for (const [option, value, instead] of old) {
    it(`says what to write: ${option}`, async () => {
      for (const command of ['run', 'sim', 'lab', 'conform']) {
        const { code, stdout, stderr } = await inProcess([command, option, value], '.');
        assert.equal(code, 2);
        assert.equal(stdout, '');
        assert.equal(
          stderr,
          `creditlab: ${option}: there is no such option any more\n  hint: write --scheduler ${instead}\n`,
        );
      }
    });
  }

  it('says so also without its value', async () => {
    const { stderr } = await inProcess(['sim', '--slice'], '.');
    assert.match(stderr, /--slice: there is no such option any more\n +hint: .* round-robin:slice=VALUE\n/);
  });
});

describe('creditlab lab --scheduler', () => {
  const lab = (name: string, scheduler: string) =>
    inProcess(['lab', name, '--simulate', '--scheduler', scheduler], '.');

  it('runs all rows under it, and says what that does to the texts', async () => {
    const { code, stdout, stderr } = await lab('smp', 'credit:ratelimit=0');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /What this lab says of its results is about the scheduler in its file\./);
  });

  it('is named in the title where it is not the default', async () => {
    const { stdout } = await lab('interactive', 'round-robin');
    assert.match(stdout, /^[^\n]*[^.\n] \(simulated, round-robin\)\n/);
  });

  it('is refused where the lab compares what it sets', async () => {
    const { code, stderr } = await lab('quantum', 'credit:tslice=5ms');
    assert.equal(code, 2);
    assert.match(stderr, /each row of this lab sets tslice itself/);
  });

  it('is refused at what a scheduler without weights can not do', async () => {
    const { code, stderr } = await lab('weights', 'round-robin');
    assert.equal(code, 2);
    assert.match(stderr, /weights\.yaml:\d+:\d+: the scheduler round-robin has no 'weight'/);
  });
});
