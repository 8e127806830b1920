/** Golden files of SEDF. They have no bands: it has no tick whose phase could drift. */
import type { SimResult } from '../../sim/simulate.ts';
import { sedfType } from '../../core/sedf/type.ts';
import { vcpuNames } from '../common-scenario.ts';
import type { GoldenDialect } from '../dialect.ts';
import { commonFigures } from '../figures.ts';
import type { Figures, GoldenResult } from '../golden-schema.ts';
import { SedfRecorder } from './recorder.ts';
import { RECORD_FIELDS, recordSchema } from './records.ts';
import { scenarioOf, simulationOf } from './scenario.ts';
import { fileSchema, type SedfScenario } from './schema.ts';

export const sedfDialect: GoldenDialect<SedfScenario, SedfRecorder> = {
  type: sedfType.type,
  fileSchema,
  recordSchema,
  recordFields: RECORD_FIELDS,
  kindsForReaders: new Set(),
  unorderedKinds: new Set(),
  figuresForReaders: new Set(['decisions', 'zero_length_decisions']),
  decimals: 4,
  bandKeys: [],
  simulationOf,
  scenarioOf,
  recorder: (options) => new SedfRecorder(options),
  figuresOf,
  variantsOf: () => [],
};

function figuresOf(scenario: SedfScenario, result: SimResult, recorder: SedfRecorder): GoldenResult {
  const extraOf = recorder.extraUntil(result.endNs);
  const common = commonFigures(scenario, result, {
    doneKey: null,
    samplesEnd: false,
    ofVcpu: ({ counters }) => ({
      misses: counters.misses,
      wakes_short: counters.shortWakes,
      wakes_long: counters.longWakes,
      wakes_extra: counters.extraWakes,
    }),
  });
  const names = vcpuNames(scenario);
  return {
    ...common,
    vcpus: common.vcpus.map((vcpu, index) => ({ ...vcpu, extra_ns: extraOf(index) })),
    vms: Object.fromEntries(
      scenario.vms.map(({ name, vcpus }) => {
        const own = vcpus.map((_, index) => names.indexOf(`${name}.${String(index)}`));
        const extraNs = own.reduce((sum, vcpu) => sum + extraOf(vcpu), 0);
        return [
          name,
          { ...common.vms[name], ...parts(Number(common.vms[name].cpu_ns), extraNs, result.endNs) },
        ];
      }),
    ),
    pcpus: result.busyNs.map((busyNs, pcpu) => ({
      pcpu,
      busy_ns: busyNs,
      idle_pct: (100 * (result.endNs - busyNs)) / result.endNs,
    })),
  };
}

/** How much of a VM's time was reserved, and how much was extra time. */
function parts(cpuNs: number, extraNs: number, endNs: number): Figures {
  return { pct_reserved: (100 * (cpuNs - extraNs)) / endNs, pct_extra: (100 * extraNs) / endNs };
}
