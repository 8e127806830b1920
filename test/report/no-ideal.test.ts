import assert from 'node:assert/strict';
import { roundRobinType } from '../../src/core/round-robin/round-robin.ts';
import type { PolicyType } from '../../src/core/policy-type.ts';
import { fluid } from '../../src/ideal/fluid.ts';
import { isShareDecided } from '../../src/ideal/contention.ts';
import { POLICY_TYPES } from '../../src/policies.ts';
import { htmlReport } from '../../src/report/html/report.ts';
import { bandTable } from '../../src/report/terminal/band-table.ts';
import { labTable } from '../../src/report/terminal/lab-table.ts';
import { runReport } from '../../src/report/terminal/run-table.ts';
import { plainStyle } from '../../src/report/terminal/style.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { fromYaml } from '../scenario/attempt.ts';
import { textOf } from './html/read-page.ts';
import { sampleHost, sampleRun } from './sample.ts';

/** One that can't say what its VMs are entitled to. */
const whimsical: PolicyType = {
  ...roundRobinType,
  type: 'whimsical',
  entitlement: 'it favours whom it likes',
};

const WHY = 'ideal: – under whimsical: it favours whom it likes';

describe('under a scheduler that does not say what its VMs are entitled to', () => {
  const registry = POLICY_TYPES as PolicyType[];
  let scenario: Scenario;

  before(() => {
    registry.push(whimsical);
    const known = fromYaml('{ scheduler: round-robin, pcpus: 1, duration: 10s, vms: [{ name: A }] }');
    scenario = { ...known, scheduler: { type: 'whimsical', parameters: { sliceNs: 30e6 } } };
  });

  after(() => {
    registry.splice(registry.indexOf(whimsical), 1);
  });

  it('there is no ideal', () => {
    const [vm] = sampleRun(scenario).vms;
    const { idealSharePercent, idealContendedSharePercent, idealWallNs } = vm;
    assert.deepEqual([idealSharePercent, idealContendedSharePercent, idealWallNs], [null, null, null]);
    assert.throws(() => fluid(scenario), /there is no ideal: it favours whom it likes/);
  });

  it('a VM alone may have less than it asks for', () => {
    assert.equal(isShareDecided(scenario, 10e9, 0), true);
  });

  it('tables have a dash, and say why', () => {
    const run = sampleRun(scenario);
    const report = runReport(scenario, run, plainStyle, 120);
    assert.match(report, /^A +\d+\.\d % +–$/m);
    const tables = [
      report,
      bandTable(scenario, [run, run], plainStyle),
      labTable([{ label: 'x', scenario, run }], plainStyle),
    ];
    for (const table of tables) assert.equal(table.split(WHY).length, 2, table);
  });

  it('so does the page', () => {
    const rows = [{ label: 'x', scenario, runs: [sampleRun(scenario)], traces: [null] }];
    assert.ok(textOf(htmlReport({ title: 't', host: sampleHost, generatedAt: '', rows })).includes(WHY));
  });
});
