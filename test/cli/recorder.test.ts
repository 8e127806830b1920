import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Recorder } from '../../src/cli/recorder.ts';
import type { Result } from '../../src/result/result.ts';
import { singleRow } from '../../src/scenario/lab.ts';
import { scenario, vm } from '../host/invented-scenario.ts';
import { sampleHost, sampleRun } from '../report/sample.ts';
import { inTemporaryDirectory } from './spawn.ts';

describe('the files of a run that may have been long', () => {
  it('have what was measured before it is predicted, and the prediction at the end', () =>
    inTemporaryDirectory((dir) => {
      const vms = [vm('A', { work: null }), vm('B', { work: null })];
      const planned = scenario({ pcpus: [0], durationNs: 1e9, vms });
      const file = join(dir, 'o.json');
      const recorder = new Recorder(singleRow(planned), 'run', { json: file });
      recorder.opened(sampleHost);
      const [row] = recorder.rows;
      recorder.addLong(row, sampleRun(planned));
      const written = (): Result => JSON.parse(readFileSync(file, 'utf8')) as Result;
      assert.deepEqual(
        written().runs[0].vms.map(({ predicted }) => predicted),
        [undefined, undefined],
      );
      recorder.write();
      assert.ok(written().runs[0].vms.every(({ predicted }) => predicted?.sharePercent));
    }));
});
