import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandOptions, command, type Ended } from './command.ts';
import { cpus, needHardware, tell, testWorkload } from './support.ts';

/** What the project promises is 2 s; a shared machine that runs tests gets some more. */
const SOON_MS = 3500;

/** Two hogs on one pCPU: one of them is always paused. */
const HOGS = ['run', '--pcpus', String(cpus[0]), '--vm', 'A:weight=256', '--vm', 'B:weight=512'];
const LONG = [...HOGS, '--duration', '8s'];

/** A inject comes so long after the common start; before that, the process starts, checks and calibrates. */
const INJECTED_MS = 1000;
const START_MS = 3000;

const inject = (name: string): CommandOptions => ({ env: { CREDITLAB_INJECT: name } });

describe('a process with paused vCPUs', function () {
  this.timeout(60_000);

  before(function () {
    needHardware(this);
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`ends on ${signal} with ${code}, and keeps what was measured`, async () => {
      const ended = await command(LONG, { act: (child) => void child.kill(signal) });
      assert.equal(ended.code, code, ended.output);
      soon(ended);
      partial(ended);
    });
  }

  it('ends at once on a second Ctrl-C', async () => {
    const ended = await command(LONG, {
      act: async (child) => {
        child.kill('SIGINT');
        await sleep(20);
        child.kill('SIGINT');
      },
    });
    // If it had all but ended, the second one meets the system's own handler; a shell sees 130 either way.
    assert.ok(ended.code === 130 || ended.signal === 'SIGINT', ended.output);
    soon(ended);
  });

  it('ends on process.exit, and keeps what was measured', async () => {
    const ended = await command(LONG, inject(`main-exit@${INJECTED_MS}`));
    assert.equal(ended.code, 7, ended.output);
    soonAfterFailure(ended);
    partial(ended);
  });

  it('ends on an uncaught error in the main thread', async () => {
    const ended = await command(LONG, inject(`main-throw@${INJECTED_MS}`));
    assert.equal(ended.code, 1, ended.output);
    assert.match(ended.output, /injected failure in the main thread/);
    soonAfterFailure(ended);
    partial(ended);
  });

  it('ends on an error in the hypervisor thread', async () => {
    const ended = await command(LONG, inject(`loop-throw@${INJECTED_MS}`));
    assert.equal(ended.code, 1, ended.output);
    assert.match(ended.output, /injected failure in the hypervisor thread/);
    soonAfterFailure(ended);
    partial(ended);
  });

  it('ends when the hypervisor thread stands still: the vCPUs release themselves', async () => {
    const ended = await command(LONG, inject(`loop-freeze@${INJECTED_MS}`));
    assert.equal(ended.code, 1, ended.output);
    assert.match(ended.output, /released themselves/);
    soonAfterFailure(ended);
    partial(ended);
  });

  it('ends on an error in a workload', async () => {
    const ended = await command([...LONG, '--vm', `X:workload=${testWorkload('throws-late')}`]);
    assert.equal(ended.code, 1, ended.output);
    assert.match(ended.output, /enough is enough/);
    partial(ended);
  });

  it('ends on Ctrl-C although a workload never returns from a step', async () => {
    const ended = await command([...LONG, '--vm', `X:workload=${testWorkload('stuck')}`], {
      act: async (child) => {
        await sleep(1500);
        child.kill('SIGINT');
      },
    });
    assert.equal(ended.code, 130, ended.output);
    assert.ok(ended.tookMs < 1500 + SOON_MS, `took ${ended.tookMs.toFixed(0)} ms`);
    partial(ended);
  });

  it('says so when a workload never returned from a step, and ends', async () => {
    const ended = await command([...HOGS, '--duration', '3s', '--vm', `X:workload=${testWorkload('stuck')}`]);
    assert.equal(ended.code, 1, ended.output);
    assert.match(ended.output, /X\/v0: a step did not return/);
    partial(ended);
  });

  for (const [stop, how] of [
    ['SIGSTOP', 'stopped from outside'],
    ['SIGTSTP', 'stopped by Ctrl-Z'],
  ] as const) {
    it(`goes on after being ${how} for 3 s, with a warning`, async function () {
      let hasStopped = false;
      const ended = await command([...HOGS, '--duration', '7s'], {
        act: async (child) => {
          child.kill(stop);
          await sleep(3000);
          hasStopped = /^State:\s+T/m.test(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
          child.kill('SIGCONT');
        },
      });
      if (!hasStopped) {
        tell(
          'skipped: Ctrl-Z has no effect here, where no shell could continue the process (orphaned process group)',
        );
        this.skip();
      }
      assert.equal(ended.code, 0, ended.output);
      const [run] = ended.result?.runs ?? assert.fail('no result');
      assert.equal(run.complete, true);
      assert.ok(
        run.warnings.some((warning) => /was stopped for [23]\.\d s/.test(warning)),
        run.warnings.join('; '),
      );
      assert.ok(run.windowNs < 5e9, `the stop is left out: ${run.windowNs}`);
      const stolenNs = run.vms.flatMap((vm) => vm.vcpus).reduce((sum, vcpu) => sum + vcpu.stolenNs, 0);
      assert.ok(stolenNs < 2e9, `the stop counts as time that others took: ${stolenNs}`);
      assert.ok(run.vms.every((vm) => vm.vcpus.every((vcpu) => vcpu.checksumOk === true)));
    });
  }
});

function soon(ended: Ended): void {
  assert.ok(ended.tookMs < SOON_MS, `took ${ended.tookMs.toFixed(0)} ms`);
}

function soonAfterFailure(ended: Ended): void {
  assert.ok(ended.tookMs < START_MS + INJECTED_MS + SOON_MS, `took ${ended.tookMs.toFixed(0)} ms in all`);
}

/** What was measured until the end is in the file, marked as incomplete. */
function partial({ result, output }: Ended): void {
  const run = result?.runs.at(-1);
  assert.ok(run !== undefined, `nothing was written: ${output}`);
  assert.equal(run.complete, false);
  assert.ok(run.windowNs > 0);
  assert.ok(
    run.vms.some((vm) => vm.cpuNs > 0),
    'no CPU time',
  );
}
