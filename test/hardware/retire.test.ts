import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { checked, FactField, FactKind, loadNative, type Native, VcpuField } from '../../src/addon/native.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { departure } from '../../src/host/departure.ts';
import { VcpuPool } from '../../src/host/vcpu-pool.ts';
import type { Program } from '../../src/host/vcpu-thread.ts';
import { importWorkload } from '../../src/workload/load.ts';
import { resolveWorkload } from '../../src/workload/resolve.ts';
import { expectedChecksum } from '../../src/workload/run.ts';
import { resolveSize } from '../../src/workload/size.ts';
import { cpus, MS, needHardware, tell, testWorkload } from './support.ts';

const WARM_UP = { leastNs: 5 * MS, mostNs: 10 * MS };
const HELD_MS = 30;
const WAIT_MS = 10_000;

const primes: Program = { url: resolveWorkload('primes', packageRoot()), size: null, seed: 1 };
const stuck: Program = { url: pathToFileURL(testWorkload('stuck')).href, size: null, seed: 1 };

interface Fact {
  readonly timeNs: number;
  readonly cpuNs: number;
  readonly vcpu: number;
  readonly kind: number;
}

/** A gate with one pCPU and threads for vCPUs, and this test in the place of the loop. */
class Bench {
  readonly native: Native = loadNative();
  readonly tasks: ReturnType<Bench['task']>[] = [];
  private readonly pool: VcpuPool;

  constructor(threads: number) {
    this.pool = new VcpuPool(threads);
    checked('set up the gate', this.native.setup(Int32Array.of(cpus[0])));
  }

  /** A vCPU with the next number comes. */
  add(program: Program): void {
    this.tasks.push(this.task(program, this.tasks.length));
  }

  private task(program: Program, vcpu: number) {
    const how = {
      units: Infinity,
      prefixUnits: 0,
      warmUp: WARM_UP,
      threadName: `T/v${vcpu}`,
      prepareOn: null,
    };
    const task = this.pool.run({ kind: 'run', program, vcpu, ...how }, 'ran');
    // Who awaits it comes later.
    task.catch(() => undefined);
    return task;
  }

  field(vcpu: number, field: keyof typeof VcpuField): number {
    const fields = new Float64Array(VcpuField.size);
    this.native.readVcpu(vcpu, fields);
    return fields[VcpuField[field]];
  }

  /** Until then the loop beats, as the gate expects it. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const endMs = performance.now() + WAIT_MS;
    while (!condition()) {
      assert.ok(performance.now() < endMs, `${what}: not in ${WAIT_MS} ms`);
      this.native.waitUntil(this.native.nowNs() + 1 * MS);
      await sleep(1);
    }
  }

  async come(program: Program): Promise<void> {
    const before = this.native.attached();
    this.add(program);
    await this.until('a vCPU comes', () => this.native.attached() > before);
  }

  /** It gets the pCPU, and keeps it for a while. */
  async hold(vcpu: number): Promise<void> {
    this.native.dispatch(0, vcpu);
    const units = this.field(vcpu, 'units');
    await this.until('a vCPU gets the pCPU', () => this.native.holder(0) === vcpu);
    await this.until('its steps go on', () => this.field(vcpu, 'units') > units);
    await this.until('it holds the pCPU', this.passed(HELD_MS));
  }

  async whatCameOf(vcpu: number) {
    let settled = false;
    const task = this.tasks[vcpu].finally(() => (settled = true));
    await this.until('a thread comes back', () => settled);
    return task;
  }

  facts(): Fact[] {
    const out = new Float64Array(512 * FactField.size);
    const count = this.native.drainFacts(0, out);
    return Array.from({ length: count }, (_, n) => {
      const at = n * FactField.size;
      const field = (name: keyof typeof FactField): number => out[at + FactField[name]];
      return { timeNs: field('timeNs'), cpuNs: field('cpuNs'), vcpu: field('vcpu'), kind: field('kind') };
    });
  }

  async close(): Promise<void> {
    this.native.releaseAll();
    await this.pool.close();
    assert.equal(this.native.attached(), 0);
    assert.equal(this.native.violations(), 0);
  }

  private passed(ms: number): () => boolean {
    const endMs = performance.now() + ms;
    return () => performance.now() >= endMs;
  }
}

async function withBench(threads: number, use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = new Bench(threads);
  try {
    await use(bench);
  } finally {
    await bench.close();
  }
}

async function isRight(program: Program, units: number, checksum: number | string): Promise<boolean> {
  const workload = await importWorkload(program.url);
  const size = resolveSize(workload, program.size);
  return expectedChecksum(workload, program.seed, size, units) === checksum;
}

describe('a vCPU that is retired in the middle of a run', function () {
  this.timeout(60_000);

  before(function () {
    needHardware(this);
  });

  it('hands its pCPU on, and its thread comes back with units and checksum, and is the next vCPU', () =>
    withBench(2, async (bench) => {
      const { native } = bench;
      await bench.come(primes);
      await bench.come(primes);
      native.arm();
      await bench.hold(0);
      native.dispatch(0, 1);
      native.retire(0);
      const { units, checksum } = await bench.whatCameOf(0);
      await bench.hold(1);

      assert.ok(units > 0);
      assert.equal(bench.field(0, 'units'), units);
      assert.ok(await isRight(primes, units, checksum), `${checksum} after ${units} units`);
      assert.equal(bench.field(0, 'endNs'), -1);
      assert.equal(bench.field(0, 'threadCpuNs'), -1);
      assert.ok(bench.field(0, 'retiredNs') > bench.field(0, 'startNs'));
      assert.equal(native.nextExit(), -1);
      const cpuNs = native.cpuNs(0);
      const [, leaves, successor, ...more] = bench.facts();
      assert.deepEqual([leaves.vcpu, leaves.kind], [0, FactKind.pause]);
      assert.deepEqual([successor.vcpu, successor.kind], [1, FactKind.resume]);
      assert.deepEqual(more, []);
      assert.ok(
        cpuNs >= leaves.cpuNs && cpuNs < leaves.cpuNs + 5 * MS,
        `${cpuNs}, ${leaves.cpuNs} on record`,
      );
      tell(`its successor computed ${((successor.timeNs - leaves.timeNs) / 1e3).toFixed(0)} µs later`);

      // A number that wasn't used before, with a thread that was.
      await bench.come(primes);
      assert.equal(native.attached(), 2);
      await bench.hold(2);
      native.retire(1);
      assert.ok((await bench.whatCameOf(1)).units > 0);
      assert.equal(native.cpuNs(0), cpuNs);
      native.releaseAll();
      assert.ok((await bench.tasks[2]).units > 0);
      assert.equal(bench.field(2, 'retiredNs'), -1);
    }));

  it('leaves without having run if it never had a pCPU', () =>
    withBench(2, async (bench) => {
      const { native } = bench;
      bench.add(primes);
      bench.add(primes);
      // One is at the gate, or both; or they are still warming up.
      await bench.until('one has come', () => native.attached() > 0);
      native.arm();
      for (const vcpu of [0, 1]) native.retire(vcpu);
      for (const vcpu of [0, 1]) {
        const { units, checksum } = await bench.whatCameOf(vcpu);
        assert.equal(units, 0);
        assert.ok(await isRight(primes, units, checksum));
        assert.equal(bench.field(vcpu, 'startNs'), -1);
        assert.ok(bench.field(vcpu, 'retiredNs') >= 0);
      }
      assert.deepEqual(bench.facts(), []);
    }));

  it('gives its pCPU away also in a step that never ends, and is found in it at the end', () =>
    withBench(2, async (bench) => {
      const { native } = bench;
      await bench.come(stuck);
      await bench.come(primes);
      native.arm();
      native.dispatch(0, 0);
      await bench.until('it is in its step', () => bench.field(0, 'threadCpuNs') > 400 * MS);
      native.retire(0);
      await bench.hold(1);
      const cpuNs = native.cpuNs(0);
      assert.ok(bench.field(0, 'retiredNs') > 0);
      await bench.until('its thread computes on', () => bench.field(0, 'threadCpuNs') > cpuNs + 1 * MS);
      assert.equal(native.cpuNs(0), cpuNs);

      native.releaseAll();
      const startMs = performance.now();
      const [lost, other] = await departure(native, bench.tasks, new AbortController().signal);
      assert.equal(lost, null);
      assert.ok(other !== null && !(other instanceof Error) && other.units > 0);
      tell(`found after ${(performance.now() - startMs).toFixed(0)} ms`);
    }));
});
