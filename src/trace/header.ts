import { vcpusOf } from '../scenario/plan.ts';
import { packageVersion } from '../base/package-root.ts';
import { termsOf } from '../policies.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { TraceHeader } from './trace.ts';
import { TRACE_FORMAT, TRACE_VERSION } from './trace.ts';

export function traceHeader(
  scenario: Scenario,
  { label, run, machine }: Pick<TraceHeader, 'label' | 'run' | 'machine'>,
): TraceHeader {
  return {
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    generator: { name: 'creditlab', version: packageVersion() },
    machine,
    label,
    run,
    scenario,
    policy: termsOf(scenario.scheduler.type),
    vcpus: vcpusOf(scenario).map(({ id, vmIndex }) => ({ id, vm: vmIndex })),
  };
}
