/** Golden files of credit1. */
import { creditType } from '../../core/credit1/type.ts';
import type { GoldenDialect } from '../dialect.ts';
import { commonFigures } from '../figures.ts';
import { CreditRecorder } from './recorder.ts';
import { KINDS_FOR_READERS, RECORD_FIELDS, recordSchema } from './records.ts';
import { scenarioOf } from './scenario-of.ts';
import { type CreditScenario, fileSchema } from './schema.ts';
import { simulationOf } from './simulation.ts';
import { variantsOf } from './variants.ts';

const DONE = 'done_ms';

export const creditDialect: GoldenDialect<CreditScenario, CreditRecorder> = {
  type: creditType.type,
  fileSchema,
  recordSchema,
  recordFields: RECORD_FIELDS,
  kindsForReaders: new Set(KINDS_FOR_READERS),
  unorderedKinds: new Set(['park', 'unpark']),
  figuresForReaders: new Set(),
  decimals: 3,
  bandKeys: ['pct_of_one_pcpu', 'steady_pct_of_one_pcpu', DONE],
  simulationOf,
  scenarioOf,
  recorder: (options) => new CreditRecorder(options),
  figuresOf: (scenario, result) =>
    commonFigures(scenario, result, {
      doneKey: DONE,
      samplesEnd: false,
      ofVcpu: ({ counters: { boosts } }) => ({ boosts }),
    }),
  variantsOf,
};
