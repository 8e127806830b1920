import assert from 'node:assert/strict';
import { gridTopology } from '../../src/core/topology.ts';
import type { ScenarioFlags } from '../../src/scenario/flag-source.ts';
import { overrideSource } from '../../src/scenario/flag-source.ts';
import { resolveLab } from '../../src/scenario/lab.ts';
import type { ScenarioHost } from '../../src/scenario/resolve-pcpus.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import { errorOf, HOST } from './attempt.ts';

const INVENTED = { ...HOST, invented: true };
const VMS = 'duration: 1s\nvms: [{ name: A }]\n';

describe('the topology of a simulation', () => {
  it('is that of the file, one pCPU for each thread', () => {
    const scenario = simulated(`topology: { sockets: 2, cores: 2, threads: 2 }\n${VMS}`);
    assert.deepEqual(scenario.topology, gridTopology({ sockets: 2, cores: 2, threads: 2 }));
    assert.deepEqual(scenario.pcpus, [0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('goes with pcpus of the same number, in their order', () => {
    const { pcpus, topology } = simulated(
      `pcpus: [9, 4]\ntopology: { sockets: 2, cores: 1, threads: 1 }\n${VMS}`,
    );
    assert.deepEqual(pcpus, [9, 4]);
    assert.deepEqual(topology, { cores: [0, 1], sockets: [0, 1] });
  });

  it('can be given as an option, which wins over the file', () => {
    const yaml = `topology: { sockets: 2, cores: 1, threads: 1 }\n${VMS}`;
    assert.deepEqual(simulated(yaml, { topology: '1x2x2' }).topology, {
      cores: [0, 0, 1, 1],
      sockets: [0, 0, 0, 0],
    });
  });

  it('is left out where all pCPUs are alike, whatever the host', () => {
    const host = { ...INVENTED, cpus: siblings(0, 1) };
    assert.equal('topology' in resolve(`pcpus: [0, 1]\n${VMS}`, host), false);
    assert.equal('topology' in simulated(`topology: { sockets: 1, cores: 4, threads: 1 }\n${VMS}`), false);
  });

  const shape = (keys: string) => `${VMS}topology: { ${keys} }\n`;
  const bad: [what: string, yaml: string, place: string, says: RegExp][] = [
    ['no threads', shape('sockets: 1, cores: 2, threads: 0'), '3:44', /threads must be at least 1/],
    ['half a core', shape('sockets: 1, cores: 0.5, threads: 1'), '3:32', /cores must be a whole number/],
    [
      'no number of sockets',
      shape('cores: 2, threads: 1'),
      '3:11',
      /sockets must be a whole number.*got nothing/s,
    ],
    [
      'an unknown key',
      shape('sockets: 1, cores: 2, threads: 1, nodes: 1'),
      '3:47',
      /unknown key 'nodes' in topology/,
    ],
    ['a text', `${VMS}topology: 2x4x2\n`, '3:11', /topology must be a mapping/],
    [
      'another number of pCPUs',
      `pcpus: 3\n${shape('sockets: 1, cores: 2, threads: 2')}`,
      '4:11',
      /= 3, the number of pCPUs, got 1 × 2 × 2 = 4/,
    ],
    [
      'more pCPUs than there are numbers',
      shape('sockets: 64, cores: 1024, threads: 2'),
      '3:11',
      /at most 65536, got 64 × 1024 × 2 = 131072/,
    ],
  ];
  for (const [what, yaml, place, says] of bad) {
    it(`of ${what} is refused`, () => {
      const error = errorOf(() => simulated(yaml));
      assert.equal(error.details.where, `lab.yaml:${place}`);
      assert.match(error.describe(), says);
    });
  }

  for (const text of ['', '2x4', '2x4x2x1', '2 x 4 x 2', 'axbxc']) {
    it(`of '${text}' is refused as an option`, () => {
      const error = errorOf(() => simulated(VMS, { topology: text }));
      assert.equal(error.details.where, '--topology');
      assert.match(error.describe(), /not a topology.*as in 2x4x2/s);
    });
  }

  it('that is wrong as an option is complained about there', () => {
    const error = errorOf(() => simulated(`pcpus: 3\n${VMS}`, { topology: '0x2x2' }));
    assert.equal(error.details.where, '--topology');
    assert.match(error.describe(), /sockets must be at least 1/);
  });
});

describe('the topology of a run on real cores', () => {
  const host = {
    allowedCpus: [0, 1, 2, 3],
    // Two sockets of a core with two threads; the kernel numbers the cores of each from 0.
    cpus: [
      { id: 0, core: 0, socket: 0, smtSiblings: [2] },
      { id: 1, core: 0, socket: 1, smtSiblings: [3] },
      { id: 2, core: 0, socket: 0, smtSiblings: [0] },
      { id: 3, core: 0, socket: 1, smtSiblings: [1] },
    ],
  };

  it('is that of the real pCPUs', () => {
    assert.deepEqual(resolve(`pcpus: [3, 0, 1]\n${VMS}`, host).topology, {
      cores: [1, 0, 1],
      sockets: [1, 0, 1],
    });
  });

  it('is left out where these are all alike', () => {
    assert.equal('topology' in resolve(`pcpus: [2]\n${VMS}`, host), false);
    assert.equal('topology' in resolve(`pcpus: [0, 1]\n${VMS}`, { allowedCpus: [0, 1] }), false);
  });

  it('is left out where the host contradicts itself', () => {
    const odd = { allowedCpus: [0, 1], cpus: host.cpus.map((cpu) => ({ ...cpu, smtSiblings: [0] })) };
    assert.equal('topology' in resolve(`pcpus: [0, 1]\n${VMS}`, odd), false);
  });

  it('cannot be invented', () => {
    const yaml = `pcpus: [0, 1]\ntopology: { sockets: 2, cores: 1, threads: 1 }\n${VMS}`;
    const error = errorOf(() => resolve(yaml, host));
    assert.equal(error.details.where, 'lab.yaml:2:1');
    assert.match(error.describe(), /can't be given to real cores.*creditlab sim/s);
    const lab =
      `title: T\nscenario:\n  topology: { sockets: 2, cores: 1, threads: 1 }\n  duration: 1s\n  vms: [{ name: ` +
      `A }]\nrows: [{ label: a, vms: [{ name: A }] }]\n`;
    assert.equal(errorOf(() => resolveLab(parseYaml(lab, 'lab.yaml'), host)).details.where, 'lab.yaml:3:3');
  });
});

describe('the size of a scenario', () => {
  it('has no bound in virtual time that a machine comes near', () => {
    const scenario = simulated('{ pcpus: 4096, duration: 1s, vms: [{ name: A, vcpus: 100000 }] }');
    assert.equal(scenario.pcpus.length, 4096);
    assert.deepEqual(new Set(scenario.pcpus).size, 4096);
  });

  it('is bounded on real cores by what they can hold', () => {
    const many = { allowedCpus: Array.from({ length: 128 }, (_, id) => id) };
    const sized = (pcpus: string, vcpus: number) =>
      errorOf(() => resolve(`{ pcpus: ${pcpus}, duration: 1s, vms: [{ name: A, vcpus: ${vcpus} }] }`, many));
    assert.match(sized('65', 1).describe(), /too many pCPUs.*1 to 64 host CPUs, got 65/s);
    assert.match(sized(`[${many.allowedCpus.join()}]`, 1).describe(), /too many pCPUs.*got 128/s);
    assert.match(sized('1', 1025).describe(), /too many vCPUs.*at most 1024/s);
  });
});

function resolve(yaml: string, host: ScenarioHost, flags: ScenarioFlags = {}): Scenario {
  return resolveScenario(overrideSource(parseYaml(yaml, 'lab.yaml'), flags), host);
}

function simulated(yaml: string, flags: ScenarioFlags = {}): Scenario {
  return resolve(yaml, INVENTED, flags);
}

function siblings(...ids: number[]) {
  return ids.map((id) => ({ id, socket: 0, smtSiblings: ids.filter((other) => other !== id) }));
}
