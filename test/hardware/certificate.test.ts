import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { certify } from '../../src/result/certificate.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { cpus, testbedFor, run, scenario, SECOND, tell, vm } from './support.ts';

describe('the certificate of a run', function () {
  this.timeout(60_000);
  const testbed = testbedFor({ pcpus: cpus.slice(0, 1) });

  it("says that it is not to be trusted beside a hog on the same core that is somebody else's", async () => {
    const hog = await foreignHog(cpus[0]);
    try {
      const result = await run(testbed(), scenario([vm('A'), vm('B')], { durationNs: 2 * SECOND }));
      const certificate = certify(result);
      tell(`${certificate?.verdict}: ${certificate?.reasons.join('; ')}`);
      assert.equal(certificate?.verdict, 'do not trust');
      assert.match(certificate.reasons[0], /other programs, or the machine below this one, took \d/);
    } finally {
      hog.kill('SIGKILL');
      await once(hog, 'exit');
    }
  });
});

async function foreignHog(cpu: number): Promise<ChildProcess> {
  const hog = fork(join(packageRoot(), 'dist/test/hardware/foreign-hog.js'), [String(cpu)]);
  await once(hog, 'message');
  return hog;
}
