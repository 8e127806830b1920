import assert from 'node:assert/strict';
import { LabError } from '../../src/base/errors.ts';
import { isForHardware, type Restarted, restartSingleThreaded } from '../../src/cli/restart.ts';

function process(changes: Partial<Restarted> = {}): Restarted {
  return {
    argv: ['/usr/bin/node', '/lib/main.js', 'run', '--vm', 'a b:work=1s', 'é'],
    argv0: 'node',
    env: {},
    execArgv: ['--inspect=0'],
    execPath: '/usr/bin/node',
    pid: 4711,
    platform: 'linux',
    ...changes,
  };
}

/** With what it starts once more; null: it doesn't. */
function restarted(self: Restarted): { file: string; argv: readonly string[]; mark?: string } | null {
  let found: { file: string; argv: readonly string[]; mark?: string } | null = null;
  restartSingleThreaded(self, () => ({
    execAgain(file, argv) {
      found = { file, argv, ...self.env };
      return -1;
    },
  }));
  return found;
}

describe('a command that runs programs on real cores', () => {
  it('starts once more as itself, with the option before the script and all arguments as they were', () => {
    const self = process();
    assert.deepEqual(restarted(self), {
      file: '/usr/bin/node',
      argv: [
        ...['node', '--inspect=0', '--single-threaded', '/lib/main.js'],
        ...['run', '--vm', 'a b:work=1s', 'é'],
      ],
      CREDITLAB_RESTARTED: '4711',
    });
  });

  it('goes on, and leaves no trace in the environment, when that fails', () => {
    const self = process();
    restarted(self);
    assert.deepEqual(self.env, {});
  });

  it('does so neither with the option or its contrary, nor a second time, nor where there are no such commands', () => {
    assert.equal(restarted(process({ execArgv: ['--single_threaded'] })), null);
    assert.equal(restarted(process({ execArgv: ['--no-single-threaded'] })), null);
    const second = process({ env: { CREDITLAB_RESTARTED: '4711' } });
    assert.equal(restarted(second), null);
    assert.deepEqual(second.env, {}, 'what it starts is another process');
    assert.equal(restarted(process({ platform: 'darwin' })), null);
    assert.notEqual(restarted(process({ env: { CREDITLAB_RESTARTED: '4710' } })), null);
  });

  it('says itself what is missing where there is no addon', () => {
    restartSingleThreaded(process(), () => {
      throw new LabError('NO_ADDON', 'not built');
    });
  });

  it('is told from those that run nothing there', () => {
    const needs = (line: string): boolean => isForHardware(line === '' ? [] : line.split(' '));
    for (const line of [
      'run a.yaml',
      'lab caps',
      'compare a.yaml',
      'workloads primes',
      'doctor',
      'run --vm A',
    ])
      assert.ok(needs(line), line);
    const others = [
      '',
      '--help',
      '-V',
      'lab',
      'workloads',
      'sim caps',
      'trace x',
      'doctor --no-probe',
      'help run',
    ];
    for (const line of [...others, 'run --help', 'conform']) assert.ok(!needs(line), line);
  });
});
