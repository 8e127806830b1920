import {
  examineAllowedCpus,
  examineBattery,
  examineGovernor,
  examineHybrid,
  examineSmt,
  examineTurbo,
} from './examine-cores.ts';
import {
  examineContainer,
  examineLoad,
  examineQuota,
  examineSteal,
  examineVirtualMachine,
} from './examine-others.ts';
import { examineClockSource, examineTimers } from './examine-time.ts';
import { examinePerf, examineRealtime, examineTracing } from './examine-rights.ts';
import type { Finding } from './diagnosis.ts';
import type { Observations } from './observations.ts';
import type { Examination } from './finding.ts';

/** In the order in which they are shown: the cores, who else uses them, time, rights. */
const EXAMINATIONS: readonly Examination[] = [
  examineAllowedCpus,
  examineSmt,
  examineHybrid,
  examineGovernor,
  examineTurbo,
  examineBattery,
  examineLoad,
  examineVirtualMachine,
  examineSteal,
  examineQuota,
  examineContainer,
  examineTimers,
  examineClockSource,
  examineRealtime,
  examinePerf,
  examineTracing,
];

/** A finding per topic, always all of them. */
export function examine(observed: Observations): Finding[] {
  return EXAMINATIONS.map((examineTopic) => examineTopic(observed));
}
