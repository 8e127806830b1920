import assert from 'node:assert/strict';
import { programs } from '../../scripts/bench/program-catalogue.ts';
import type { Workload } from '../../workloads/contract.ts';
import { checkContract } from '../../src/workload/contract-check.ts';
import { importWorkload } from '../../src/workload/load.ts';
import { expectedChecksum } from '../../src/workload/run.ts';
import { resolveSize } from '../../src/workload/size.ts';

/** Past the longest cycle of inputs. */
const STEPS = 9;

describe('the programs of the bench', () => {
  it('are eight or more, a native addon and an allocating one among them', () => {
    const names = programs.map(({ name }) => name);
    assert.ok(names.length >= 8);
    assert.equal(new Set(names).size, names.length);
    for (const name of ['typescript', 'lightningcss', 'allocating']) assert.ok(names.includes(name), name);
  });

  for (const { name, url } of programs) {
    describe(name, function () {
      this.timeout(60_000);
      let workload: Workload;
      before(async () => {
        workload = await importWorkload(url);
      });

      it('bears its name and says what a step does', () => {
        assert.equal(workload.name, name);
        assert.ok(workload.description);
      });

      it('keeps the contract at its default size', () => {
        checkContract(workload, 1, resolveSize(workload, null));
      });

      it('gives checksums that depend on seed and steps, and are known beforehand', () => {
        const size = workload.sizes?.min ?? 1;
        const checksums = [1, 2].flatMap((seed) => stepwise(workload, seed, size));
        const known = [1, 2].flatMap((seed) =>
          Array.from({ length: STEPS }, (_, i) => expectedChecksum(workload, seed, size, i + 1)),
        );
        assert.deepEqual(checksums, known);
        assert.equal(new Set(checksums).size, checksums.length);
      });
    });
  }
});

/** The checksum after each of the first steps. */
function stepwise(workload: Workload, seed: number, size: number): (number | string)[] {
  const state = workload.prepare(seed, size);
  return Array.from({ length: STEPS }, () => {
    workload.step(state, { cpuNs: () => 0, nowNs: () => 0 });
    return workload.checksum(state);
  });
}
