/** Golden files of RTDS. */
import { rtdsType } from '../../core/rtds/type.ts';
import type { GoldenDialect } from '../dialect.ts';
import { commonFigures } from '../figures.ts';
import { lateStarts } from '../late-starts.ts';
import { RtdsRecorder } from './recorder.ts';
import { RECORD_FIELDS, recordSchema } from './records.ts';
import { scenarioOf, simulationOf } from './scenario.ts';
import { fileSchema, type RtdsScenario } from './schema.ts';

const DONE = 'last_done_ms';

export const rtdsDialect: GoldenDialect<RtdsScenario, RtdsRecorder> = {
  type: rtdsType.type,
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
  recorder: (options) => new RtdsRecorder(options),
  figuresOf: (scenario, result) => commonFigures(scenario, result, { doneKey: DONE, samplesEnd: true }),
  variantsOf: lateStarts,
};
