import {
  checkAllowedCpus,
  checkBattery,
  checkGovernor,
  checkHybrid,
  checkSmt,
  checkTurbo,
} from './check-cores.ts';
import { checkContainer, checkLoad, checkQuota, checkSteal, checkVirtualMachine } from './check-others.ts';
import { checkClockSource, checkTimers } from './check-time.ts';
import { checkPerf, checkRealtime, checkTracing } from './check-rights.ts';
import type { Finding } from './diagnosis.ts';
import type { Observations } from './observations.ts';
import type { Check } from './finding.ts';

/** In the order in which they are shown: the cores, who else uses them, time, rights. */
const CHECKS: readonly Check[] = [
  checkAllowedCpus,
  checkSmt,
  checkHybrid,
  checkGovernor,
  checkTurbo,
  checkBattery,
  checkLoad,
  checkVirtualMachine,
  checkSteal,
  checkQuota,
  checkContainer,
  checkTimers,
  checkClockSource,
  checkRealtime,
  checkPerf,
  checkTracing,
];

/** A finding per topic, always all of them. */
export function examine(observed: Observations): Finding[] {
  return CHECKS.map((check) => check(observed));
}
