import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TraceFileWriter } from '../../src/trace/file-writer.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { vm } from '../host/invented-scenario.ts';
import { inventedTrace } from '../trace/invented-trace.ts';
import { inProcess } from './in-process.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

const twoVms = {
  pcpus: [4, 6],
  vms: [vm('A', { vcpus: 2, work: null }), vm('BETA', { cap: 25, work: null })],
};

describe('creditlab trace', () => {
  it('sums up a trace: VMs, pCPUs, reasons, run states, and the latency from intent to fact', () =>
    withTraces([inventedTrace({ facts: {}, scenario: twoVms, label: 'smp' })], async (dir) => {
      const { code, stdout, stderr } = await inProcess(['trace', 't.gz'], dir);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, '');
      assert.match(stdout, /^smp\n0\.000 s to 0\.300 s, 2 CPUs, \d+ records$/m);
      assert.match(stdout, /^BETA +90\.00 ms +30\.0 % +29\.\d % /m);
      assert.match(stdout, /^CPU 6 +\d/m);
      assert.match(stdout, /^lost its pCPU .*parked$/m);
      assert.match(stdout, /^BETA\/v0 +running +\d+ .*\n(?: .*\n)* +parked +\d+ /m);
      assert.match(stdout, /^From decision to fact: \d+ times, p50 \d+\.\d µs/m);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    }));

  it('says with --steps what the changes did, measured beside simulated, in 80 columns', () => {
    const scenario = {
      durationNs: 6e9,
      vms: [vm('A', { work: null }), vm('B', { weight: 512, work: null })],
      events: [{ atNs: 3e9, kind: 'set' as const, vm: 'A', weight: 1024 }],
    };
    return withTraces([inventedTrace({ facts: {}, scenario }), inventedTrace({ scenario })], async (dir) => {
      const { code, stdout, stderr } = await inProcess(['trace', 't.gz', '--steps'], dir);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^3\.000 s: A weight 1024\nA +measured +33\.\d → 66\.\d % +\d/m);
      assert.match(stdout, /^ +simulated +33\.3 → 66\.7 % +\d/m);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
      const { stdout: alone } = await inProcess(['trace', 't.gz', '--steps', '--run', '2'], dir);
      assert.match(alone, /^3\.000 s: A weight 1024\nA +33\.3 → 66\.7 % +\d/m);
      assert.doesNotMatch(alone, /measured/);
    });
  });

  it('says that a simulation has no facts, and what is missing', () =>
    withTraces([inventedTrace({ complete: false, lostIntents: 3 })], async (dir) => {
      const { stdout } = await inProcess(['trace', 't.gz'], dir);
      assert.match(stdout, /^invented \(simulated\)$/m);
      assert.match(stdout, /^warning: the trace is incomplete/m);
      assert.match(stdout, /^warning: 3 records of what was meant were lost/m);
      assert.match(stdout, /^No facts:/m);
    }));

  it('applies the filters to everything', () =>
    withTraces([inventedTrace({ facts: {}, scenario: twoVms })], async (dir) => {
      const args = ['trace', 't.gz', '--vm', 'A/v1', '--pcpu', '6', '--from', '30ms', '--to', '0.2s'];
      const { stdout, code } = await inProcess([...args, '--json', 'o.json'], dir);
      assert.equal(code, 0);
      assert.match(stdout, /; here 0\.030 s to 0\.200 s$/m);
      assert.doesNotMatch(stdout, /BETA|A\/v0|CPU 4/);
      const json = JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')) as {
        fromNs: number;
        vms: { name: string }[];
        pcpus: { id: number }[];
        vcpus: { id: string }[];
      };
      assert.equal(json.fromNs, 30e6);
      assert.deepEqual(
        [json.vms.map(({ name }) => name), json.pcpus.map(({ id }) => id), json.vcpus.map(({ id }) => id)],
        [['A'], [6], ['A/v1']],
      );
      const { stdout: records } = await inProcess([...args, '--records'], dir);
      const times = [...records.matchAll(/^(0\.\d{3}) (?:\d{3} )?s {2,}\S/gm)].map(([, time]) =>
        Number(time),
      );
      assert.ok(times.length > 5);
      assert.ok(times.every((time) => time >= 0.03 && time <= 0.2));
    }));

  it('says why, of every vCPU, of a VM or of one vCPU', () =>
    withTraces([inventedTrace({ scenario: twoVms })], async (dir) => {
      const asked = async (...args: string[]) =>
        [...(await inProcess(['trace', 't.gz', ...args], dir)).stdout.matchAll(/^(\S+) at 0\.100 s: /gm)].map(
          ([, id]) => id,
        );
      assert.deepEqual(await asked('--why', '100ms'), ['A/v0', 'A/v1', 'BETA/v0']);
      assert.deepEqual(await asked('--why', 'A@100ms'), ['A/v0', 'A/v1']);
      assert.deepEqual(await asked('--why', 'A/v1@100ms', '--why', 'BETA@100ms'), ['A/v1', 'BETA/v0']);
      assert.deepEqual(await asked('--why', '100ms', '--vm', 'BETA'), ['BETA/v0']);
    }));

  it('draws a Gantt chart of 80 columns', () =>
    withTraces([inventedTrace({ facts: {}, scenario: twoVms })], async (dir) => {
      const { stdout } = await inProcess(['trace', 't.gz', '--gantt', '--to', '0.1s'], dir);
      assert.match(stdout, /^CPU 4 {4}[ABa.]{71}\n fact {4}[ABa.]{71}\n switch/m);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    }));

  it('lists the runs in a file, and shows the one that is chosen', () =>
    withTraces(
      [inventedTrace({ label: 'first' }), inventedTrace({ label: 'second', run: 2 })],
      async (dir) => {
        const { stdout } = await inProcess(['trace', 't.gz', '--run', '2'], dir);
        assert.match(
          stdout,
          /^The file has 2 runs:\n {2}--run 1 {2}first, run 1\n\* --run 2 {2}second, run 2\n\nsecond, run 2 /,
        );
        assert.match((await inProcess(['trace', 't.gz'], dir)).stdout, /^first, run 1 /m);
      },
    ));

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'an unknown VM',
      ['--vm', 'BTA'],
      /--vm: there is no VM 'BTA' in this trace\n {2}hint: did you mean 'BETA'\?/,
    ],
    ['an unknown vCPU', ['--why', 'A/v9@1ms'], /--why: there is no vCPU 'A\/v9'/],
    ['a CPU that was not used', ['--pcpu', '0'], /--pcpu: CPU 0 is not in this trace\n {2}expected .*4, 6/],
    ['no list of CPUs', ['--pcpu', 'x'], /--pcpu: not a list of CPUs/],
    [
      'a time beyond the end',
      ['--why', 'A@0.4s'],
      /--why: the trace ends before that\n {2}expected a time from 0\.000 s to 0\.300 s/,
    ],
    ['no time', ['--from', 'soon'], /--from: not a time/],
    ['a beginning behind the end', ['--from', '0.2s', '--to', '0.1s'], /--to: there is nothing in between/],
    ['a run that is not there', ['--run', '2'], /--run: .*\n {2}expected a whole number from 1 to 1/],
    ['the trace itself as output', ['--json', 't.gz'], /--json: this would replace the input/],
  ];
  for (const [what, args, message] of mistakes) {
    it(`refuses ${what}`, () =>
      withTraces([inventedTrace({ scenario: twoVms })], async (dir) => {
        const { code, stdout, stderr } = await inProcess(['trace', 't.gz', ...args], dir);
        assert.equal(code, 2);
        assert.match(stderr, message);
        assert.equal(stdout, '');
      }));
  }

  it('refuses a run in which nothing was recorded, without blaming an option', () =>
    inTemporaryDirectory(async (dir) => {
      const writer = new TraceFileWriter(join(dir, 't'));
      writer.begin(inventedTrace({}).header);
      writer.end({ endNs: NaN, complete: false, lostIntents: 0, lostFacts: 0 });
      writer.close();
      const { code, stderr } = await inProcess(['trace', 't'], dir);
      assert.equal(code, 2);
      assert.equal(stderr, 'creditlab: the trace is empty: nothing was recorded in this run\n');
    }));

  it('writes each file, also when another one cannot be written, and complains about all that cannot', function () {
    if (!existsSync('/dev/full')) this.skip();
    return withTraces([inventedTrace({})], async (dir) => {
      symlinkSync('/dev/full', join(dir, 'full'));
      const chrome = ['--chrome', 'c.json'];
      const both = ['trace', 't.gz', '--json', '/dev/full', '--perfetto', 'full', ...chrome];
      const { code, stderr } = await inProcess(both, dir);
      assert.equal(code, 1);
      assert.match(stderr, /--json \/dev\/full: .*ENOSPC[^]*--perfetto full: .*ENOSPC/);
      assert.ok(statSync(join(dir, 'c.json')).size > 0);
    });
  });

  it('says in one line that standard output is full', () =>
    withTraces([inventedTrace()], async (dir) => {
      const { code, stderr } = await creditlab(['trace', 't.gz', '--records'], {
        cwd: dir,
        stdout: '/dev/full',
      });
      assert.equal(code, 1);
      assert.equal(stderr, 'creditlab: standard output could not be written (ENOSPC)\n');
    })).timeout(20_000);

  it('refuses what is no trace', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 'x.json'), '{"format": "creditlab-result"}\n');
      for (const [file, says] of [
        ['x.json', /x\.json:1: this is no trace/],
        ['nowhere', /nowhere: there is no such file/],
        ['.', /\.: this is a directory\n {2}expected a file of creditlab run --trace/],
      ] as const) {
        const { code, stderr } = await inProcess(['trace', file], dir);
        assert.equal(code, 2);
        assert.match(stderr, says);
      }
    }));
});

async function withTraces(traces: readonly Trace[], use: (dir: string) => Promise<void>): Promise<void> {
  await inTemporaryDirectory(async (dir) => {
    const writer = new TraceFileWriter(join(dir, 't.gz'));
    for (const { header, rows, count, endNs, complete, lost } of traces) {
      writer.begin(header);
      writer.append(rows, count);
      writer.end({ endNs, complete, lostIntents: lost.intents, lostFacts: lost.facts });
    }
    writer.close();
    await use(dir);
  });
}
