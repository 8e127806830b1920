import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { LabError } from '../../src/base/errors.ts';
import { readOrder, resolveOrder } from '../../src/control/commands.ts';
import { playedUntil, scenarioText } from '../../src/control/save.ts';
import { gridTopology } from '../../src/core/topology.ts';
import { POLICY_TYPES } from '../../src/policies.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import { schedulerOf } from '../../src/scenario/resolve-scheduler.ts';
import type { Scenario, ScenarioEvent } from '../../src/scenario/scenario.ts';
import { Stage } from '../../src/scenario/stage.ts';
import { parseYaml, readYaml } from '../../src/scenario/yaml-source.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { errorOf, fromYaml } from '../scenario/attempt.ts';

const OPTIONS = { baseDir: process.cwd(), isInvented: true };
const INVENTED = { allowedCpus: [0, 1, 2, 3], invented: true };

function loaded(text: string): Scenario {
  return resolveScenario(parseYaml(text, 'saved.yaml'), INVENTED);
}

const NAMES = ['A', 'B', 'true', '0x1F', 'no', 'C.5', 'web-1', '1e3'];
const someName = fc.constantFrom(...NAMES);
const someCpus = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 4 });
const someNs = fc.oneof(
  fc.nat(100),
  fc.integer({ min: 1, max: 90e9 }),
  fc.constantFrom(1e9, 60e9, 1_500_000),
);
const someText = fc.constantFrom(
  'look',
  '12',
  'null',
  "it's: here # and",
  '- a',
  '"x"',
  'ünï',
  '{a: 1}',
  ' x ',
);
const someVm = fc.record(
  {
    name: someName,
    weight: fc.integer({ min: 1, max: 65_535 }),
    cap: fc.integer({ min: 0, max: 100 }),
    vcpus: fc.integer({ min: 1, max: 3 }),
    workload: fc.constantFrom('primes', 'fft', 'idle'),
    size: fc.constantFrom(64, 200_000),
    work: fc.oneof(
      fc.integer({ min: 1, max: 9 }).map((count) => `${count} units`),
      someNs.map((ns) => `${ns + 1}ns`),
    ),
    pin: someCpus,
  },
  { requiredKeys: ['name'] },
);

/** A command, right or wrong: what can't be carried out is left out of what is played. */
function someCommand(): fc.Arbitrary<object> {
  const one = (
    command: string,
    rest: Record<string, fc.Arbitrary<unknown>>,
    required: string[],
  ): fc.Arbitrary<object> =>
    fc.record(
      { command: fc.constant(command), ...rest },
      { requiredKeys: ['command', ...(required as never[])] },
    );
  return fc.oneof(
    one('create', { vm: someVm }, ['vm']),
    one(
      'set',
      { vm: someName, weight: fc.integer({ min: 1, max: 999 }), cap: fc.integer({ min: 0, max: 99 }) },
      ['vm'],
    ),
    one('pin', { vm: someName, vcpu: fc.nat(2), pin: fc.oneof(someCpus, fc.constant('all')) }, ['vm', 'pin']),
    one('workload', { vm: someName, workload: fc.constantFrom('matmul', 'sort') }, ['vm', 'workload']),
    one('mark', { text: someText }, ['text']),
    one(
      'tune',
      { scheduler: fc.record({ tslice: fc.integer({ min: 1, max: 40 }).map((ms) => `${ms}ms`) }) },
      ['scheduler'],
    ),
    ...['pause', 'unpause', 'destroy'].map((name) => one(name, { vm: someName }, ['vm'])),
  );
}

/** Whatever can be played: from commands at any times. */
const somePlay = fc
  .record({
    name: fc.constantFrom('plain', 'a: b', '7', 'with # in it'),
    description: fc.constantFrom(undefined, 'One line.', 'Two\nlines: yes'),
    pcpus: fc.constantFrom([0, 1, 2, 3], [3, 1, 0, 2]),
    topology: fc.constantFrom(
      undefined,
      { sockets: 2, cores: 1, threads: 2 },
      { sockets: 1, cores: 2, threads: 2 },
    ),
    seed: fc.nat(1000),
    type: fc.constantFrom(...POLICY_TYPES.map(({ type }) => type)),
    isLate: fc.boolean(),
    steps: fc.array(fc.tuple(someNs, someCommand()), { minLength: 1, maxLength: 40 }),
  })
  .map(({ steps, topology, type, isLate, description, ...rest }): Scenario => {
    const begun: Scenario = {
      ...rest,
      ...(description !== undefined && { description }),
      ...(topology !== undefined && { topology: gridTopology(topology) }),
      durationNs: 100e9 + 1,
      scheduler: { ...schedulerOf(type), ...(isLate && { instants: 'late' as const }) },
      vms: [],
      events: [],
    };
    const stage = new Stage(begun);
    const events: ScenarioEvent[] = [];
    for (const [atNs, command] of [...steps].sort(([a], [b]) => a - b)) {
      try {
        const resolved = resolveOrder(readOrder(command, process.cwd()), stage, atNs, 1024);
        if (resolved.create !== null) stage.add(resolved.create);
        for (const event of resolved.events) stage.take(event);
        events.push(...resolved.events);
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
      }
    }
    return { ...begun, vms: stage.lives.map(({ vm }) => vm), events };
  });

describe('a scenario as the text of a file', () => {
  it('is the same scenario when it is read', () => {
    let played = 0;
    fc.assert(
      fc.property(somePlay, (scenario) => {
        fc.pre(scenario.vms.length > 0);
        played += scenario.events.length;
        assert.deepEqual(loaded(scenarioText(scenario, OPTIONS)), scenario);
      }),
      { numRuns: 400 },
    );
    assert.ok(played > 400, `only ${played} events were played`);
  });

  it('is that also after so many changes as a program makes in half an hour', () =>
    inTemporaryDirectory((dir) => {
      const scenario = fromYaml('duration: 60m\nvms: [{ name: A }, { name: B }]\n');
      const events = Array.from({ length: 30_000 }, (_, i) => ({
        atNs: 50e6 * (i + 1),
        kind: 'set' as const,
        vm: i % 2 === 0 ? 'A' : 'B',
        weight: 1 + (i % 1000),
      }));
      const file = join(dir, 'played.yaml');
      writeFileSync(file, scenarioText({ ...scenario, events }, OPTIONS));
      const again = resolveScenario(readYaml(file), INVENTED);
      assert.deepEqual(again.events, events);
    }));

  it('names what is one of several, and says what is a flag', () => {
    const { scheduler } = fromYaml(
      'scheduler: { type: credit2, runqueue: cpu, wall-time: true }\nduration: 9s\nvms: [{ name: A }]',
    );
    const text = scenarioText({ ...fromYaml('duration: 9s\nvms: [{ name: A }]'), scheduler }, OPTIONS);
    assert.match(text, /runqueue: cpu, .*wall-time: true/);
    assert.deepEqual(loaded(text).scheduler, scheduler);
  });

  it('has a line for each VM and each event, and nothing that is as by default', () => {
    const scenario = fromYaml(
      'name: n\npcpus: [0, 1]\nduration: 9s\nvms: [{ name: A, weight: 512 }, { name: B, pin: [1], work: 3s }]\n' +
        'events: [{ at: 1s, vm: A, cap: 0 }, { at: 1000000001ns, vm: B, vcpu: 0, pin: all }]\n',
    );
    assert.deepEqual(scenarioText(scenario, OPTIONS).split('\n'), [
      'name: n',
      'pcpus: [ 0, 1 ]',
      'duration: 9s',
      'seed: 1',
      'scheduler: { type: credit }',
      'vms:',
      '  - { name: A, weight: 512, workload: primes }',
      '  - { name: B, workload: primes, work: 3s, pin: [ 1 ] }',
      'events:',
      '  - { at: 1s, vm: A, cap: 0 }',
      '  - { at: 1000000001ns, vm: B, vcpu: 0, pin: all }',
      '',
    ]);
  });

  it('names a module by its whole path where the file is elsewhere', () => {
    const scenario = fromYaml('duration: 1s\nvms: [{ name: A, workload: ./workloads/primes.ts }]\n');
    const here = scenarioText(scenario, OPTIONS);
    const elsewhere = scenarioText(scenario, { ...OPTIONS, baseDir: '/' });
    assert.match(here, /workload: \.\/workloads\/primes\.ts/);
    assert.equal(loaded(elsewhere).vms[0].workload.url, scenario.vms[0].workload.url);
  });

  it('has no topology for real cores, which have one', () => {
    const scenario = {
      ...fromYaml('pcpus: [0, 1]\nduration: 1s\nvms: [{ name: A }]\n'),
      topology: gridTopology({ sockets: 1, cores: 1, threads: 2 }),
    };
    assert.ok(!scenarioText(scenario, { ...OPTIONS, isInvented: false }).includes('topology'));
  });

  it('is refused where nothing was played', () => {
    const scenario = { ...fromYaml('duration: 1s\nvms: [{ name: A }]\n'), vms: [] };
    assert.match(errorOf(() => scenarioText(scenario, OPTIONS)).describe(), /no VM was ever started/);
  });
});

describe('what was played until an instant', () => {
  it('lasts until then, and has nothing that was still to come', () => {
    const scenario = fromYaml(
      'duration: 9s\nvms: [{ name: A }, { name: B, start: 4s }]\n' +
        'events: [{ at: 1s, vm: A, cap: 5 }, { at: 5s, vm: B, cap: 5 }]\n',
    );
    const { durationNs, vms, events } = playedUntil(scenario, 4e9);
    assert.deepEqual(
      { durationNs, vms: vms.length, events: events.length },
      { durationNs: 4e9, vms: 1, events: 1 },
    );
    assert.deepEqual(playedUntil(scenario, 9e9 + 5), scenario);
  });
});
