import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LiveHost } from '../../src/control/live-host.ts';
import type { Change } from '../../src/control/state.ts';
import type { RunResult } from '../../src/result/result.ts';
import type { LiveRun } from '../../src/testbed/live-run.ts';
import { RecordFan } from '../../src/trace/record-fan.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { traceHeader } from '../../src/trace/trace.ts';
import { cpus, gateIsSound, run, scenario, tell, testbedFor, vm } from './support.ts';

const VMS = 200;
/** From here on nothing should grow but what is played. */
const EARLY_VMS = 50;
const CHANGES_PER_VM = 10;
/** Kept of the trace: fewer than there are by the early look. */
const RECORDS = 1 << 12;
const MB = 1e6;
const MOST_GROWN_BYTES = 50 * MB;
const THREAD_BYTES = 15 * MB;
/** Of the pool: the VM that goes may still be there when the next one comes. */
const MOST_NEW_THREADS = 8;

interface Use {
  readonly rssBytes: number;
  readonly threads: number;
}

describe('a host that lives for long', function () {
  this.timeout(180_000);
  const testbed = testbedFor({ pcpus: cpus.slice(0, 1) });

  it(`needs no more than at first: ${VMS} VMs that come and go, ${VMS * CHANGES_PER_VM} changes`, async () => {
    const planned = scenario([vm('A'), vm('B')]);
    const store = new TraceStore(RECORDS);
    store.begin(traceHeader(planned, { label: 'long', run: 1, machine: 'hardware' }));
    const fan = new RecordFan(store);
    const told: Change[] = [];
    const used: Use[] = [];
    let heard = 0;
    const play = async (live: LiveRun): Promise<void> => {
      const host = new LiveHost({ name: 'long', machine: 'hardware', run: live, scenario: planned });
      fan.takers.push(host);
      host.listen(() => heard++);
      for (let n = 0; n < VMS; n++) {
        if (n === EARLY_VMS) used.push(use());
        told.push(...(await life(host, n)));
      }
      used.push(use());
    };
    const result = await lived(play, fan);
    gateIsSound();

    assert.equal(told.length, VMS * (CHANGES_PER_VM + 2));
    assert.ok(told.every(({ askedNs, atNs, actsNs }) => askedNs <= atNs && atNs <= actsNs));
    const changes = result.changes ?? [];
    const onSchedule = told.filter(({ command }) => command !== 'stop');
    assert.equal(changes.length, onSchedule.length);
    assert.ok(changes.every(({ atNs }, n) => n === 0 || atNs >= changes[n - 1].atNs));
    const { header, lost } = store.trace() ?? assert.fail('nothing was recorded');
    assert.deepEqual(header.changes, changes);
    assert.deepEqual([lost.intents, lost.facts], [0, 0]);
    assert.equal(result.vms.length, 2 + VMS);
    assert.ok(result.vms.every(({ vcpus }) => vcpus.every(({ checksumOk }) => checksumOk !== false)));
    assert.ok(heard > VMS * CHANGES_PER_VM);

    const [early, late] = used;
    const grownMb = (late.rssBytes - early.rssBytes) / MB;
    const { windowNs } = result;
    tell(
      `${(windowNs / 1e9).toFixed(1)} s, ${grownMb.toFixed(1)} MB more, ${early.threads}→${late.threads} threads`,
    );
    const newThreads = late.threads - early.threads;
    assert.ok(newThreads <= MOST_NEW_THREADS, `${newThreads} threads more`);
    const most = MOST_GROWN_BYTES + newThreads * THREAD_BYTES;
    assert.ok(late.rssBytes - early.rssBytes < most, `${grownMb} MB more`);
  });

  async function lived(play: (live: LiveRun) => Promise<void>, fan: RecordFan): Promise<RunResult> {
    let failure: unknown = null;
    const onStart = (live: LiveRun): void => {
      play(live)
        .catch((error: unknown) => (failure = error))
        .finally(() => live.stop());
    };
    const result = await run(testbed(), scenario([vm('A'), vm('B')]), {
      live: { onStart, staysUp: true },
      trace: fan,
    });
    if (failure !== null) throw failure as Error;
    return result;
  }
});

/** Garbage isn't growth. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** A VM comes, is changed in every way, and goes. */
async function life(host: LiveHost, n: number): Promise<readonly Change[]> {
  const name = `V${n}`;
  const command = (written: object): Promise<Change> => host.command(written, 'library');
  const created = await command({ command: 'create', vm: { name, weight: 128 + n } });
  const changes = await Promise.all([
    command({ command: 'set', vm: name, weight: 512 }),
    command({ command: 'set', vm: 'A', weight: 256 + n }),
    command({ command: 'set', vm: name, cap: 50 }),
    command({ command: 'pause', vm: 'B' }),
    command({ command: 'set', vm: name, cap: 0 }),
    command({ command: 'unpause', vm: 'B' }),
    command({ command: 'tune', scheduler: { tslice: `${5 + (n % 3)}ms` } }),
    command({ command: 'pin', vm: 'A', pin: [cpus[0]] }),
    command({ command: 'mark', text: `life ${n}` }),
    command({ command: 'set', vm: 'A', cap: n % 2 === 0 ? 0 : 60 }),
  ]);
  return [created, ...changes, await command({ command: 'destroy', vm: name })];
}

function use(): Use {
  collect();
  return { rssBytes: process.memoryUsage.rss(), threads: readdirSync('/proc/self/task').length };
}
