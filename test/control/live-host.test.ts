import assert from 'node:assert/strict';
import { LabError } from '../../src/base/errors.ts';
import { LiveHost } from '../../src/control/live-host.ts';
import { LiveSimulation } from '../../src/control/live-simulation.ts';
import type { Change, StreamMessage } from '../../src/control/state.ts';
import { simulatedRun } from '../../src/predict/simulated-run.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import type { Prepared } from '../../src/testbed/live-run.ts';
import { rowOf } from '../../src/trace/record.ts';
import { changesOf } from '../../src/trace/steps.ts';
import { type RecordTaker, TraceStore } from '../../src/trace/store.ts';
import { type Growth, traceHeader } from '../../src/trace/trace.ts';
import { OwnKind } from '../../src/trace/words/credit1/own-records.ts';
import { fromYaml } from '../scenario/attempt.ts';

const MS = 1e6;
const S = 1e9;
const TWO =
  'name: two\npcpus: [0, 1]\nduration: 90s\nvms: [{ name: A, vcpus: 2 }, { name: B, weight: 512 }]\n';

interface Opened {
  readonly host: LiveHost;
  readonly live: LiveSimulation;
  /** Let virtual time come that far. */
  readonly goTo: (ns: number) => void;
  readonly store: TraceStore;
  /** Let what was asked for be done, without that time goes on. */
  readonly settle: () => Promise<void>;
}

/** A host in virtual time that stands still until it is told to go on. */
function opened(yaml: string, canRerun = false): Opened {
  const scenario = fromYaml(yaml);
  let nowNs = 0;
  const hosts: RecordTaker[] = [];
  const store = new TraceStore();
  store.begin(traceHeader(scenario, { label: 'test', run: 1, machine: 'simulated' }));
  hosts.push(store);
  const live = new LiveSimulation(scenario, {
    clock: () => nowNs,
    trace: {
      put: (row: Float64Array) => hosts.forEach((host) => host.append(row, 1)),
      append: (rows: Float64Array, count: number) => hosts.forEach((host) => host.append(rows, count)),
      grow: (growth: Growth) => hosts.forEach((host) => host.grow(growth)),
      end: () => undefined,
    },
  });
  const host = new LiveHost({ name: 'test', machine: 'simulated', run: live, scenario, canRerun });
  hosts.push(host);
  const goTo = (ns: number): void => {
    nowNs = ns;
    live.advance();
  };
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
  return { host, live, goTo, settle, store };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function loaded(yaml: string): Scenario {
  return resolveScenario(parseYaml(yaml, 'saved.yaml'), { allowedCpus: [0, 1, 2, 3], invented: true });
}

describe('a host that is given a command', () => {
  it('says when it was asked, when it was done, and from when on it counts', async () => {
    const { host, goTo } = opened(TWO);
    goTo(100 * MS);
    const change = await host.command({ command: 'set', vm: 'A', weight: 512 }, 'library');
    assert.deepEqual(change, {
      number: 1,
      command: 'set',
      door: 'library',
      vm: 'A',
      values: { weight: 512 },
      askedNs: 100 * MS,
      atNs: 100 * MS,
      actsNs: 120 * MS,
      words: 'A has weight 512 in place of 256; it counts from the next accounting on, in 20 ms',
    });
  });

  it('puts each kind of change into words', async () => {
    const { host, goTo } = opened(TWO);
    goTo(100 * MS);
    const said: string[] = [];
    const commands = [
      { command: 'set', vm: 'A', cap: 50 },
      { command: 'set', vm: 'A', cap: 0, weight: 256 },
      { command: 'pause', vm: 'B' },
      { command: 'unpause', vm: 'B' },
      { command: 'pin', vm: 'A', vcpu: 1, pin: [1] },
      { command: 'pin', vm: 'A', pin: 'all' },
      { command: 'tune', scheduler: { tslice: '5ms' } },
      { command: 'mark', text: 'look' },
      { command: 'create', vm: { name: 'C', vcpus: 2, workload: 'fft' } },
      { command: 'workload', vm: 'B', workload: 'sort' },
      { command: 'destroy', vm: 'B' },
    ];
    for (const command of commands) said.push((await host.command(command, 'library')).words);
    assert.deepEqual(
      said.map((words) => words.replace(/, in .*$/, '')),
      [
        'A has cap 50 % in place of no cap; it counts from the next accounting on',
        'A has weight 256 in place of 256 and no cap in place of 50 %; it counts from the next accounting on',
        'B is paused',
        'B goes on',
        'A/v1 may run on CPU 1 alone from now on',
        'A may run on all CPUs from now on',
        'the scheduler has tslice 5ms in place of 30ms; it counts from the next accounting on',
        'mark: look',
        'C starts with 2 vCPUs of fft',
        'B computes sort from now on, as B.2',
        'B.2 is destroyed',
      ],
    );
  });

  it('refuses what is wrong, and goes on', async () => {
    const { host, goTo, live } = opened(TWO);
    goTo(100 * MS);
    await assert.rejects(
      host.command({ command: 'set', vm: 'A', wieght: 512 }, 'http'),
      /unknown key 'wieght'/,
    );
    await assert.rejects(host.command({ command: 'set', vm: 'Z', weight: 512 }, 'http'), /no VM 'Z'/);
    await assert.rejects(host.command('stop', 'http'), /no command/);
    assert.deepEqual(live.played().events, []);
    assert.equal((await host.command({ command: 'set', vm: 'A', weight: 7 }, 'http')).number, 1);
  });

  it('carries out those for one VM in the order in which they came, also while it is prepared', async () => {
    const { host, goTo } = opened(TWO);
    goTo(100 * MS);
    const done: number[] = [];
    const note = (index: number) => () => done.push(index);
    await Promise.all([
      host.command({ command: 'create', vm: { name: 'C' } }, 'library').then(note(0)),
      host.command({ command: 'set', vm: 'C', weight: 99 }, 'library').then(note(1)),
      host.command({ command: 'set', vm: 'A', weight: 99 }, 'library').then(note(2)),
      host.command({ command: 'destroy', vm: 'C' }, 'library').then(note(3)),
      host.command({ command: 'create', vm: { name: 'C' } }, 'library').then(note(4)),
    ]);
    assert.deepEqual([...done].sort(), [0, 1, 2, 3, 4]);
    assert.deepEqual(
      done.filter((index) => index !== 2),
      [0, 1, 3, 4],
    );
    const { vms } = await host.state();
    assert.deepEqual(
      vms.map(({ id, name, phase }) => [id, name, phase]),
      [
        [1, 'A', 'running'],
        [2, 'B', 'running'],
        [3, 'C', 'destroyed'],
        [4, 'C.2', 'running'],
      ],
    );
  });

  it('loses none of twenty a second for a minute', async () => {
    const { host, goTo, live } = opened(TWO);
    for (let i = 0; i < 1200; i++) {
      goTo(i * 50 * MS);
      const change = await host.command({ command: 'set', vm: 'A', cap: 1 + (i % 99) }, 'command');
      assert.equal(change.number, i + 1);
    }
    assert.equal(live.played().events.length, 1200);
    const { changes } = await host.state();
    assert.deepEqual([changes.length, changes[0].number], [100, 1101]);
  });

  it('leaves all as it was where a VM cannot be prepared, or not be started', async () => {
    const { host, goTo, live } = opened(TWO);
    goTo(100 * MS);
    const work = { command: 'create', vm: { name: 'C', work: '3 units' } };
    await assert.rejects(host.command(work, 'library'), /units/);
    const abandoned: string[] = [];
    const apply = live.apply.bind(live);
    live.abandon = (prepared?: Prepared) => {
      if (prepared !== undefined) abandoned.push(prepared.spec.name);
    };
    live.apply = () => Promise.reject(new LabError('BAD_OPTION', 'no room'));
    await assert.rejects(host.command({ command: 'create', vm: { name: 'D' } }, 'library'), /no room/);
    live.apply = apply;
    assert.deepEqual(abandoned, ['D']);
    assert.equal((await host.state()).vms.length, 2);
    await host.command({ command: 'create', vm: { name: 'D' } }, 'library');
    assert.deepEqual((await host.state()).vms.map(({ id, name }) => [id, name])[2], [3, 'D']);
  });

  it('tells of a VM while it is prepared', async () => {
    const { host, goTo, live, settle } = opened(TWO);
    goTo(100 * MS);
    const { promise, resolve } = deferred();
    const prepare = live.prepare.bind(live);
    live.prepare = async (spec) => {
      await promise;
      return { ...(await prepare(spec)), remarks: ['no CPU was left for it: it warmed up on CPU 1'] };
    };
    const created = host.command({ command: 'create', vm: { name: 'D', weight: 7 } }, 'library');
    await settle();
    goTo(150 * MS);
    const preparing = (await host.state()).vms[2];
    assert.deepEqual([preparing.id, preparing.phase, preparing.parameters.weight], [3, 'preparing', 7]);
    resolve();
    const { askedNs, atNs, words } = await created;
    assert.deepEqual([askedNs, atNs], [100 * MS, 150 * MS]);
    assert.match(words, /^D starts with 1 vCPU of primes; no CPU was left for it/);
    assert.equal((await host.state()).vms[2].startNs, 150 * MS);
  });

  it('keeps when things were asked for, however long they had to wait: in changes, result and trace', async () => {
    const planned = 'events: [{ at: 120ms, vm: A, weight: 300 }, { at: 130ms, mark: look }]\n';
    const { host, goTo, live, settle, store } = opened(`${TWO}${planned}`);
    goTo(100 * MS);
    const { promise, resolve } = deferred();
    const prepare = live.prepare.bind(live);
    live.prepare = async (spec): Promise<Prepared> => {
      await promise;
      return prepare(spec);
    };
    const created = host.command({ command: 'create', vm: { name: 'D' } }, 'library');
    goTo(110 * MS);
    const waited = host.command({ command: 'set', vm: 'D', weight: 7 }, 'library');
    await settle();
    goTo(150 * MS);
    resolve();
    const told = [await created, await waited];
    goTo(160 * MS);
    told.push(await host.command({ command: 'tune', scheduler: { ratelimit: '500us' } }, 'library'));
    const times = [
      { event: 0, askedNs: 120 * MS, atNs: 120 * MS, actsNs: 150 * MS },
      { event: null, vm: 2, askedNs: 100 * MS, atNs: 150 * MS, actsNs: 150 * MS },
      { event: 2, askedNs: 110 * MS, atNs: 150 * MS, actsNs: 180 * MS },
      { event: 3, askedNs: 160 * MS, atNs: 160 * MS, actsNs: 160 * MS },
    ];
    assert.deepEqual(live.changes(), times);
    assert.deepEqual(live.result(true).changes, times);
    assert.deepEqual(
      told.map(({ askedNs, atNs, actsNs }) => [askedNs, atNs, actsNs]),
      times.slice(1).map(({ askedNs, atNs, actsNs }) => [askedNs, atNs, actsNs]),
    );
    const { header } = store.trace() ?? assert.fail('nothing was recorded');
    assert.deepEqual(header.changes, times);
    // The report takes a step's beginning from there: a rate limit doesn't wait for the next accounting.
    assert.equal(changesOf(header).at(-1)?.actsNs, 160 * MS);
  });

  it('takes VMs of any name, also of one that it could use itself', async () => {
    const { host, goTo } = opened(TWO);
    goTo(100 * MS);
    for (const name of ['preparation', 'tune', 'mark']) {
      const { words } = await host.command({ command: 'create', vm: { name } }, 'command');
      assert.match(words, new RegExp(`^${name} starts`));
    }
  });

  it('begins another life with what the scenario made of the VM while its threads were made ready', async () => {
    const { host, goTo, live, settle } = opened(`${TWO}events: [{ at: 150ms, vm: A, weight: 1024 }]\n`);
    goTo(100 * MS);
    const { promise, resolve } = deferred();
    const prepare = live.prepare.bind(live);
    live.prepare = async (spec): Promise<Prepared> => {
      await promise;
      return prepare(spec);
    };
    const changed = host.command({ command: 'workload', vm: 'A', workload: 'matmul' }, 'library');
    await settle();
    goTo(200 * MS);
    resolve();
    await changed;
    const { name, parameters, workload } = (await host.state()).vms[2];
    assert.deepEqual([name, parameters.weight, workload.spec], ['A.2', 1024, 'matmul']);
  });

  it('tells whose program failed, and says so of its VM', async () => {
    const { host, goTo, live, settle } = opened(TWO);
    Object.assign(live, { failures: () => [{ vcpu: 1, atNs: 50 * MS, message: 'out of numbers' }] });
    const told: StreamMessage[] = [];
    const leave = host.listen((message) => told.push(message));
    await settle();
    goTo(100 * MS);
    await new Promise((resolve) => setTimeout(resolve, 250));
    leave();
    const words = told.flatMap((message) => (message.kind === 'words' ? [message] : []));
    assert.deepEqual(
      words.filter(({ text }) => text.includes('failed')),
      [{ kind: 'words', atNs: 50 * MS, text: 'A/v1 failed, and stands still: out of numbers' }],
    );
    assert.deepEqual(
      (await host.state()).vms.map(({ phase }) => phase),
      ['failed', 'running'],
    );
  });

  it('ends its run, and takes no more', async () => {
    const { host, goTo, live } = opened(TWO);
    goTo(100 * MS);
    const change = await host.command({ command: 'stop' }, 'page');
    assert.deepEqual([change.atNs, change.words], [100 * MS, 'the run ends']);
    host.end({ endNs: live.endNs, complete: false, lostIntents: 0, lostFacts: 0 });
    await assert.rejects(host.command({ command: 'pause', vm: 'A' }, 'page'), /the run is over/);
    const { phase, nowNs, pcpus } = await host.state();
    assert.deepEqual([phase, nowNs, pcpus[0].current], ['ended', 100 * MS, null]);
  });

  it('ends its run for another one, and tells no end', async () => {
    const { host, goTo, live, settle } = opened(TWO, true);
    const told: StreamMessage[] = [];
    const leave = host.listen((message) => told.push(message));
    goTo(100 * MS);
    await settle();
    const change = await host.command({ command: 'rerun', scheduler: 'credit2' }, 'page');
    assert.equal(change.words, 'the run ends, and the next one begins under credit2');
    assert.equal(host.next?.scenario.scheduler.type, 'credit2');
    // What is changed now would be lost.
    for (const late of [{ command: 'set', vm: 'A', weight: 1 }, { command: 'rerun' }])
      await assert.rejects(host.command(late, 'page'), /the next one is about to begin/);
    host.end({ endNs: live.endNs, complete: true, lostIntents: 0, lostFacts: 0 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    leave();
    assert.ok(told.some(({ kind }) => kind === 'change'));
    assert.ok(!told.some(({ kind }) => kind === 'end'));
    assert.ok((await host.state()).schedulers.includes('credit2'));
  });

  it('ends for good when it is stopped after that', async () => {
    const { host, goTo } = opened(TWO, true);
    goTo(100 * MS);
    await host.command({ command: 'rerun' }, 'page');
    await host.command({ command: 'stop' }, 'page');
    assert.equal(host.next, null);
  });

  it('ends for good when it is stopped before that', async () => {
    const { host, goTo } = opened(TWO, true);
    goTo(100 * MS);
    await host.command({ command: 'stop' }, 'page');
    await assert.rejects(host.command({ command: 'rerun' }, 'page'), /the run is over/);
    assert.equal(host.next, null);
  });

  it('ends for good when it is stopped while the run before is over, and the next one is not there yet', async () => {
    const { host, goTo, settle, live } = opened(TWO, true);
    const told: StreamMessage[] = [];
    const leave = host.listen((message) => told.push(message));
    goTo(100 * MS);
    await settle();
    await host.command({ command: 'rerun' }, 'page');
    host.end({ endNs: live.endNs, complete: true, lostIntents: 0, lostFacts: 0 });
    await settle();
    await host.command({ command: 'stop' }, 'page');
    leave();
    assert.equal(host.next, null);
    assert.ok(told.some(({ kind }) => kind === 'end'));
    await assert.rejects(host.command({ command: 'stop' }, 'page'), /the run is over/);
  });

  it('says where nobody would begin another run', async () => {
    const { host, goTo } = opened(TWO);
    goTo(100 * MS);
    await assert.rejects(host.command({ command: 'rerun' }, 'library'), /this run is the only one/);
    assert.deepEqual((await host.state()).schedulers, []);
  });
});

describe('what was played on a host', () => {
  it('is, saved and simulated, the same run to the nanosecond', async () => {
    const { host, goTo, live } = opened(`${TWO}events: [{ at: 1500ms, vm: A, cap: 40 }]\n`);
    const at = async (ns: number, command: object): Promise<Change> => {
      goTo(ns);
      return host.command(command, 'library');
    };
    await at(1003 * MS, { command: 'set', vm: 'A', weight: 1000 });
    await at(1501 * MS + 7, { command: 'create', vm: { name: 'C', vcpus: 2, weight: 300 } });
    await at(2000 * MS, { command: 'pin', vm: 'A', vcpu: 1, pin: [1] });
    await at(2001 * MS, { command: 'pause', vm: 'C' });
    await at(2500 * MS + 1, { command: 'workload', vm: 'A', workload: 'sort' });
    await at(2600 * MS, { command: 'unpause', vm: 'C' });
    await at(2700 * MS, { command: 'tune', scheduler: { tslice: '5ms' } });
    await at(2800 * MS, { command: 'destroy', vm: 'B' });
    await at(2900 * MS, { command: 'mark', text: 'now: look' });
    goTo(4000 * MS);
    const cpuNs = live.cpuNs();
    const saved = loaded(host.playedScenario());
    assert.equal(saved.durationNs, 4 * S);
    assert.deepEqual(
      saved.events.map(({ kind }) => kind),
      live
        .played()
        .events.toSorted((a, b) => a.atNs - b.atNs)
        .map(({ kind }) => kind),
    );
    const replayed = simulatedRun(saved).vms.flatMap(({ vcpus }) => vcpus.map((vcpu) => vcpu.cpuNs));
    assert.deepEqual(replayed, cpuNs);
    assert.equal(cpuNs.length, 7);
  });

  it('has what the scenario did by itself, and leaves out what came too late', async () => {
    const { host, goTo } = opened(
      `${TWO}events: [{ at: 1s, vm: A, cap: 40 }, { at: 2s, vm: A, cap: 30 }, { at: 3s, vm: B, cap: 30 }]\n`,
    );
    goTo(1500 * MS);
    await host.command({ command: 'destroy', vm: 'A' }, 'library');
    goTo(2500 * MS);
    const saved = loaded(host.playedScenario());
    assert.deepEqual(saved.events, [
      { atNs: S, kind: 'set', vm: 'A', cap: 40 },
      { atNs: 1500 * MS, kind: 'destroy', vm: 'A' },
    ]);
    const { changes } = await host.state();
    assert.deepEqual(
      changes.map(({ door, command, atNs, values }) => [door, command, atNs, values]),
      [
        ['scenario', 'set', S, { cap: 40 }],
        ['library', 'destroy', 1500 * MS, {}],
      ],
    );
  });
});

describe('the state of a host', () => {
  it('tells shares, what they should be, and who runs', async () => {
    const { host, goTo } = opened(
      'pcpus: [1]\nduration: 90s\nvms: [{ name: A, cap: 20 }, { name: B }, { name: C, start: 50s }]\n',
    );
    for (let ms = 0; ms <= 3000; ms += 100) goTo(ms * MS);
    const { vms, pcpus, phase, nowNs, scheduler, parameters, workloads } = await host.state();
    assert.deepEqual([phase, nowNs, scheduler.type], ['running', 3 * S, 'credit']);
    assert.deepEqual(
      parameters.vm.map(({ key }) => key),
      ['weight', 'cap'],
    );
    assert.ok(workloads.includes('primes'));
    const [a, b, c] = vms;
    assert.ok(Math.abs(a.wholeSharePercent - 20) < 2, String(a.wholeSharePercent));
    assert.ok(Math.abs(a.wholeSharePercent + b.wholeSharePercent - 100) < 1e-6);
    assert.deepEqual([a.entitledPercent, b.entitledPercent, c.entitledPercent], [20, 80, 0]);
    assert.deepEqual([a.phase, c.phase], ['running', 'planned']);
    assert.deepEqual(a.parameters, { weight: 256, cap: 20 });
    assert.deepEqual(b.vcpus[0].number, 1);
    assert.equal(pcpus[0].cpu, 1);
    assert.ok(pcpus[0].busyPercent > 99);
    assert.ok([...vms[0].vcpus, ...vms[1].vcpus].some(({ id }) => id === pcpus[0].current));
    assert.deepEqual([a.vcpus[0].readings.length, c.vcpus[0].activity], [2, 'blocked']);
  });

  it('knows who is parked, paused, waits or is done', async () => {
    const { host, goTo } = opened(
      'pcpus: [1]\nduration: 90s\nvms: [{ name: A, cap: 1 }, { name: B }, { name: C }, { name: D, work: 1ms }]\n',
    );
    goTo(900 * MS);
    await host.command({ command: 'pause', vm: 'B' }, 'library');
    goTo(950 * MS);
    const activities = (await host.state()).vms.map(({ phase, vcpus: [{ activity }] }) => [phase, activity]);
    assert.deepEqual(activities, [
      ['running', 'parked'],
      ['paused', 'paused'],
      ['running', 'running'],
      ['done', 'done'],
    ]);
    assert.equal((await host.state()).vms[1].entitledPercent, 0);
  });

  it('is of the last second: a VM that was just paused still shows what it had', async () => {
    const { host, goTo, settle } = opened('pcpus: [1]\nduration: 90s\nvms: [{ name: A }, { name: B }]\n');
    const end = host.listen(() => undefined);
    await settle();
    // The clock stands still between the ticks of the wall clock; each tick takes a sample.
    const tick = () => new Promise((resolve) => setTimeout(resolve, 130));
    goTo(2000 * MS);
    await tick();
    await host.command({ command: 'pause', vm: 'A' }, 'library');
    goTo(2500 * MS);
    await tick();
    goTo(3000 * MS);
    const half = (await host.state()).vms.map(({ sharePercent }) => Math.round(sharePercent));
    end();
    assert.deepEqual(half, [0, 100]);
  });

  it('leaves out the oldest destroyed VMs when there are many', async () => {
    const { host, goTo } = opened(TWO);
    for (let i = 0; i < 120; i++) {
      goTo((i + 1) * 10 * MS);
      await host.command({ command: 'workload', vm: 'B', workload: 'fft' }, 'library');
    }
    const { vms } = await host.state();
    assert.equal(vms.length, 100);
    assert.deepEqual([vms[0].name, vms.at(-1)?.name, vms.at(-1)?.id], ['A', 'B.121', 122]);
  });
});

describe('who listens to a host', () => {
  /** Until that many messages of a kind have come. */
  function heard(host: LiveHost): { readonly messages: StreamMessage[]; readonly end: () => void } {
    const messages: StreamMessage[] = [];
    return { messages, end: host.listen((message) => messages.push(message)) };
  }
  const kinds = (messages: readonly StreamMessage[]) => messages.map(({ kind }) => kind);
  const tick = (ms = 130) => new Promise((resolve) => setTimeout(resolve, ms));

  it('is told the state first, then slices and shares, and each change', async () => {
    const { host, goTo, settle } = opened(TWO);
    goTo(100 * MS);
    const { messages, end } = heard(host);
    await settle();
    assert.deepEqual(kinds(messages), ['state']);
    goTo(600 * MS);
    await host.command({ command: 'pause', vm: 'A' }, 'page');
    await tick();
    end();
    assert.deepEqual(kinds(messages).slice(0, 4), ['state', 'change', 'slices', 'shares']);
    assert.ok(kinds(messages).slice(4).includes('state'));
    const slices = messages.find(({ kind }) => kind === 'slices') as StreamMessage & { kind: 'slices' };
    assert.ok(slices.slices.length > 8, String(slices.slices.length));
    // Both pCPUs were busy all the time, and what is told has no gap and no overlap.
    for (const pcpu of [0, 1]) {
      const own = slices.slices.filter((slice) => slice.pcpu === pcpu);
      assert.ok(own.length > 0);
      own.slice(1).forEach((slice, i) => {
        assert.equal(slice.fromNs, own[i].toNs);
      });
      assert.equal(own.at(-1)?.toNs, null);
      assert.match(own[0].reason, /\w/);
    }
  });

  it('is told in words who is parked, once in a while', async () => {
    const { host, goTo, settle } = opened(
      'pcpus: [1]\nduration: 90s\nvms: [{ name: A, cap: 10 }, { name: B }]\n',
    );
    const { messages, end } = heard(host);
    await settle();
    goTo(1000 * MS);
    await tick();
    end();
    const words = messages.flatMap((message) => (message.kind === 'words' ? [message.text] : []));
    assert.deepEqual(words, ['A is parked: over its cap']);
  });

  it('is told in words who has done its work, and who is boosted again and again', async () => {
    const { host, goTo, settle } = opened(
      'pcpus: [1]\nduration: 90s\nvms: [{ name: A }, { name: D, work: 50ms }]\n',
    );
    const { messages, end } = heard(host);
    await settle();
    goTo(1000 * MS);
    for (let i = 0; i < 60; i++) host.append(rowOf(OwnKind.boost, (1000 + i) * MS, 0, 0), 1);
    await tick();
    end();
    const words = messages.flatMap((message) => (message.kind === 'words' ? [message.text] : []));
    assert.deepEqual(words, ['D/v0 has done its work', 'A: 20 boosts within a second']);
  });

  const steps = (messages: readonly StreamMessage[]) =>
    messages.flatMap((message) => (message.kind === 'step' ? [message.response] : []));
  const one = 'pcpus: [1]\nduration: 90s\nvms: [{ name: A }, { name: B, weight: 512 }]\n';

  it('is told what a change did, once the shares have settled', async () => {
    const { host, goTo, settle } = opened(one);
    const { messages, end } = heard(host);
    await settle();
    goTo(2000 * MS);
    const { number } = await host.command({ command: 'set', vm: 'A', weight: 1024 }, 'page');
    goTo(2900 * MS);
    await tick();
    assert.deepEqual(steps(messages), [], 'too early to tell');
    goTo(3500 * MS);
    await tick();
    assert.deepEqual(
      steps(messages).map(({ vm, fromPercent, toPercent, ...rest }) => [
        rest.number,
        vm,
        Math.round(fromPercent),
        Math.round(toPercent),
      ]),
      [
        [number, 'A', 33, 67],
        [number, 'B', 67, 33],
      ],
    );
    const [{ delayNs, settlingNs }] = steps(messages);
    assert.ok(delayNs !== null && delayNs <= 120 * MS && settlingNs !== null && settlingNs >= delayNs);
    goTo(9000 * MS);
    await tick();
    end();
    assert.equal(steps(messages).length, 2, 'once');
  });

  it('is told what a change did when the next one has come, also of the scenario itself', async () => {
    const events = 'events: [{ at: 2s, vm: B, action: pause }, { at: 2.5s, vm: B, action: unpause }]\n';
    const { host, goTo, settle } = opened(one + events);
    const { messages, end } = heard(host);
    await settle();
    goTo(2700 * MS);
    await tick();
    await tick();
    end();
    assert.deepEqual(
      steps(messages).map(({ number, vm, toPercent }) => [number, vm, toPercent]),
      [
        [1, 'A', 100],
        [1, 'B', 0],
      ],
    );
  });

  it('is told once what a slider did that was dragged, and what the end left open', async () => {
    const { host, goTo, live, settle } = opened(one);
    const { messages } = heard(host);
    await settle();
    for (let i = 0; i < 20; i++) {
      goTo((2000 + 50 * i) * MS);
      await host.command({ command: 'set', vm: 'A', weight: 257 + i }, 'page');
    }
    goTo(3000 * MS);
    await host.command({ command: 'set', vm: 'A', weight: 1024 }, 'page');
    goTo(3600 * MS);
    live.stop();
    host.end({ endNs: live.endNs, complete: false, lostIntents: 0, lostFacts: 0 });
    await settle();
    assert.deepEqual(
      steps(messages).map(({ number, vm, fromPercent }) => [number, vm, Math.round(fromPercent)]),
      [
        [21, 'A', 33],
        [21, 'B', 67],
      ],
    );
  });

  it('is told nothing of what was changed before it listened', async () => {
    const { host, goTo, settle } = opened(one);
    goTo(2000 * MS);
    await host.command({ command: 'set', vm: 'A', weight: 1024 }, 'page');
    goTo(2100 * MS);
    const { messages, end } = heard(host);
    await settle();
    goTo(6000 * MS);
    await tick();
    end();
    assert.deepEqual(steps(messages), []);
  });

  it('is told of the end', async () => {
    const { host, goTo, live, settle } = opened(TWO);
    goTo(100 * MS);
    const { messages } = heard(host);
    await settle();
    live.stop();
    host.end({ endNs: live.endNs, complete: false, lostIntents: 0, lostFacts: 0 });
    await settle();
    assert.deepEqual(messages.at(-1), { kind: 'end', atNs: 100 * MS });
    const late = heard(host);
    await settle();
    assert.deepEqual(kinds(late.messages), ['state', 'end']);
  });

  it('costs a look a second once nobody does', async () => {
    const { host, goTo, live, settle } = opened(TWO);
    const { messages, end } = heard(host);
    await settle();
    end();
    let looks = 0;
    const cpuNs = live.cpuNs.bind(live);
    live.cpuNs = () => {
      looks++;
      return cpuNs();
    };
    goTo(1000 * MS);
    await tick(1300);
    assert.deepEqual(kinds(messages), ['state']);
    assert.equal(looks, 1);
  });

  it('does not make memory grow where nobody takes what is told', async () => {
    const { host, settle } = opened(TWO);
    const { messages, end } = heard(host);
    await settle();
    // A hundred thousand turns without anybody who takes them.
    const decisions = 100_000;
    for (let i = 0; i < decisions; i++)
      host.append(rowOf(0, i * MS, 0, 0, 0, 0, 0, 0, i % 3, 0, 0, 0, 0, 0, 0), 1);
    const before = messages.length;
    await tick();
    end();
    const slices = messages.slice(before).find(({ kind }) => kind === 'slices') as StreamMessage & {
      kind: 'slices';
    };
    assert.ok(slices.slices.length <= 20_002, String(slices.slices.length));
  });
});
