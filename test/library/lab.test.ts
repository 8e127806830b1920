import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/base/package-root.ts';
import * as library from '../../src/index.ts';
import { LabError, loadScenario, openLab, scenario, simulate } from '../../src/index.ts';
import type { Change, Decision, Fact, Lab, LabRun, Shares } from '../../src/index.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import { TraceStore } from '../../src/library/trace.ts';

const INVENTED = { simulated: true } as const;
const A_AND_B = { pcpus: [0], vms: [{ name: 'A' }, { name: 'B', weight: 512 }] };

/** Of an error: its code, and what it says. */
async function refusal(
  attempt: () => unknown,
): Promise<{ code: string; message: string } & LabError['details']> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { code: error.code, message: error.message, ...error.details };
  }
  return assert.fail('it was taken');
}

describe('the library', () => {
  it('has few functions; the rest are types', () => {
    assert.deepEqual(Object.keys(library).sort(), [
      'LabError',
      'RunFailed',
      'loadScenario',
      'openLab',
      'scenario',
      'simulate',
    ]);
  });
});

describe('scenario()', () => {
  it('fills in what is left out, or undefined', () => {
    const made = scenario({ pcpus: [0], vms: [{ name: 'A', cap: undefined as never }] }, INVENTED);
    const { workload, ...a } = made.vms[0];
    assert.equal(workload.spec, 'primes');
    assert.deepEqual(a, { name: 'A', weight: 256, cap: 0, vcpus: 1, startNs: 0, pin: null, work: null });
    const { name, durationNs, seed, events } = made;
    assert.deepEqual(
      { name, durationNs, seed, events },
      { name: 'scenario', durationNs: null, seed: 1, events: [] },
    );
    assert.equal(made.scheduler.type, 'credit');
  });

  it('reads what scenario files have', () => {
    const written = {
      name: 'same',
      topology: { sockets: 1, cores: 2, threads: 1 },
      duration: '3s',
      seed: 7,
      scheduler: { type: 'credit', tslice: '5ms' },
      vms: [{ name: 'A', vcpus: 2, weight: 512, cap: 150, workload: 'matmul', size: 64, work: '20 units' }],
      events: [{ at: '1s', vm: 'A', weight: 100 }],
    };
    const source = parseYaml(JSON.stringify(written), 'same.yaml');
    assert.deepEqual(
      scenario(written, INVENTED),
      resolveScenario(source, { allowedCpus: [0, 1], invented: true }),
    );
  });

  for (const [what, description, expected] of [
    [
      'a weight out of range',
      { vms: [{ name: 'A', weight: 70000 }] },
      { where: 'vms[0].weight', got: '70000' },
    ],
    [
      'a misspelt key',
      { vms: [{ name: 'A', wieght: 512 }] },
      { where: 'vms[0].wieght', hint: "did you mean 'weight'?" },
    ],
    [
      'a time without a unit',
      { duration: 5 as never, vms: [{ name: 'A' }] },
      { where: 'duration', got: '5' },
    ],
    [
      'an event of nobody',
      { ...A_AND_B, events: [{ at: '1s', vm: 'X', cap: 5 }] },
      { where: 'events[0].vm' },
    ],
    ['no mapping', 'A' as never, { where: 'scenario', got: "'A'" }],
  ] as const)
    it(`says where the mistake is: ${what}`, async () => {
      const { code, ...details } = await refusal(() => scenario(description, INVENTED));
      assert.equal(code, 'BAD_SCENARIO');
      for (const [key, value] of Object.entries(expected))
        assert.equal(details[key as keyof typeof details], value);
    });

  it('complains about options that there are not', async () => {
    const { code, where, hint } = await refusal(() => scenario(A_AND_B, { simulate: true } as never));
    assert.deepEqual([code, where, hint], ['BAD_OPTION', 'scenario: simulate', "did you mean 'simulated'?"]);
  });
});

describe('loadScenario()', () => {
  it('loads a file as the command does', () => {
    const file = join(packageRoot(), 'test/library/two-vms.yaml');
    const { name, vms } = loadScenario(file, INVENTED);
    assert.deepEqual([name, vms.map((vm) => vm.name)], ['two-vms', ['A', 'B']]);
  });

  it('says where a mistake is, or that there is no file', async () => {
    assert.equal((await refusal(() => loadScenario('nowhere.yaml'))).code, 'BAD_FILE');
  });
});

describe('simulate()', () => {
  it('has the result of a run, at once, with its records', () => {
    const result = simulate(scenario({ ...A_AND_B, duration: '60s' }, INVENTED));
    assert.equal(result.machine, 'simulated');
    assert.deepEqual(
      result.vms.map(({ sharePercent }) => Math.round(sharePercent)),
      [33, 67],
    );
    assert.ok(result.trace !== null && result.trace.complete && result.trace.count > 100);
    assert.equal(result.host.cpuModel, 'simulated');
    assert.deepEqual(result.commands, []);
  });

  it('takes what virtual time does not know: lateness, and the length of units', async () => {
    const units = scenario({ pcpus: [0], vms: [{ name: 'A', work: '1000 units' }] }, INVENTED);
    assert.equal((await refusal(() => simulate(units))).code, 'BAD_SCENARIO');
    assert.equal(simulate(units, { unitTime: { A: '2ms' } }).vms[0].wallNs, 2e9);
    const late = (seed: number) => {
      const planned = scenario({ ...A_AND_B, duration: '1s' }, INVENTED);
      return simulate(planned, { jitter: '500us', seed }).vms[0].cpuNs;
    };
    assert.equal(late(1), late(1));
    assert.notEqual(late(1), late(2));
  });

  it('refuses what would never end, strangers, and no times', async () => {
    const endless = await refusal(() => simulate(scenario(A_AND_B, INVENTED)));
    assert.deepEqual([endless.code, endless.hint], ['BAD_SCENARIO', "scenario({ …, duration: '10s' })"]);
    const planned = scenario({ ...A_AND_B, duration: '1s' }, INVENTED);
    assert.match((await refusal(() => simulate(planned, { unitTime: { X: '1ms' } }))).message, /no VM 'X'/);
    assert.equal((await refusal(() => simulate(planned, { jitter: '5' }))).where, 'simulate: jitter');
    const nobody = scenario({ pcpus: [0], duration: '1s' }, INVENTED);
    assert.match((await refusal(() => simulate(nobody))).message, /no VMs/);
  });
});

describe('openLab()', () => {
  for (const [options, where] of [
    [{ machine: 'cloud' }, 'openLab: machine'],
    [{ machines: 'simulated' }, 'openLab: machines'],
    [{ pcpus: [] }, 'openLab: pcpus'],
    [{ pcpus: [0, 0] }, 'openLab: pcpus'],
    [{ pcpus: [4096] }, 'openLab: pcpus'],
    [{ vcpus: 0 }, 'openLab: vcpus'],
    [{ paranoid: 1 }, 'openLab: paranoid'],
    [{ verify: 'some' }, 'openLab: verify'],
    ['simulated', 'openLab'],
  ] as const)
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const refused = await refusal(() => openLab(options as never));
      assert.deepEqual([refused.code, refused.where], ['BAD_OPTION', where]);
    });
});

describe('a lab in virtual time', () => {
  let lab: Lab;
  let run: LabRun;

  beforeEach(async () => {
    lab = await openLab({ machine: 'simulated', paranoid: true });
  });

  afterEach(() => lab.close());

  const start = (more: object = {}): LabRun => {
    run = lab.start(scenario({ ...A_AND_B, ...more }, INVENTED));
    return run;
  };

  it('runs a scenario to its end, with the result of the simulation', async () => {
    const planned = scenario({ ...A_AND_B, duration: '200ms' }, INVENTED);
    const result = await lab.start(planned).result;
    assert.deepEqual(result.vms, simulate(planned).vms);
    assert.deepEqual(result.scenario, planned);
    assert.ok(result.complete && result.trace?.complete === true);
    assert.equal(lab.host, null);
  });

  it('waits for an instant, by its unit or in ns', async () => {
    start({ duration: '10s' });
    const first = await run.at('60ms');
    assert.ok(first >= 60e6);
    assert.ok((await run.at(first + 30e6)) >= first + 30e6);
    assert.equal((await refusal(() => run.at('60'))).where, 'at');
    assert.equal((await refusal(() => run.at(-1))).code, 'BAD_OPTION');
    assert.equal((await refusal(() => run.at(NaN))).code, 'BAD_OPTION');
  });

  it('says so when an instant never comes', async () => {
    start({ duration: '50ms' });
    const refused = await refusal(() => run.at('1s'));
    assert.deepEqual([refused.message, refused.got], ['the run ended before this time', "'1s'"]);
    assert.equal(await run.at('50ms'), 50e6);
  });

  it('changes a VM and the scheduler, and says when that took effect', async () => {
    start();
    const set = await run.set('A', { weight: 1024, cap: 50 });
    assert.deepEqual([set.command, set.door, set.vm], ['set', 'library', 'A']);
    assert.deepEqual(set.values, { weight: 1024, cap: 50 });
    assert.ok(set.askedNs <= set.atNs && set.atNs < set.actsNs && set.actsNs <= set.atNs + 30e6);
    assert.match(set.words, /weight 1024/);
    const tuned = await run.tune({ tslice: '5ms' });
    assert.ok(tuned.number > set.number);
    await run.stop();
    const result = await run.result;
    assert.deepEqual(
      result.scenario.events.map(({ atNs, kind }) => [atNs, kind]),
      [
        [set.atNs, 'set'],
        [tuned.atNs, 'tune'],
      ],
    );
    assert.deepEqual(
      result.commands.map(({ command }) => command),
      ['set', 'tune', 'stop'],
    );
    assert.equal(result.scenario.durationNs, result.windowNs);
    assert.ok(result.complete);
  });

  it('pauses, unpauses and destroys a VM', async () => {
    start();
    await run.pause('A');
    const phaseOf = async (name: string) => (await run.state()).vms.find((vm) => vm.name === name)?.phase;
    assert.equal(await phaseOf('A'), 'paused');
    await run.unpause('A');
    assert.equal(await phaseOf('A'), 'running');
    await run.destroy('A');
    assert.equal(await phaseOf('A'), 'destroyed');
    const { hint, where } = await refusal(() => run.pause('A'));
    assert.equal(where, 'vm');
    assert.match(hint ?? '', /create a VM A/);
  });

  it('creates VMs, and gives one another program', async () => {
    start({ vms: [] });
    const created = await run.create({ name: 'C', vcpus: 2, weight: 512 });
    assert.deepEqual([created.command, created.vm], ['create', 'C']);
    await run.workload('C', 'matmul', { size: 64 });
    await run.set('C', { cap: 40 });
    await run.stop();
    const { scenario: played, vms } = await run.result;
    assert.deepEqual(
      played.vms.map(({ name }) => name),
      ['C', 'C.2'],
    );
    assert.deepEqual([played.vms[1].workload.spec, played.vms[1].workload.size], ['matmul', 64]);
    assert.equal(vms.length, 2);
  });

  it('pins a VM, or one of its vCPUs, and takes that back', async () => {
    start({ pcpus: [0, 1], vms: [{ name: 'A', vcpus: 2 }] });
    const pins = async () => (await run.state()).vms[0].vcpus.map(({ pin }) => pin);
    await run.pin('A', [1]);
    assert.deepEqual(await pins(), [[1], [1]]);
    await run.pin('A', 'all', 1);
    assert.deepEqual(await pins(), [[1], null]);
    assert.match((await refusal(() => run.pin('A', [7]))).message, /CPU 7/);
  });

  it('notes marks, and saves what was played as a scenario file', async () => {
    start();
    await run.mark('look');
    await run.set('B', { weight: 100 });
    const text = await run.save();
    const { events } = resolveScenario(parseYaml(text, 'saved.yaml'), { allowedCpus: [0], invented: true });
    assert.ok(events.some((event) => event.kind === 'set' && event.vm === 'B' && event.weight === 100));
    await run.stop();
    const [mark] = (await run.result).commands;
    assert.deepEqual([mark.command, mark.values], ['mark', { text: 'look' }]);
  });

  it('refuses a mistake with its place, and goes on', async () => {
    start();
    const refused = await refusal(() => run.set('A', { weight: 0 }));
    assert.deepEqual([refused.code, refused.where, refused.got], ['BAD_SCENARIO', 'weight', '0']);
    assert.equal((await refusal(() => run.set('Y', { weight: 5 }))).where, 'vm');
    assert.match((await refusal(() => run.tune({ tslize: '5ms' }))).hint ?? '', /tslice/);
    await run.set('A', { weight: 1 });
  });

  it('takes no command when it is over', async () => {
    start({ duration: '20ms' });
    await run.result;
    assert.match((await refusal(() => run.set('A', { weight: 5 }))).message, /over/);
  });

  it('tells changes: its own, and those of the scenario', async () => {
    start({ duration: '300ms', events: [{ at: '50ms', vm: 'B', cap: 30 }] });
    const changes: Change[] = [];
    run.on('change', (change) => changes.push(change));
    const made = await run.set('A', { weight: 1024 });
    await run.result;
    assert.deepEqual(
      changes.map(({ door, vm }) => [door, vm]),
      [
        ['library', 'A'],
        ['scenario', 'B'],
      ],
    );
    assert.deepEqual(changes[0], made);
  });

  it('tells only what happens after somebody listens', async () => {
    start();
    await run.set('A', { weight: 1024 });
    await run.at('40ms');
    const changes: Change[] = [];
    run.on('change', (change) => changes.push(change));
    const made = await run.set('A', { weight: 100 });
    await run.stop();
    await run.result;
    assert.deepEqual(
      changes.map(({ command }) => command),
      ['set', 'stop'],
    );
    assert.equal(changes[0].number, made.number);
  });

  it('tells decisions by the names of vCPUs, those of new VMs too', async () => {
    start();
    const decisions: Decision[] = [];
    const facts: Fact[] = [];
    run.on('decision', (decision) => decisions.push(decision));
    run.on('fact', (fact) => facts.push(fact));
    await run.create({ name: 'C' });
    await run.at('250ms');
    await run.stop();
    await run.result;
    const seen = new Set(decisions.map(({ to }) => to));
    for (const id of ['A/v0', 'B/v0', 'C/v0']) assert.ok(seen.has(id), id);
    assert.ok(decisions.every(({ pcpu }) => pcpu === 0));
    assert.ok(decisions.some(({ reason }) => reason === 'sliceOver'));
    const times = decisions.map(({ atNs }) => atNs);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.deepEqual(facts, []);
  });

  it('tells shares by VM until nobody listens any more', async () => {
    start();
    const [shares] = (await once(run, 'shares')) as [Shares];
    assert.deepEqual(Object.keys(shares.percent), ['A', 'B']);
    await run.at('600ms');
    const [{ percent }] = (await once(run, 'shares')) as [Shares];
    assert.ok(percent.A > 15 && percent.B > percent.A, JSON.stringify(percent));
    assert.ok(Math.abs(percent.A + percent.B - 100) < 2, JSON.stringify(percent));
    assert.equal(run.listenerCount('shares'), 0);
    // Whoever listens again is told once.
    const times: number[] = [];
    run.on('shares', ({ atNs }) => times.push(atNs));
    await run.at('1100ms');
    assert.ok(times.length > 1);
    assert.deepEqual(times, [...new Set(times)]);
  });

  it('brings its records to whoever is given', async () => {
    const store = new TraceStore();
    const planned = scenario({ ...A_AND_B, duration: '100ms' }, INVENTED);
    const result = await lab.start(planned, { trace: store }).result;
    assert.deepEqual(store.trace(), result.trace);
  });

  it('ends early by a signal: the result is incomplete', async () => {
    const abort = new AbortController();
    run = lab.start(scenario(A_AND_B, INVENTED), { signal: abort.signal });
    await run.at('30ms');
    abort.abort();
    const result = await run.result;
    assert.ok(!result.complete && result.windowNs >= 30e6);
  });

  it('has one run at a time', async () => {
    start();
    const refused = await refusal(() => lab.start(scenario(A_AND_B, INVENTED)));
    assert.equal(refused.message, 'another run is under way');
    await run.stop();
    await run.result;
    start({ duration: '20ms' });
    await run.result;
  });

  it('takes scenarios only as scenario() makes them', async () => {
    const { hint, where } = await refusal(() => lab.start(A_AND_B as never));
    assert.deepEqual([where, hint], ['start', 'lab.start(scenario({ … }))']);
  });

  it('is closed for good, and a run under way ends with it', async () => {
    start();
    await run.at('20ms');
    await lab.close();
    assert.equal((await run.result).complete, false);
    assert.match((await refusal(() => start())).message, /closed/);
    await lab.close();
  });

  it('closes at the end of a block, and so does a run', async () => {
    let inner: LabRun;
    {
      await using own = await openLab({ machine: 'simulated' });
      {
        await using running = own.start(scenario(A_AND_B, INVENTED));
        inner = running;
        await running.at('20ms');
      }
      assert.ok((await inner.result).complete);
      lab = own;
    }
    assert.match((await refusal(() => start())).message, /closed/);
  });

  it('has no speed to calibrate', async () => {
    assert.equal((await refusal(() => lab.calibrate('primes'))).code, 'NOT_SUPPORTED');
  });

  it('tells at the result what it cannot simulate', async () => {
    start({ vms: [{ name: 'A', work: '100 units' }] });
    assert.equal((await refusal(() => run.result)).code, 'BAD_SCENARIO');
    assert.equal((await refusal(() => run.at('1s'))).code, 'BAD_SCENARIO');
    assert.equal((await refusal(() => run.set('A', { cap: 1 }))).code, 'BAD_SCENARIO');
  });
});

describe('a listener that throws', () => {
  it('ends the program, and nothing else: the run is not in its way', function () {
    const { href } = pathToFileURL(join(packageRoot(), 'dist/src/index.js'));
    const code = `
      import { openLab, scenario } from ${JSON.stringify(href)};
      process.on('uncaughtException', ({ message }) => console.log('uncaught', message));
      const lab = await openLab({ machine: 'simulated' });
      const run = lab.start(scenario({ pcpus: 1, duration: '100ms', vms: [{ name: 'A' }] }));
      run.once('decision', () => { throw new Error('mine'); });
      console.log((await run.result).complete);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    assert.equal(stdout, 'uncaught mine\ntrue\n', stderr);
  });
});
