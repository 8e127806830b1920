import assert from 'node:assert/strict';
import { created, run, settle, started, vm } from './fixture.ts';
import type { Credit2 } from '../../../src/core/credit2/credit2.ts';

/** The worked example at the head of credit2.ts. */
describe('hogs of weight 256 and 1024 on one pCPU', () => {
  /** Let them go on. @returns when somebody came, who, and both credits then, in ms */
  function seen(policy: Credit2, untilNs: number): number[][] {
    const rows: number[][] = [];
    for (let dueNs = policy.nextTimerNs(); dueNs <= untilNs; dueNs = policy.nextTimerNs()) {
      policy.fireTimer(dueNs);
      settle(policy, dueNs);
      rows.push([dueNs, policy.current[0], ...policy.state.credit].map((n, i) => (i === 1 ? n : n / 1e6)));
    }
    return rows;
  }

  it('take turns as the example says', () => {
    const policy = created(1, [vm(256), vm(1024)]);
    policy.startVm(0, 0);
    run(policy, 0, 0);
    policy.startVm(1, 0);
    run(policy, 0, 1);
    assert.deepEqual(seen(policy, 35e6), [
      [10, 1, -10, 10],
      [20, 1, 0, 10],
      [30, 1, 10, 10],
      [30.5, 0, 10, 9.5],
      [31.5, 1, 6, 9.5],
      [35, 1, 6, 6],
    ]);
  });

  it('get 20 and 80 %', () => {
    const policy = started(1, [vm(256), vm(1024)]);
    run(policy, 0, 0, 1);
    let [ownNs, sinceNs] = [0, 0];
    for (let dueNs = policy.nextTimerNs(); dueNs <= 10e9; dueNs = policy.nextTimerNs()) {
      if (policy.current[0] === 0) ownNs += dueNs - sinceNs;
      sinceNs = dueNs;
      policy.fireTimer(dueNs);
      settle(policy, dueNs);
    }
    assert.equal((ownNs / 10e9).toFixed(3), '0.200');
  });
});
