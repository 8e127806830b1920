import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Workload } from '../../workloads/contract.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { builtinNames, builtinUrl, type BuiltinName } from '../../src/workload/catalogue.ts';
import { checkContract } from '../../src/workload/contract-check.ts';
import { importWorkload } from '../../src/workload/load.ts';
import { forecastOf } from '../../src/workload/run.ts';
import { resolveSize } from '../../src/workload/size.ts';

/** One more size for each, odd where odd sizes make a difference: rows left over, a last part of the memory. */
const OTHER_SIZE: Record<BuiltinName, number> = {
  primes: 123_457,
  sha256: 17,
  crc32: 61,
  matmul: 77,
  nbody: 13,
  fft: 256,
  mandelbrot: 53,
  nqueens: 8,
  sort: 3001,
  'pointer-chase': 8191,
  stream: 7001,
  'wasm-collatz': 701,
  zlib: 5,
  idle: 7,
  interactive: 300,
  sleeper: 2000,
  periodic: 8900,
  polite: 400,
};

/** Past the longest cycle of the sizes above, so that expected() goes round. */
const UNITS = [0, 1, 2, 3, 17, 80];

function afterSteps(workload: Workload, seed: number, size: number, units: number): number | string {
  const state = workload.prepare(seed, size);
  let cpuNs = 0;
  const guest = { cpuNs: () => (cpuNs += 100_000), nowNs: () => cpuNs };
  for (let i = 0; i < units; i++) workload.step(state, guest);
  return workload.checksum(state);
}

function expected(workload: Workload, seed: number, size: number, units: number): number | string {
  const forecast = forecastOf(workload, seed, size, units);
  assert.notEqual(forecast, undefined, `${workload.name} has no expected()`);
  return forecast as number | string;
}

describe('every built-in workload', function () {
  this.timeout(60_000);

  it('is in the catalogue, if it is a module in workloads/ that is no helper', () => {
    const helpers = ['bursts', 'contract', 'cyclic', 'digest', 'random'];
    const modules = readdirSync(join(packageRoot(), 'workloads'))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.replace(/\.ts$/, ''));
    assert.deepEqual(modules.filter((name) => !helpers.includes(name)).sort(), [...builtinNames].sort());
  });

  for (const name of builtinNames) {
    describe(name, () => {
      let workload: Workload;
      before(async () => {
        workload = await importWorkload(builtinUrl(name));
      });

      it('bears the name of the catalogue, a description, a default size and limits', () => {
        assert.equal(workload.name, name);
        assert.ok(workload.description);
        assert.ok(workload.sizes);
        assert.ok(workload.defaultSize);
        for (const size of [null, OTHER_SIZE[name], workload.sizes.min, workload.sizes.max]) {
          assert.equal(resolveSize(workload, size), size ?? workload.defaultSize);
        }
      });

      it('keeps the contract', () => {
        checkContract(workload, 5, resolveSize(workload, null));
      });

      it('knows its checksum beforehand, for several seeds, sizes and numbers of steps', () => {
        for (const size of [resolveSize(workload, null), workload.sizes?.min ?? 1, OTHER_SIZE[name]]) {
          for (const seed of [0, 1, 4_000_000_000]) {
            // One seed goes far round the cycle, the others are there for the seed's sake.
            for (const units of seed === 1 ? UNITS : [3]) {
              assert.equal(
                afterSteps(workload, seed, size, units),
                expected(workload, seed, size, units),
                `seed ${seed}, size ${size}, ${units} units`,
              );
            }
          }
        }
      });

      it('has another checksum for another seed, size or number of steps', () => {
        const size = resolveSize(workload, null);
        const checksums = [
          ...UNITS.map((units) => expected(workload, 1, size, units)),
          expected(workload, 2, size, 80),
          expected(workload, 1, OTHER_SIZE[name], 80),
        ];
        assert.equal(new Set(checksums).size, checksums.length);
      });
    });
  }
});
