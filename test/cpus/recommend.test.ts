import assert from 'node:assert/strict';
import { MOST_PCPUS, recommendPcpus } from '../../src/cpus/recommend.ts';
import type { HostCpus } from '../../src/cpus/host-cpus.ts';
import { listLabs, loadLab } from '../../src/scenario/builtin-labs.ts';
import { scenarioFromFlags } from '../../src/scenario/load.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import { CLOUD_VM, cores, observationsOf, LAPTOP, ownProcess, PRISTINE } from '../doctor/invented-machine.ts';

async function hostCpusOf(allowed: string, siblings: readonly string[]): Promise<HostCpus> {
  const files = {
    ...ownProcess({ allowed }),
    ...cores(siblings.map((list, id) => ({ id, siblings: list }))),
  };
  return (await observationsOf({ files }, () => [])).hostCpus;
}

describe('the recommended pCPUs', () => {
  it('leave CPU 0 to the others where there are more than two cores', async () => {
    const { hostCpus } = await observationsOf(PRISTINE);
    const { pcpus, why } = recommendPcpus(hostCpus);
    assert.deepEqual(pcpus, [3, 2, 1]);
    assert.match(why, /CPU 0 is left/);
  });

  it('are both of two, and it is said how one of them is kept free', async () => {
    const { pcpus, why } = recommendPcpus((await observationsOf(CLOUD_VM)).hostCpus);
    assert.deepEqual(pcpus, [1, 0]);
    assert.match(why, /`--pcpus 1` leaves CPU 0/);
  });

  it('are the only one, without a word', async () => {
    assert.deepEqual(recommendPcpus(await hostCpusOf('0', ['0'])), { pcpus: [0], why: '' });
  });

  it('are one thread of each performance core', async () => {
    const { pcpus, why } = recommendPcpus((await observationsOf(LAPTOP)).hostCpus);
    assert.deepEqual(pcpus, [3, 1]);
    assert.match(why, /one thread per core; performance cores only/);
  });

  it('leave the other thread of CPU 0 alone too', async () => {
    const hostCpus = await hostCpusOf('0-7', ['0,4', '1,5', '2,6', '3,7', '0,4', '1,5', '2,6', '3,7']);
    assert.deepEqual(recommendPcpus(hostCpus).pcpus, [7, 6, 5]);
  });

  it('leave one to the scheduler where there are three or more, also without CPU 0', async () => {
    const { hostCpus } = await observationsOf(PRISTINE);
    const without = async (allowed: string) =>
      recommendPcpus(await hostCpusOf(allowed, ['0', '1', '2', '3', '4', '5']));
    assert.deepEqual((await without('1-3')).pcpus, [3, 2]);
    assert.match((await without('1-3')).why, /CPU 1 is left to the scheduler/);
    assert.deepEqual((await without('2-5')).pcpus, [5, 4, 3]);
    assert.deepEqual((await without('1-5')).pcpus, [5, 4, 3, 2]);
    assert.ok(hostCpus.recommendedCpus.length < hostCpus.allowedCpus.length);
  });

  it('are those that the CPUs of a host name, and so those of a scenario that asks for none', async () => {
    for (const machine of [PRISTINE, CLOUD_VM, LAPTOP]) {
      const { hostCpus } = await observationsOf(machine);
      assert.deepEqual(hostCpus.recommendedCpus, recommendPcpus(hostCpus).pcpus);
      const { pcpus } = scenarioFromFlags({ vm: ['A:work=1s'] }, hostCpus);
      assert.deepEqual(new Set(pcpus), new Set(hostCpus.recommendedCpus));
    }
  });

  it('are the first ones that a number of pCPUs gets, and the others follow', async () => {
    const { hostCpus } = await observationsOf(LAPTOP);
    const pcpusOf = (pcpus: number) =>
      resolveScenario(parseYaml(`pcpus: ${String(pcpus)}\nvms: [{ name: A, work: 1s }]`, 'test'), hostCpus)
        .pcpus;
    const { recommendedCpus, allowedCpus } = hostCpus;
    assert.deepEqual(pcpusOf(1), recommendedCpus.slice(0, 1));
    assert.deepEqual(new Set(pcpusOf(recommendedCpus.length)), new Set(recommendedCpus));
    assert.deepEqual(new Set(pcpusOf(allowedCpus.length)), new Set(allowedCpus));
  });

  it('are no more than the quota pays for beside the scheduler, but one at least', async () => {
    const { hostCpus } = await observationsOf(PRISTINE);
    const count = (cgroupQuotaCpus: number) => recommendPcpus({ ...hostCpus, cgroupQuotaCpus }).pcpus.length;
    assert.deepEqual([0.5, 1.2, 2, 2.25, 8].map(count), [1, 1, 1, 2, 3]);
  });

  it('are no more than ready-made labs need, on a big machine', async () => {
    const ids = Array.from({ length: 32 }, (_, id) => String(id));
    const { pcpus, why } = recommendPcpus(await hostCpusOf('0-31', ids));
    assert.deepEqual(pcpus, [31, 30, 29, 28]);
    assert.match(why, /no ready-made lab needs more/);
  });

  it('are enough for every ready-made lab', () => {
    const host = { allowedCpus: Array.from({ length: 64 }, (_, id) => id) };
    const needed = listLabs()
      .flatMap(({ name }) => loadLab(name, host).rows)
      .map(({ scenario }) => scenario.pcpus.length);
    assert.ok(Math.max(...needed) <= MOST_PCPUS, `a lab needs ${String(Math.max(...needed))}`);
  });
});
