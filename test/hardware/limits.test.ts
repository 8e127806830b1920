import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type Needs, VCPU_NEEDS } from '../../src/host/needs.ts';
import { command, type Ended } from './command.ts';
import { cpus, needHardware, tell } from './support.ts';

function runOf(vcpus: number): string[] {
  return ['run', '--pcpus', String(cpus[0]), '--vm', `A:vcpus=${vcpus}`, '--duration', '1s'];
}

describe('a limit that is too low for a run', function () {
  this.timeout(60_000);

  before(function () {
    needHardware(this);
  });

  for (const [what, before, pattern] of [
    [
      'address space',
      'ulimit -v 8000000',
      /64 vCPUs need more address space.*expected \d+\.\d GB.*got \d\.\d GB/s,
    ],
    [
      'pending signals',
      'prlimit --pid $$ --sigpending=30',
      /64 vCPUs need more pending signals.*expected \d+ .*left of 30/s,
    ],
    ['open files', 'ulimit -n 300', /64 vCPUs need more open files.*left of 300/s],
  ] as const) {
    it(`is told before anything starts: ${what}`, async function () {
      if (spawnSync('/bin/sh', ['-c', before]).status !== 0) {
        tell(`skipped: this shell has no \`${before}\``);
        return this.skip();
      }
      const { code, output, result } = await command(runOf(64), { before });
      assert.equal(code, 2, output);
      assert.match(output, pattern);
      assert.match(output, /hint: .*at most \d+ vCPU/);
      assert.equal(result, null);
    });
  }

  it('lets as many vCPUs run as are said to fit', async () => {
    const before = 'ulimit -v 8000000';
    const refused = await command(runOf(64), { before });
    const fits = Number(/at most (\d+) vCPU/.exec(refused.output)?.[1]);
    assert.ok(fits >= 2, refused.output);
    const { code, output } = await command(runOf(fits), { before });
    assert.equal(code, 0, output);
  });
});

describe('what a vCPU is said to need', function () {
  this.timeout(60_000);
  /** The real need lies between these parts of it: no less room than needed, and not a multiple of it. */
  const LEAST = 0.4;
  const MOST = 1.1;
  const FEW = 8;
  const MANY = 32;

  it('is about what it takes', async function () {
    needHardware(this);
    const few = await peakOf(FEW);
    const many = await peakOf(MANY);
    const perVcpu = (key: keyof Peak): number => (many[key] - few[key]) / (MANY - FEW);
    const ratios = Object.fromEntries(
      (Object.keys(few) as (keyof Peak)[]).map((key) => [key, perVcpu(key) / VCPU_NEEDS[key]]),
    );
    tell(
      Object.entries(ratios)
        .map(([key, ratio]) => `${key} ${ratio.toFixed(2)}`)
        .join(', '),
    );
    for (const [key, ratio] of Object.entries(ratios))
      assert.ok(ratio > LEAST && ratio < MOST, `${key}: ${ratio.toFixed(2)} of what was estimated`);
  });

  type Peak = Omit<Needs, 'pendingSignals'>;

  /** The greatest figures of a process that runs so many. */
  async function peakOf(vcpus: number): Promise<Peak> {
    const peak = { addressBytes: 0, dataBytes: 0, memoryBytes: 0, mappings: 0, threads: 0, openFiles: 0 };
    const ended: Ended = await command(runOf(vcpus), {
      act: (child) => {
        const look = (): void => {
          const now = figuresOf(Number(child.pid));
          for (const key of Object.keys(peak) as (keyof Peak)[])
            peak[key] = Math.max(peak[key], now?.[key] ?? 0);
        };
        const ticker = setInterval(look, 20);
        child.on('exit', () => clearInterval(ticker));
      },
    });
    assert.equal(ended.code, 0, ended.output);
    return peak;
  }

  /** null: the process has just ended */
  function figuresOf(pid: number): Peak | null {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const field = (name: string): number =>
        Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      return {
        addressBytes: 1024 * field('VmSize'),
        dataBytes: 1024 * field('VmData'),
        memoryBytes: 1024 * field('VmRSS'),
        mappings: readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').length - 1,
        threads: field('Threads'),
        openFiles: readdirSync(`/proc/${pid}/fd`).length,
      };
    } catch {
      return null;
    }
  }
});
