import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { packageRoot } from '../../src/base/package-root.ts';
import { conform } from '../../src/conform/conform.ts';
import { scenarioOf } from '../../src/conform/credit2/scenario-of.ts';
import type { Credit2File } from '../../src/conform/credit2/schema.ts';
import { simulationOf as simulationOfGolden } from '../../src/conform/credit2/simulation.ts';
import { goldenProblem } from '../../src/conform/golden-file-schema.ts';
import { readGoldenFile } from '../../src/conform/golden-file.ts';
import { writeGolden } from '../../src/conform/write-golden.ts';
import { flatTopology, gridTopology, type Topology } from '../../src/core/topology.ts';
import { simulationOf } from '../../src/predict/simulated-run.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import type { SimOptions } from '../../src/sim/simulate.ts';
import { schemaFiles } from '../../scripts/write-schemas.ts';

const ajv = new Ajv({ strict: false });
const dir = join(packageRoot(), 'test', 'golden-credit2');

/** The golden file of a scenario, read again. */
function written(yaml: string): Credit2File {
  const scenario = resolveScenario(parseYaml(yaml, 'lab.yaml'), { allowedCpus: [0, 1], invented: true });
  const pieces: string[] = [];
  const options = {
    name: 'x',
    vmNames: scenario.vms.map(({ name }) => name),
    simulation: simulationOf(scenario),
    traceUntilNs: 5e9,
  };
  writeGolden(options, (text) => pieces.push(text));
  return JSON.parse(pieces.join('')) as Credit2File;
}

describe('golden files of credit2', () => {
  it('are all accepted by the JSON Schema', () => {
    const validate = ajv.compile(JSON.parse(schemaFiles().get('golden.schema.json') ?? '') as object);
    for (const file of readdirSync(dir)) {
      assert.ok(validate(readGoldenFile(join(dir, file))), `${file}: ${ajv.errorsText(validate.errors)}`);
    }
  });

  for (const [what, yaml] of [
    [
      'with a duration and caps',
      '{ pcpus: 2, duration: 6s, scheduler: credit2, vms: [{ name: A, vcpus: 3, cap: 120 }, { name: B, pin: [1] }] }',
    ],
    [
      'that ends with its work, not with a second',
      '{ pcpus: 1, scheduler: { type: credit2, ratelimit: 0 }, vms: [{ name: A, work: 412ms, cap: 40 }, ' +
        '{ name: B, work: 1s, start: 50ms }] }',
    ],
    [
      'with a runqueue for each core',
      '{ topology: { sockets: 2, cores: 2, threads: 2 }, duration: 4s, scheduler: { type: credit2, runqueue: core, ' +
        'migrate-resist: 0 }, vms: [{ name: A, vcpus: 6 }, { name: B, vcpus: 5, workload: interactive }] }',
    ],
    [
      'with events',
      '{ pcpus: 1, duration: 3s, scheduler: { type: credit2, cap-period: 20ms }, vms: [{ name: A }, { name: B }], ' +
        'events: [{ at: 1s, vm: A, weight: 900 }, { at: 1.2s, vm: B, action: pause }, { at: 2s, vm: B, action: ' +
        'unpause }, { at: 2.2s, vm: B, cap: 30 }, { at: 2.5s, scheduler: { ratelimit: 5ms } }] }',
    ],
  ]) {
    it(`conform with themselves: ${what}`, () => {
      const read = written(yaml);
      assert.equal(read.policy, 'credit2');
      assert.equal(goldenProblem(read), null);
      const { firstDifference, recordsCompared } = conform(read);
      assert.equal(firstDifference, null);
      assert.ok(recordsCompared > 10);
    });
  }

  it('have bands from variants in which VMs start later', () => {
    const { band = {} } = written(
      '{ pcpus: 1, duration: 6s, scheduler: credit2, vms: [{ name: A }, { name: B }] }',
    );
    const [min, max] = band.A.pct_of_one_pcpu ?? assert.fail();
    assert.ok(min < max && min > 49 && max < 51, `${min} to ${max}`);
  });

  describe('tell where pCPUs are', () => {
    const told = (topology: Topology): Topology | undefined => {
      const options: SimOptions = {
        pcpuCount: topology.cores.length,
        topology,
        vms: [{ vcpus: [{ guest: { kind: 'hog' } }] }],
        durationNs: 1e9,
        scheduler: { type: 'credit2' },
      };
      return simulationOfGolden(scenarioOf('any', ['A'], options)).topology;
    };

    it('whatever numbers cores and sockets have', () => {
      const grid = gridTopology({ sockets: 2, cores: 3, threads: 2 });
      assert.deepEqual(told(grid), grid);
      assert.deepEqual(told(flatTopology(3)), flatTopology(3));
      const { cores, sockets } = grid;
      const renumbered = {
        cores: cores.map((core) => 7 * core),
        sockets: sockets.map((socket) => 5 - socket),
      };
      assert.deepEqual(told(renumbered), grid);
    });

    it('unless they are not all alike, or in another order', () => {
      for (const cores of [
        [0, 0, 1],
        [0, 1, 1],
      ])
        assert.throws(() => told({ cores, sockets: [0, 0, 0] }), /can't tell this topology/);
      assert.throws(() => told({ cores: [0, 1, 0, 1], sockets: [0, 0, 0, 0] }), /can't tell this topology/);
    });
  });
});
