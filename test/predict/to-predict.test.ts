import assert from 'node:assert/strict';
import { toPredict } from '../../src/predict/to-predict.ts';
import type { RunResult } from '../../src/result/result.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { scenario, vm } from '../host/invented-scenario.ts';
import { sampleRun } from '../report/sample.ts';

const endless = (name: string) => vm(name, { work: null });

/** What was played of it lasted 10 s. */
function played(planned: Scenario, change: Partial<Scenario> = {}): Scenario {
  return { ...planned, durationNs: 10e9, ...change };
}

function run(of: Scenario, wallNs: readonly (number | null)[], complete = true): RunResult {
  const result = sampleRun(of, [], { complete });
  return { ...result, vms: result.vms.map((each, i) => ({ ...each, wallNs: wallNs[i] })) };
}

describe('what is predicted of a run that was changed', () => {
  it('goes on until the work is done, if that ended the run', () => {
    const planned = scenario({ vms: [vm('A'), endless('E')] });
    const grown = played(planned, { vms: [...planned.vms, vm('C')] });
    assert.equal(toPredict(run(grown, [8e9, null, 9e9]), planned, grown).durationNs, null);
    const events = [{ atNs: 1e9, kind: 'destroy', vm: 'C' }] as const;
    const gone = { ...grown, events };
    assert.equal(toPredict(run(gone, [10e9, null, null]), planned, gone).durationNs, null);
  });

  it('lasts as long as the run, if that was stopped or had a duration', () => {
    const planned = scenario({ vms: [vm('A')] });
    const whole = played(planned);
    assert.equal(toPredict(run(whole, [8e9], false), planned, whole).durationNs, 10e9);
    const timed = { ...planned, durationNs: 10e9 };
    assert.equal(toPredict(run(whole, [8e9]), timed, whole).durationNs, 10e9);
  });

  it('lasts as long as the run, if its end was not for work to say: a VM that came was done before', () => {
    const planned = scenario({ vms: [endless('E')] });
    const grown = played(planned, { vms: [...planned.vms, vm('C')] });
    assert.equal(toPredict(run(grown, [null, 2e9]), planned, grown).durationNs, 10e9);
  });
});
