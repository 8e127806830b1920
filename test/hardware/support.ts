import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Noise, watchNoise } from '../../src/doctor/noise.ts';
import { openTestbed } from '../../src/host/open-testbed.ts';
import type { Testbed, TestbedOptions, RunHooks } from '../../src/testbed/testbed.ts';
import type { RunResult } from '../../src/result/result.ts';
import { loadNative } from '../../src/addon/native.ts';
import { readHostCpus } from '../../src/cpus/read-host-cpus.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import type { Scenario, VmSpec } from '../../src/scenario/scenario.ts';
import { resolveWorkload } from '../../src/workload/resolve.ts';
import { vm as inventedVm } from '../host/invented-scenario.ts';

export const cpus = readHostCpus().preferredCpus;

export const MS = 1e6;
export const SECOND = 1e9;

/** Why hardware tests can't run here, or null. */
function whyNot(): string | null {
  if (process.platform !== 'linux') return `needs Linux, this is ${process.platform}`;
  if (!existsSync(join(packageRoot(), 'build/Release/creditlab.node'))) return 'the addon is not built';
  return null;
}

/** A line in the test report. */
export function tell(line: string): void {
  process.stdout.write(`      ${line}\n`);
}

/** Skip, and say why, where there are no cores to test on. */
export function needHardware(context: Mocha.Context, cpuCount = 1): void {
  const reason =
    whyNot() ?? (cpus.length < cpuCount ? `needs ${cpuCount} CPUs, ${cpus.length} allowed` : null);
  if (reason === null) return;
  tell(`skipped: ${reason}`);
  context.skip();
}

/**
 * A testbed for the tests of a suite, open from before the first of them until after the last. Where there are too few
 * cores for it, they are skipped.
 */
export function testbedFor(options: TestbedOptions, cpuCount = 1): () => Testbed {
  let testbed: Testbed | undefined;
  before(async function () {
    needHardware(this, cpuCount);
    testbed = await openTestbed(options);
  });
  after(async () => {
    await testbed?.close();
  });
  return () => testbed ?? assert.fail('the testbed is open only while the tests run');
}

/** A testbed for one test. */
export async function withTestbed<T>(
  options: TestbedOptions,
  use: (testbed: Testbed) => Promise<T>,
): Promise<T> {
  const testbed = await openTestbed(options);
  try {
    return await use(testbed);
  } finally {
    await testbed.close();
  }
}

const TRIES = 5;
const NOISY_PERCENT = 2;

/**
 * Measure, and check what was measured. When the check fails while others used the machine, that noise is printed and
 * the measurement repeated, until the test is given up as not possible here. Without noise a failure is a failure.
 *
 * Noise is what the kernel counts for others, and not what the lab calls stolen: two vCPUs on one core would read as
 * half stolen. What the gate itself has noticed is a failure in any case.
 */
export async function onQuietHost(
  context: Mocha.Context,
  measure: () => Promise<RunResult>,
  check: (result: RunResult) => void,
): Promise<void> {
  const soundly = async (): Promise<RunResult> => {
    const result = await measure();
    gateIsSound();
    return result;
  };
  await whenQuiet(context, soundly, check, ({ pcpus }) => pcpus.length);
}

/**
 * The same for any measurement.
 * @param check is given what others took, in percent of the CPUs that were measured on
 * @param cpuCountOf how many those were
 */
export async function whenQuiet<T>(
  context: Mocha.Context,
  measure: () => Promise<T>,
  check: (measured: T, othersPercent: number) => void,
  cpuCountOf: (measured: T) => number,
): Promise<void> {
  for (let left = TRIES - 1; ; left--) {
    const noiseSince = watchNoise();
    const measured = await measure();
    const noise = noiseSince();
    const percent = noise === null ? 0 : percentOf(noise, cpuCountOf(measured));
    try {
      check(measured, percent);
      return;
    } catch (error) {
      if (percent < NOISY_PERCENT) throw error;
      const others = `others took up to ${percent.toFixed(1)} % of the CPUs' time`;
      if (left === 0) {
        tell(`skipped: ${others}, ${TRIES} times in a row: ${(error as Error).message}`);
        context.skip();
      }
      tell(`${others}; once more`);
    }
  }
}

/** On which CPUs others were isn't known: it is as if they had been on the pCPUs. */
function percentOf({ othersCpus, stealCpus }: Noise, cpuCount: number): number {
  return (100 * (othersCpus + stealCpus)) / cpuCount;
}

/** No vCPU that couldn't be pinned, and no change of state that can't be, in the last run. */
export function gateIsSound(): void {
  const native = loadNative();
  assert.equal(native.pinFailures(), 0, 'a vCPU could not be pinned to its core');
  assert.equal(native.violations(), 0, "the gate's state machine was violated");
}

/** A workload made for these tests. */
export function testWorkload(name: string): string {
  return join(packageRoot(), 'test/hardware/workloads', `${name}.mjs`);
}

export function vm(
  name: string,
  options: Partial<Omit<VmSpec, 'workload'>> & { workload?: string } = {},
): VmSpec {
  const { workload: spec = 'primes', ...rest } = options;
  const url = spec.startsWith('/') ? pathToFileURL(spec).href : resolveWorkload(spec, packageRoot());
  return inventedVm(name, { work: null, ...rest, workload: { spec, url, size: null } });
}

export function scenario(
  vms: readonly VmSpec[],
  options: Partial<Omit<Scenario, 'scheduler'>> & { tsliceNs?: number } = {},
): Scenario {
  const { tsliceNs = 30 * MS, ...rest } = options;
  return {
    name: 'test',
    pcpus: cpus.slice(0, 1),
    durationNs: null,
    seed: 1,
    events: [],
    ...rest,
    scheduler: {
      type: 'credit',
      parameters: { tsliceNs, ratelimitNs: MS, lbRatelimitNs: MS, migrationDelayNs: 0 },
    },
    vms,
  };
}

export async function run(
  testbed: Testbed,
  what: Scenario,
  hooks: Partial<RunHooks> = {},
): Promise<RunResult> {
  return testbed.run(what, { onProgress: () => undefined, signal: new AbortController().signal, ...hooks });
}

/**
 * Share of a VM in the CPU time that all VMs used, in percent: unlike shares of the pCPU, the host's other load hardly
 * moves it.
 */
export function shareOfUsed(result: RunResult, name: string): number {
  const used = result.vms.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
  return (100 * vmOf(result, name).cpuNs) / used;
}

export function vmOf(result: RunResult, name: string) {
  const found = result.vms.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no VM ${name} in the result`);
  return found;
}
