import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Ajv } from 'ajv';
import { runProgram } from '../../src/cli/program.ts';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import { LabError } from '../../src/base/errors.ts';
import type { Testbed, OpenTestbed } from '../../src/testbed/testbed.ts';
import type { RunResult } from '../../src/result/result.ts';
import { predict } from '../../src/predict/predict.ts';
import { RunFailed } from '../../src/result/run-failed.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { schemaDir } from '../../scripts/write-schemas.ts';
import { observationsOf, LAPTOP, type Machine, PRISTINE } from '../doctor/invented-machine.ts';
import { sampleHost, sampleRun } from '../report/sample.ts';
import { inTemporaryDirectory } from './spawn.ts';
import { takeText } from './take-text.ts';

const WINDOW_NS = 2e9;

/** Two seconds with the shares that the scheduler is known for, less what others took. */
function probeRun(scenario: Scenario, lostPercent = 0): RunResult {
  const vms = (predict(scenario) ?? []).map(({ sharePercent }) => ({
    cpuNs: ((sharePercent?.median ?? NaN) / 100) * WINDOW_NS * (1 - lostPercent / 100),
  }));
  return sampleRun(scenario, vms, { windowNs: WINDOW_NS });
}

function openWith(run: (scenario: Scenario) => Promise<RunResult>, opened: number[][] = []): OpenTestbed {
  return ({ pcpus }) => {
    opened.push([...pcpus]);
    const testbed: Testbed = {
      host: sampleHost,
      run,
      calibrate: () => Promise.reject(new Error('not asked for')),
      close: () => Promise.resolve(),
    };
    return Promise.resolve(testbed);
  };
}

const quiet = openWith((scenario) => Promise.resolve(probeRun(scenario)));

async function doctor(args: readonly string[], machine: Machine = PRISTINE, open: OpenTestbed = quiet) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let code: number | null = null;
  await runProgram(['doctor', ...args], {
    stdout,
    stderr,
    print: (text) => void stdout.write(`${text}\n`),
    say: (line) => void stderr.write(`creditlab: ${line}\n`),
    exit: (value) => (code = value),
    testbed: { open, observe: (choose) => observationsOf(machine, choose) },
  });
  return { code, stdout: takeText(stdout), stderr: takeText(stderr) };
}

describe('creditlab doctor --quiet', () => {
  it('says nothing but by its file and its exit code', () =>
    inTemporaryDirectory(async (dir) => {
      const file = join(dir, 'o.json');
      assert.deepEqual(await doctor(['--quiet', '--json', file]), { code: 0, stdout: '', stderr: '' });
      const { examinedPcpus } = JSON.parse(readFileSync(file, 'utf8')) as Diagnosis;
      assert.ok(examinedPcpus.length > 0);
    }));
});

describe('creditlab doctor', () => {
  it('ends with 0 where nothing spoils timings, and recommends pCPUs and promises a precision', async () => {
    const { code, stdout } = await doctor([]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^Recommended: --pcpus 1-3 /m);
    assert.match(
      stdout,
      /^Expect shares to about \d[\d.]* points and execution times to about \d[\d.]* %\.$/m,
    );
    assert.match(stdout, /^Nothing was found that spoils timings\.$/m);
  });

  it('probes the best of the recommended CPUs', async () => {
    const opened: number[][] = [];
    await doctor(
      [],
      PRISTINE,
      openWith((scenario) => Promise.resolve(probeRun(scenario)), opened),
    );
    assert.deepEqual(opened, [[3]]);
  });

  it('ends with 3 when a check finds what spoils timings, and names it', async () => {
    const { code, stdout } = await doctor([], LAPTOP);
    assert.equal(code, 3);
    assert.match(stdout, /^✗ battery +in use$/m);
    assert.match(stdout, /^Not fit for timings because of: battery, load by others\.$/m);
  });

  it('ends with 3 when only the probe finds the machine wanting', async () => {
    const { code, stdout } = await doctor(
      [],
      PRISTINE,
      openWith((scenario) => Promise.resolve(probeRun(scenario, 8))),
    );
    assert.equal(code, 3);
    assert.match(stdout, /^Not fit for timings because of: precision\.$/m);
  });

  it('opens no lab with --no-probe', async () => {
    const opened: number[][] = [];
    const { code, stdout } = await doctor(
      ['--no-probe'],
      PRISTINE,
      openWith(() => assert.fail('it ran'), opened),
    );
    assert.equal(code, 0);
    assert.deepEqual(opened, []);
    assert.match(stdout, /^\? precision +not measured: switched off by --no-probe$/m);
  });

  it('examines and probes the CPUs of --pcpus', async () => {
    const opened: number[][] = [];
    const open = openWith((scenario) => Promise.resolve(probeRun(scenario)), opened);
    const { code, stdout } = await doctor(['--pcpus', '2,3'], LAPTOP, open);
    assert.equal(code, 3);
    assert.deepEqual(opened, [[2]]);
    assert.match(stdout, /^✗ SMT siblings +pCPUs 2-3 share cores/m);
  });

  for (const code of ['NO_ADDON', 'NOT_SUPPORTED'] as const) {
    it(`shows the other findings where the lab can't be opened, and why it can't: ${code}`, async () => {
      const open = () => Promise.reject(new LabError(code, 'no lab here', { hint: 'build one' }));
      const result = await doctor([], PRISTINE, open);
      assert.equal(result.code, 0);
      assert.match(result.stdout, /^✓ clock source +tsc$/m);
      assert.match(result.stdout, /^\? precision +not measured: no lab here; build one$/m);
    });
  }

  it('ends with 1 when the probe fails, after all other findings', async () => {
    const open = openWith((scenario) => Promise.reject(new RunFailed('a vCPU fell', probeRun(scenario))));
    const { code, stdout, stderr } = await doctor([], LAPTOP, open);
    assert.equal(code, 1);
    assert.match(stdout, /not measured: the probe failed: a vCPU fell/);
    assert.match(stdout, /^Not fit for timings because of: battery/m);
    assert.match(stderr, /creditlab: a vCPU fell/);
  });

  for (const [what, machine, args] of [
    ['with a probe', PRISTINE, []],
    ['without one', LAPTOP, ['--no-probe']],
  ] as const) {
    it(`writes JSON that its schema accepts, ${what}`, () =>
      inTemporaryDirectory(async (dir) => {
        const file = join(dir, 'doctor.json');
        await doctor([...args, '--json', file], machine);
        const written = JSON.parse(readFileSync(file, 'utf8')) as Diagnosis;
        const schema = JSON.parse(readFileSync(join(schemaDir, 'doctor.schema.json'), 'utf8')) as object;
        const validate = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(schema);
        assert.ok(validate(written), JSON.stringify(validate.errors));
        assert.equal(written.fit, machine === PRISTINE);
        assert.equal(written.probe !== null, machine === PRISTINE);
        assert.equal(written.findings.length, 18);
      }));
  }

  const bad: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['--probes'], /unknown option '--probes'/],
    [['--pcpus', '1-x'], /--pcpus: not a list of CPUs\n +expected CPU numbers.*got '1-x'/],
    [['--pcpus', '1,1'], /--pcpus: a CPU is given twice/],
    [['--pcpus', '1,9'], /--pcpus: CPU 9 is not allowed on this host\n +expected CPUs out of 0-3/],
    [['--json', '/nowhere/at/all.json'], /--json \/nowhere\/at\/all\.json: there is no directory/],
    [['extra'], /too many arguments/],
  ];
  for (const [args, says] of bad) {
    it(`ends with 2 and opens nothing: ${args.join(' ')}`, async () => {
      const opened: number[][] = [];
      const { code, stdout, stderr } = await doctor(
        args,
        PRISTINE,
        openWith(() => assert.fail('it ran'), opened),
      );
      assert.equal(code, 2);
      assert.match(stderr, says);
      assert.equal(stdout, '');
      assert.deepEqual(opened, []);
    });
  }
});
