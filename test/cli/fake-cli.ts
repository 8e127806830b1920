/**
 * The whole command on an invented machine: `FAKE` says how its runs behave. Prints OPENED when the hardware would have
 * been opened, and RUNNING when a run is under way.
 */
import { processConsole } from '../../src/cli/console.ts';
import { runProgram } from '../../src/cli/program.ts';
import { LabError } from '../../src/base/errors.ts';
import type { Testbed, OpenTestbed, RunHooks } from '../../src/testbed/testbed.ts';
import type { RunResult } from '../../src/result/result.ts';
import { RunFailed } from '../../src/result/run-failed.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { Kind, rowOf } from '../../src/trace/record.ts';
import { sampleHost, sampleRun } from '../report/sample.ts';
import { openInventedHost } from './invented-run.ts';

/** What the run with this number (from 1) does in place of finishing at once. */
const BEHAVIOUR = process.env.FAKE ?? 'quick';
const SPECIAL_RUN = BEHAVIOUR.endsWith('-at-once') ? 1 : 2;
const FOREVER_MS = 60_000;
/** All that its runs record: a tick. */
const RECORD = rowOf(Kind.tick, 1e6, 0);

class FakeLab implements Testbed {
  readonly host = sampleHost;
  private started = 0;
  private current: Scenario | null = null;
  private trace: RunHooks['trace'] = null;

  async run(scenario: Scenario, hooks: RunHooks): Promise<RunResult> {
    this.started++;
    this.current = scenario;
    this.trace = hooks.trace ?? null;
    this.trace?.append(RECORD, 1);
    const vms = scenario.vms.map(({ name }) => ({ name, fraction: 0.5, cpuNs: 1e9, elapsedNs: 2e9 }));
    hooks.onProgress({ phase: 'running', text: 'running', elapsedNs: 2e9, vms });
    if (this.started !== SPECIAL_RUN) return sampleRun(scenario);
    switch (BEHAVIOUR) {
      case 'until-aborted':
        return this.untilAborted(scenario, hooks);
      case 'deaf':
        return this.sayRunningAndWait(scenario);
      case 'fails':
        throw new RunFailed('a vCPU fell over', sampleRun(scenario));
      case 'bad-workload':
      case 'bad-workload-at-once':
        throw new LabError('BAD_WORKLOAD', 'checksum differs between two runs with the same seed');
      case 'wrong-checksum':
        return sampleRun(scenario, [{ checksumOk: false }]);
      case 'crashes':
        setTimeout(() => {
          throw new Error('a bug in main');
        });
        return this.sayRunningAndWait(scenario);
      case 'throws':
        throw new Error('a bug in the lab');
      case 'snapshot-throws':
        setTimeout(() => process.exit(7));
        return this.sayRunningAndWait(scenario);
      case 'killed':
        process.kill(process.pid, 'SIGKILL');
        return this.sayRunningAndWait(scenario);
      case 'exits':
        setTimeout(() => process.exit(7));
        return this.sayRunningAndWait(scenario);
      default:
        return sampleRun(scenario);
    }
  }

  calibrate() {
    return Promise.resolve({
      size: 64,
      unitsPerSecond: 2500,
      nsPerUnit: 400_000,
      spreadPercent: 0.5,
      samples: 9,
      units: 900,
      checksumOk: true,
    });
  }

  snapshot(): RunResult | null {
    // What nobody has read yet is gathered, too.
    this.trace?.append(RECORD, 1);
    if (BEHAVIOUR === 'snapshot-throws') throw new Error('no snapshot');
    return this.current === null ? null : sampleRun(this.current);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private untilAborted(scenario: Scenario, { signal }: RunHooks): Promise<RunResult> {
    void this.sayRunningAndWait(scenario);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(sampleRun(scenario, [], { complete: false }));
      });
    });
  }

  private sayRunningAndWait(scenario: Scenario): Promise<RunResult> {
    process.stderr.write('RUNNING\n');
    return new Promise((resolve) => {
      setTimeout(resolve, FOREVER_MS, sampleRun(scenario)).unref();
      setInterval(() => undefined, FOREVER_MS).ref();
    });
  }
}

const openHost = openInventedHost(BEHAVIOUR);

const open: OpenTestbed = () => {
  process.stderr.write('OPENED\n');
  return Promise.resolve(new FakeLab());
};

await runProgram(process.argv.slice(2), { ...processConsole(), testbed: { open, openHost } });
setTimeout(() => process.exit(), 300).unref();
