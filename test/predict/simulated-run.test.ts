import assert from 'node:assert/strict';
import { predict } from '../../src/predict/predict.ts';
import { simulatedHost, simulatedRun, simulationOf } from '../../src/predict/simulated-run.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import { scenario, vm } from '../host/invented-scenario.ts';
import { errorOf, fromYaml, HOST } from '../scenario/attempt.ts';

describe('a simulated run', () => {
  it('has the figures of a measured one, and says that it was simulated', () => {
    const run = simulatedRun(
      fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, work: 1s, start: 500ms }] }'),
    );
    assert.equal(run.machine, 'simulated');
    assert.equal(run.windowNs, 2e9);
    assert.deepEqual(
      run.vms.map(({ cpuNs, sharePercent, idealWallNs }) => [cpuNs, sharePercent, idealWallNs]),
      [
        [1e9, 50, 1.5e9],
        [1e9, 50, 1.5e9],
      ],
    );
    const [a, b] = run.vms;
    assert.equal(a.wallNs, a.vcpus[0].endNs);
    assert.equal(b.wallNs, (b.vcpus[0].endNs ?? NaN) - 500e6);
    assert.equal(a.vcpus[0].startNs, 0);
    assert.equal(run.pcpus[0].busyNs, 2e9);
    assert.equal(run.pcpus[0].switches, a.vcpus[0].dispatches + b.vcpus[0].dispatches + 1);
  });

  it('depends on the phase of accounting: 1:4 is 20:80 when it comes with the ends of slices, else 25:75', () => {
    const scenario = fromYaml('{ pcpus: 1, duration: 60s, vms: [{ name: A }, { name: B, weight: 1024 }] }');
    const shares = [0, 5e6].map(
      (acctPhaseNs) => simulatedRun(scenario, { parameters: { acctPhaseNs } }).vms[0].sharePercent,
    );
    assert.ok(Math.abs(shares[0] - 20) < 0.2 && Math.abs(shares[1] - 25) < 0.3, shares.join());
  });

  it('lets interactive guests sleep, and idle ones all the time', () => {
    const { vms } = simulatedRun(
      fromYaml(
        '{ pcpus: 1, duration: 10s, vms: [{ name: I, workload: interactive, size: 2000 }, { name: Z, workload: ' +
          'idle }] }',
      ),
    );
    assert.ok(Math.abs(vms[0].sharePercent - 20) < 0.1);
    assert.ok(vms[1].cpuNs > 0 && vms[1].cpuNs < 1e6);
  });

  it('gives an interactive guest with work as many bursts as that takes', () => {
    const scenario = fromYaml('{ pcpus: 1, vms: [{ name: I, workload: interactive, work: 50ms }] }');
    assert.equal(simulatedRun(scenario).vms[0].wallNs, 49 * 10e6 + 1e6);
  });

  it('lets a sleeper sleep for its size after each ms, and a periodic one compute its size every 10 ms', () => {
    const shareOf = (vm: string) =>
      simulatedRun(fromYaml(`{ pcpus: 1, duration: 12s, vms: [{ name: A, ${vm} }] }`)).vms[0].sharePercent;
    for (const [vm, share] of [
      ['workload: sleeper', 10],
      ['workload: sleeper, size: 2000', 100 / 3],
      ['workload: periodic', 10],
      ['workload: periodic, size: 8900', 89],
    ] as const)
      assert.ok(Math.abs(shareOf(vm) - share) < 0.05, `${vm}: ${String(shareOf(vm))}`);
  });

  it('keeps the bursts of a periodic guest 10 ms apart where each is late, not those of one that sleeps', () => {
    const dispatchesOf = (workload: string) => {
      const scenario = fromYaml(`{ pcpus: 1, duration: 10s, vms: [{ name: A, workload: ${workload} }] }`);
      return simulatedRun(scenario, { jitterNs: 1e6 }).vms[0].vcpus[0].dispatches;
    };
    assert.equal(dispatchesOf('periodic'), 1000);
    assert.ok(dispatchesOf('interactive') < 960);
  });

  it('gives a periodic guest with work as many bursts as that takes', () => {
    const scenario = fromYaml('{ pcpus: 1, vms: [{ name: P, workload: periodic, work: 50ms }] }');
    assert.equal(simulatedRun(scenario).vms[0].wallNs, 49 * 10e6 + 1e6);
  });

  it('lets a polite guest yield after each burst, and to nobody when it is alone', () => {
    const polite = '{ name: P, workload: polite, size: 2000, weight: 1024 }';
    const shareOf = (vms: string) =>
      simulatedRun(fromYaml(`{ pcpus: 1, duration: 32s, vms: [${vms}] }`)).vms[0].sharePercent;
    assert.ok(Math.abs(shareOf(`${polite}, { name: H }`) - (100 * 2) / 32) < 0.1);
    assert.equal(shareOf(polite), 100);
  });

  it('gives a polite guest with work as many bursts as that takes, and waits for its end', () => {
    const polite = '{ name: P, workload: polite, work: 50ms }';
    assert.equal(simulatedRun(fromYaml(`{ pcpus: 1, vms: [${polite}] }`)).vms[0].wallNs, 50e6);
    const late = fromYaml(`{ pcpus: 1, vms: [${polite}, { name: H, start: 1ms }] }`);
    assert.ok(Number(simulatedRun(late).vms[0].wallNs) > 40 * 30e6);
  });

  it('pins vCPUs and follows events, by the names of the scenario', () => {
    const { vms, events } = simulationOf(
      fromYaml(
        '{ pcpus: [3, 1], duration: 2s, vms: [{ name: A, pin: [1] }, { name: B }], events: [{ at: 1s, vm: B, ' +
          'cap: 10 }] }',
      ),
    );
    assert.deepEqual([vms[0].vcpus[0].pin, vms[1].vcpus[0].pin], [[1], undefined]);
    assert.deepEqual(events, [{ atNs: 1e9, kind: 'set', vm: 1, parameters: { cap: 10 } }]);
  });

  it('says what was changed, and from when on that could act', () => {
    const run = simulatedRun(
      scenario({
        vms: [vm('A', { work: null }), vm('B', { work: null })],
        durationNs: 300e6,
        events: [
          { atNs: 50e6, kind: 'mark', text: 'look' },
          { atNs: 100e6, kind: 'set', vm: 'A', cap: 20 },
          { atNs: 130e6, kind: 'pause', vm: 'B' },
        ],
      }),
    );
    assert.deepEqual(run.changes, [
      { event: 1, askedNs: 100e6, atNs: 100e6, actsNs: 120e6 },
      { event: 2, askedNs: 130e6, atNs: 130e6, actsNs: 130e6 },
    ]);
  });

  it('runs on pCPUs that the host does not have', () => {
    const { pcpus, vms } = simulatedRun(
      invented('{ pcpus: 64, duration: 1s, vms: [{ name: A, vcpus: 64 }] }'),
    );
    assert.equal(new Set(pcpus.map(({ id }) => id)).size, 64);
    assert.equal(vms[0].cpuNs, 64e9);
    assert.deepEqual(
      invented('{ pcpus: [70, 7], duration: 1s, vms: [{ name: A, pin: [70] }] }').pcpus,
      [70, 7],
    );
  });

  it('takes the pCPUs that a run on this host would take, as far as there are any', () => {
    assert.deepEqual(invented('{ pcpus: 2, duration: 1s, vms: [{ name: A }] }').pcpus, [1, 3]);
    assert.deepEqual(invented('{ pcpus: 5, duration: 1s, vms: [{ name: A }] }').pcpus, [0, 1, 2, 3, 4]);
    assert.deepEqual(invented('{ duration: 1s, vms: [{ name: A }] }').pcpus, [0, 1, 3]);
  });

  it('has a host with the topology of its pCPUs', () => {
    const yaml = '{ topology: { sockets: 2, cores: 1, threads: 2 }, duration: 1s, vms: [{ name: A }] }';
    assert.deepEqual(
      simulatedHost(invented(yaml)).cpus.map(({ id, core, socket, smtSiblings }) => [
        id,
        core,
        socket,
        smtSiblings,
      ]),
      [
        [0, 0, 0, [1]],
        [1, 0, 0, [0]],
        [2, 1, 1, [3]],
        [3, 1, 1, [2]],
      ],
    );
    const alike = simulatedHost(invented('{ pcpus: [7, 3], duration: 1s, vms: [{ name: A }] }')).cpus;
    assert.deepEqual(
      alike.map(({ id, core, socket, smtSiblings }) => [id, core, socket, smtSiblings]),
      [
        [7, 7, 0, []],
        [3, 3, 0, []],
      ],
    );
  });

  it('of work in units needs to be told how long one takes', () => {
    const scenario = fromYaml("{ pcpus: 1, vms: [{ name: A, work: '100 units' }] }");
    const { code, details } = errorOf(() => simulatedRun(scenario));
    assert.equal(code, 'BAD_SCENARIO');
    assert.match(String(details.hint), /--unit-time A=/);
    const run = simulatedRun(scenario, { nsPerUnit: () => 1e6 });
    assert.deepEqual([run.vms[0].wallNs, run.vms[0].vcpus[0].units], [100e6, 100]);
  });

  it('of more units than a day has room for is refused, and with a duration predicted all the same', () => {
    const scenario = fromYaml(
      "{ pcpus: 1, duration: 1s, vms: [{ name: A, work: '9007199254740991 units' }] }",
    );
    const { code, message } = errorOf(() => simulatedRun(scenario, { nsPerUnit: () => 1e6 }));
    assert.equal(code, 'BAD_SCENARIO');
    assert.match(message, /the work of VM A is too much/);
    assert.equal(predict(scenario, { nsPerUnit: [1e6], seeds: 1 })?.[0].sharePercent?.median, 100);
  });

  it('that never ends is given up', () => {
    const scenario = fromYaml('{ pcpus: 1, vms: [{ name: A, work: 3s }] }');
    const pause = { atNs: 1e9, kind: 'pause', vm: 'A' } as const;
    const { message, details } = errorOf(() => simulatedRun({ ...scenario, events: [pause] }));
    assert.match(message, /never ends/);
    assert.match(String(details.got), /vCPU A\/v0/);
  });
});

/** A scenario for an invented machine. */
function invented(yaml: string): Scenario {
  return resolveScenario(parseYaml(yaml, 'lab.yaml'), { ...HOST, invented: true });
}
