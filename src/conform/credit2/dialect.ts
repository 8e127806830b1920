/** Golden files of credit2. */
import { credit2Type } from '../../core/credit2/type.ts';
import type { GoldenDialect } from '../dialect.ts';
import { commonFigures } from '../figures.ts';
import { lateStarts } from '../late-starts.ts';
import { Credit2Recorder } from './recorder.ts';
import { RECORD_FIELDS, recordSchema } from './records.ts';
import { scenarioOf } from './scenario-of.ts';
import { type Credit2Scenario, fileSchema } from './schema.ts';
import { simulationOf } from './simulation.ts';

const DONE = 'last_done_ms';

export const credit2Dialect: GoldenDialect<Credit2Scenario, Credit2Recorder> = {
  type: credit2Type.type,
  fileSchema,
  recordSchema,
  recordFields: RECORD_FIELDS,
  kindsForReaders: new Set(),
  unorderedKinds: new Set(),
  figuresForReaders: new Set(),
  decimals: 3,
  bandKeys: ['pct_of_one_pcpu', 'steady_pct_of_one_pcpu', DONE],
  simulationOf,
  scenarioOf,
  recorder: (options) => new Credit2Recorder(options),
  figuresOf: (scenario, result) => commonFigures(scenario, result, { doneKey: DONE, samplesEnd: true }),
  variantsOf: lateStarts,
};
