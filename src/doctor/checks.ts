import { checkAllowedCpus } from './checks/allowed-cpus.ts';
import { checkBattery } from './checks/battery.ts';
import { checkClockSource } from './checks/clock-source.ts';
import { checkContainer } from './checks/container.ts';
import { checkGovernor } from './checks/governor.ts';
import { checkHybrid } from './checks/hybrid.ts';
import { checkLoad } from './checks/load.ts';
import { checkPerf } from './checks/perf.ts';
import { checkQuota } from './checks/quota.ts';
import { checkRealtime } from './checks/realtime.ts';
import { checkSmt } from './checks/smt.ts';
import { checkSteal } from './checks/steal.ts';
import { checkTimers } from './checks/timers.ts';
import { checkTracing } from './checks/tracing.ts';
import { checkTurbo } from './checks/turbo.ts';
import { checkVirtualMachine } from './checks/virtual-machine.ts';
import type { DoctorFacts } from './facts.ts';
import type { Check, Finding } from './finding.ts';

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
export function examine(facts: DoctorFacts): Finding[] {
  return CHECKS.map((check) => check(facts));
}
