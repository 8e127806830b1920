import assert from 'node:assert/strict';
import { MOST_PCPUS, recommendPcpus } from '../../src/doctor/recommend.ts';
import type { Topology } from '../../src/host/topology.ts';
import { listLabs, loadLab } from '../../src/scenario/builtin-labs.ts';
import { CLOUD_VM, cores, factsOf, LAPTOP, ownProcess, PRISTINE } from './invented-machine.ts';

async function topologyOf(allowed: string, siblings: readonly string[]): Promise<Topology> {
  const files = {
    ...ownProcess({ allowed }),
    ...cores(siblings.map((list, id) => ({ id, siblings: list }))),
  };
  return (await factsOf({ files }, () => [])).topology;
}

describe('the recommended pCPUs', () => {
  it('leave CPU 0 to the others where there are more than two cores', async () => {
    const { topology } = await factsOf(PRISTINE);
    const { pcpus, why } = recommendPcpus(topology);
    assert.deepEqual(pcpus, [3, 2, 1]);
    assert.match(why, /CPU 0 is left/);
  });

  it('are both of two, and it is said how one of them is kept free', async () => {
    const { pcpus, why } = recommendPcpus((await factsOf(CLOUD_VM)).topology);
    assert.deepEqual(pcpus, [1, 0]);
    assert.match(why, /`--pcpus 1` leaves CPU 0/);
  });

  it('are the only one, without a word', async () => {
    assert.deepEqual(recommendPcpus(await topologyOf('0', ['0'])), { pcpus: [0], why: '' });
  });

  it('are one thread of each performance core', async () => {
    const { pcpus, why } = recommendPcpus((await factsOf(LAPTOP)).topology);
    assert.deepEqual(pcpus, [3, 1]);
    assert.match(why, /one thread per core; performance cores only/);
  });

  it('leave the other thread of CPU 0 alone too', async () => {
    const topology = await topologyOf('0-7', ['0,4', '1,5', '2,6', '3,7', '0,4', '1,5', '2,6', '3,7']);
    assert.deepEqual(recommendPcpus(topology).pcpus, [7, 6, 5]);
  });

  it('are no more than the quota pays for beside the scheduler, but one at least', async () => {
    const { topology } = await factsOf(PRISTINE);
    const count = (cgroupQuotaCpus: number) => recommendPcpus({ ...topology, cgroupQuotaCpus }).pcpus.length;
    assert.deepEqual([0.5, 1.2, 2, 2.25, 8].map(count), [1, 1, 1, 2, 3]);
  });

  it('are no more than ready-made labs need, on a big machine', async () => {
    const ids = Array.from({ length: 32 }, (_, id) => String(id));
    const { pcpus, why } = recommendPcpus(await topologyOf('0-31', ids));
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
