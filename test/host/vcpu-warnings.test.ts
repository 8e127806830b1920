import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { vcpuWarnings, type RanThread } from '../../src/host/vcpu-warnings.ts';

const thread = (id: string, rest: Partial<RanThread> = {}): RanThread => ({
  id,
  isWarm: true,
  batchClass: 0,
  ...rest,
});

describe("warnings about vCPUs' threads", () => {
  it('are none where all was as it should be', () => {
    assert.deepEqual(vcpuWarnings([thread('A/v0'), thread('B/v0')]), []);
  });

  it('name those that were not warm', () => {
    const [warning, ...more] = vcpuWarnings([thread('A/v0', { isWarm: false }), thread('B/v0')]);
    assert.match(warning, /^A\/v0: steps were still getting faster/);
    assert.deepEqual(more, []);
  });

  it('say once, with the error, whose class the kernel refused', () => {
    const refused = { batchClass: -constants.errno.EPERM };
    const [warning, ...more] = vcpuWarnings([
      thread('A/v0', refused),
      thread('B/v0'),
      thread('C/v0', refused),
    ]);
    assert.match(warning, /^A\/v0, C\/v0: the kernel refused SCHED_BATCH \(EPERM\)/);
    assert.deepEqual(more, []);
  });

  it('count more than four of them', () => {
    const all = Array.from({ length: 5 }, (_, v) =>
      thread(`A/v${v}`, { batchClass: -constants.errno.EINVAL }),
    );
    assert.match(vcpuWarnings(all)[0], /^5 vCPUs: the kernel refused SCHED_BATCH \(EINVAL\)/);
  });
});
