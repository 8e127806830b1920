import assert from 'node:assert/strict';
import { LabError } from '../../src/base/errors.ts';
import { XL_COMMANDS } from '../../src/xl/commands.ts';
import { NOT_HERE } from '../../src/xl/not-here.ts';
import { InventedHost, run } from './invented-host.ts';

describe('the help of xl', () => {
  for (const line of ['help', '-h', '--help', '--explain help'])
    it(`lists all commands, and exits with 0: ${line}`, async () => {
      const { code, out, err } = await run(line);
      assert.deepEqual([code, err], [0, '']);
      for (const { name } of XL_COMMANDS) assert.match(out, new RegExp(`^ ${name} `, 'm'));
    });

  it('is what comes without a command, and then it is an error', async () => {
    const { code, out, err } = await run('');
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^Usage: xl /);
  });

  for (const { name, options } of XL_COMMANDS)
    it(`has the options of ${name}`, async () => {
      const { code, out } = await run(`help ${name}`);
      assert.equal(code, 0);
      assert.match(out, new RegExp(`^Usage: xl ${name}\\b`));
      for (const { long, refusal } of options) assert.equal(out.includes(`--${long}`), refusal === undefined);
      assert.equal((await run(`${name} --help`)).out, out);
      assert.equal((await run(`${name} -h`)).out, out);
    });
});

describe('a command line that is wrong', () => {
  for (const [line, says] of [
    ['pause', /^'xl pause' requires at least 1 argument\.\n\nUsage: xl pause <Domain>\n$/],
    [
      'vcpu-pin A 0',
      /^'xl vcpu-pin' requires at least 3 arguments\.\n\nUsage: xl vcpu-pin <Domain> <VCPU\|all> /,
    ],
    ['pause A B', /^'xl pause' has no use for 'B'\.\n/],
    ['sched-credit A', /^'xl sched-credit' has no use for 'A'\.\n/],
    ['sched-credit -d', /^sched-credit: option requires an argument -- 'd'\n/],
    [
      'sched-credit --wieght 5',
      /^sched-credit: unrecognized option '--wieght'\n {2}hint: did you mean '--weight'\?\n/,
    ],
    ['--nmae x list', /^xl: unrecognized option '--nmae'/],
    ['--name', /^xl: option '--name' requires an argument\n/],
    ['-q list', /^xl: invalid option -- 'q'\n/],
  ] as const)
    it(`exits with 2, and says what is wrong: ${line}`, async () => {
      const host = new InventedHost();
      const { code, out, err } = await run(line, host);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, says);
      assert.deepEqual(host.commands, []);
    });
});

describe('a command that is not here', () => {
  for (const name of NOT_HERE.keys())
    it(`is refused by its name: ${name}`, async () => {
      const { code, out, err } = await run([name, 'A', '--any', '-thing']);
      assert.deepEqual([code, out], [1, '']);
      assert.ok(err.startsWith(`${name} is Xen's, and not here: `));
    });

  it('is none of those that are', () => {
    assert.deepEqual(
      XL_COMMANDS.filter(({ name }) => NOT_HERE.has(name)),
      [],
    );
  });

  it('may be a slip', async () => {
    const { code, err } = await run('shed-credit -d A');
    assert.deepEqual([code, err], [1, "'shed-credit' is no command\n  hint: did you mean 'sched-credit'?\n"]);
  });

  it('is refused like this, too: an option of the tool', async () => {
    const { code, err } = await run('-N pause A');
    assert.equal(code, 1);
    assert.match(err, /^xl: -N, --dry-run is Xen's, and not here: /);
  });
});

describe('the host', () => {
  const names: (string | null)[] = [];
  const connect = (name: string | null) => {
    names.push(name);
    return Promise.resolve(new InventedHost());
  };

  for (const [line, name] of [
    ['list', null],
    ['--name two list', 'two'],
    ['--name=two list', 'two'],
    ['list --name two', 'two'],
    ['--name one list --name two', 'two'],
  ] as const)
    it(`is found by --name: ${line}`, async () => {
      names.length = 0;
      assert.equal((await run(line, undefined, { connect })).code, 0);
      assert.deepEqual(names, [name]);
    });

  it('that is not there ends the command with its error', async () => {
    const { code, out, err } = await run('list', undefined, {
      connect: () =>
        Promise.reject(new LabError('BAD_OPTION', 'no host is running', { hint: "'creditlab up'" })),
    });
    assert.deepEqual([code, out, err], [1, '', "no host is running\n  hint: 'creditlab up'\n"]);
  });

  it('is not asked for what needs none', async () => {
    const fail = () => Promise.reject(new Error('asked'));
    assert.equal((await run('help', undefined, { connect: fail })).code, 0);
    assert.equal((await run('sched-credit -w 5', undefined, { connect: fail })).code, 1);
    assert.equal((await run('console A', undefined, { connect: fail })).code, 1);
  });

  it('is asked once for a list, and twice for a change', async () => {
    const host = new InventedHost();
    await run('list', host);
    assert.deepEqual([host.stateCalls, host.commands.length], [1, 0]);
    await run('sched-credit -d A -w 5', host);
    assert.deepEqual([host.stateCalls, host.commands.length], [2, 1]);
  });
});
