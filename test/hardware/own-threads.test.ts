import assert from 'node:assert/strict';
import { certify } from '../../src/result/certificate.ts';
import { loadNative } from '../../src/addon/native.ts';
import { cpus, testbedFor, run, scenario, SECOND, vm } from './support.ts';

const BUSY_MS = 50;

describe('own threads on real cores', function () {
  this.timeout(60_000);
  const testbed = testbedFor({ pcpus: cpus });

  it('are told apart from the host: a main thread that computes on all pCPUs', async () => {
    const native = loadNative();
    let usedNs = 0;
    const result = await run(
      testbed(),
      scenario([vm('A', { vcpus: cpus.length })], { pcpus: cpus, durationNs: 3 * SECOND }),
      {
        onProgress: ({ phase }) => {
          if (phase !== 'running') return;
          const fromNs = native.ownCpuNs();
          const untilMs = performance.now() + BUSY_MS;
          while (performance.now() < untilMs) continue;
          usedNs += native.ownCpuNs() - fromNs;
        },
      },
    );
    const ownNs = result.pcpus.reduce((sum, { ownThreadsNs }) => sum + (ownThreadsNs ?? 0), 0);
    assert.ok(usedNs > 0 && ownNs >= usedNs * 0.9, `main used ${usedNs} ns, ${ownNs} were seen`);
    const check = certify(result)?.checks.find(({ key }) => key === 'own-threads');
    // It computes half of the time, on cores that are all held by vCPUs.
    assert.notEqual(check?.verdict, 'good', check?.found ?? 'not known');
  });
});
