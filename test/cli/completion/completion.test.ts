import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { listLabs } from '../../../src/scenario/builtin-labs.ts';
import { POLICY_TYPES } from '../../../src/policies.ts';
import { HostServer } from '../../../src/serve/host-server.ts';
import { builtinNames } from '../../../src/workload/catalogue.ts';
import { XL_COMMANDS } from '../../../src/xl/commands.ts';
import { tell } from '../../hardware/support.ts';
import { InventedHost } from '../../xl/invented-host.ts';
import { inProcess } from '../in-process.ts';
import { creditlab, inTemporaryDirectory } from '../spawn.ts';
import { isThere, pressTab, SHELL_NAMES } from './press-tab.ts';

const labs = listLabs().map(({ name }) => name);
const schedulers = POLICY_TYPES.map(({ type }) => type);
const FILES = ['mine.yaml', 'run.json'];

const beginning = (start: string, words: readonly string[]): string[] =>
  words.filter((word) => word.startsWith(start)).sort();

/** What is offered for each line; files have a slash where a shell marks a folder. */
const CASES: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['creditlab do', ['doctor', 'down']],
  ['creditlab run --js', ['--json']],
  ['creditlab run --json ', FILES],
  ['creditlab run m', ['mine.yaml']],
  ['creditlab run --pcpus ', []],
  ['creditlab run --verify ', ['auto', 'none', 'prefix', 'whole']],
  ['creditlab run --quiet m', ['mine.yaml']],
  ['creditlab run --scheduler r', beginning('r', [...schedulers, ...FILES])],
  ['creditlab run --scheduler m', ['mine.yaml']],
  ['creditlab policy n', ['new']],
  ['creditlab policy new --f', ['--force']],
  ['creditlab policy new m', ['mine.yaml']],
  ['creditlab run --vm A --duration 1s --sch', ['--scheduler']],
  ['creditlab lab w', beginning('w', labs)],
  ['creditlab lab m', beginning('m', [...labs, ...FILES])],
  ['creditlab workloads ma', beginning('ma', builtinNames)],
  ['creditlab trace run', ['run.json']],
  ['creditlab completion ', ['bash', 'fish', 'zsh']],
  ['creditlab help do', ['doctor', 'down']],
  ['creditlab xl s', ['sched-credit', 'sched-credit2', 'sched-rtds', 'sched-sedf']],
  ['creditlab xl ', [...XL_COMMANDS.map(({ name }) => name), 'help']],
  ['creditlab xl help v', ['vcpu-list', 'vcpu-pin']],
  ['creditlab xl sched-credit --w', ['--weight']],
  ['creditlab xl sched-credit -p ', ['Pool-0']],
  ['creditlab xl sched-credit -d ', ['A', 'idler', 'web']],
  ['creditlab xl sched-credit --domain ', ['A', 'idler', 'web']],
  ['creditlab xl pause w', ['web']],
  ['creditlab xl vcpu-pin A ', ['all']],
  ['creditlab xl vcpu-pin ', ['A', 'idler', 'web']],
  ['creditlab xl list A ', ['A', 'idler', 'web']],
  ['creditlab xl debug-keys ', ['r']],
  ['creditlab xl create m', ['mine.yaml']],
  ['creditlab down --name ', ['lab']],
  ['creditlab up --name ', []],
  ['creditlab xl --name ', ['lab']],
  ['creditlab xl --name lab des', ['destroy']],
];

for (const shell of SHELL_NAMES) {
  describe(`completion in ${shell}`, function () {
    this.timeout(120_000);
    let offered = new Map<string, string[]>();
    let everyOption = new Map<string, string[]>();
    let commands: string[] = [];

    before(async function () {
      if (!isThere(shell)) {
        tell(`skipped: there is no ${shell}`);
        this.skip();
      }
      const { code, stdout: script, stderr } = await creditlab(['completion', shell]);
      assert.equal(code, 0, stderr);
      const { stdout: help } = await inProcess(['--help'], '.');
      commands = [...help.matchAll(/^ {2}([a-z]+) /gm)]
        .map(([, name]) => name)
        .filter((name) => name !== 'help');
      assert.ok(commands.length > 7);
      await inTemporaryDirectory(async (home) => {
        const dir = join(home, 'files');
        mkdirSync(dir);
        for (const file of FILES) writeFileSync(join(dir, file), '');
        const host = new InventedHost();
        const server = await HostServer.open({
          note: { name: 'lab', pcpus: [], machine: 'simulated' },
          port: null,
          say: assert.fail,
          directory: join(home, 'creditlab'),
        });
        try {
          server.attach({
            host: {
              command: (command) => host.command(command as object),
              state: () => host.state(),
              listen: () => () => undefined,
            },
            commands: [],
            scenario: () => '',
          });
          const lines = CASES.map(([line]) => line);
          offered = await pressTab(shell, script, lines, dir, { XDG_RUNTIME_DIR: home });
          const all = ['creditlab ', ...commands.map((command) => `creditlab ${command} --`)];
          everyOption = await pressTab(shell, script, all, dir);
        } finally {
          await server.close();
        }
      });
    });

    for (const [line, offers] of CASES)
      it(`offers for '${line}': ${offers.join(' ') || 'nothing'}`, () => {
        assert.deepEqual(offered.get(line), [...offers].sort());
      });

    it('offers every command', () => {
      assert.deepEqual(everyOption.get('creditlab '), [...commands, 'help'].sort());
    });

    it('offers every option that the help of a command has, and no other', async () => {
      for (const command of commands) {
        const { stdout } = await inProcess([command, '--help'], '.');
        const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
        // The tool's own options are in its own help.
        if (command === 'xl') options.push('--name', '--explain', '--strict-xl');
        assert.ok(options.length > 0);
        assert.deepEqual(everyOption.get(`creditlab ${command} --`), options.sort(), command);
      }
    });
  });
}

describe('the names that are offered of what runs', () => {
  it('are none, without an error, where somebody else could have put sockets', () =>
    inTemporaryDirectory((dir) => {
      mkdirSync(join(dir, 'creditlab'));
      chmodSync(join(dir, 'creditlab'), 0o777);
      const program = join(packageRoot(), 'dist/src/cli/completion/live-names.js');
      for (const kind of ['hosts', 'vms']) {
        const env = { ...process.env, XDG_RUNTIME_DIR: dir };
        const { status, stdout, stderr } = spawnSync(process.execPath, [program, kind], {
          env,
          encoding: 'utf8',
        });
        assert.deepEqual([status, stdout, stderr], [0, '', '']);
      }
    }));
});

describe('completion in bash at its prompt', function () {
  this.timeout(30_000);

  it('completes what was typed when the key is pressed', async function () {
    if (!isThere('bash') || !isThere('script')) {
      tell('skipped: there is no bash, or no script(1) that makes a terminal');
      this.skip();
    }
    const { stdout: script } = await creditlab(['completion', 'bash']);
    await inTemporaryDirectory((dir) => {
      writeFileSync(join(dir, 'completion'), script);
      writeFileSync(join(dir, 'two words.yaml'), '');
      const typed = [
        'PS1=; source ./completion; creditlab() { printf \'<%s>\' "$@"; echo; }',
        'creditlab ru\t--js\tx --csv=two\t',
        'creditlab lab weights-and\t',
        'exit',
        '',
      ];
      const { stdout } = spawnSync('script', ['-qec', 'bash --norc -i', '/dev/null'], {
        cwd: dir,
        input: typed.join('\n'),
        encoding: 'utf8',
        env: { ...process.env, HOME: dir, TERM: 'dumb' },
      });
      assert.match(stdout, /<run><--json><x><--csv=two words\.yaml>/);
      assert.match(stdout, /<lab><weights-and-caps>/);
    });
  });
});

describe('creditlab completion', () => {
  it('refuses a shell that it has no script for', async () => {
    const { code, stderr } = await inProcess(['completion', 'tcsh'], '.');
    assert.equal(code, 2);
    assert.match(stderr, /Allowed choices are bash, zsh, fish/);
  });
});
