/** From what was measured to what a program gets: with the certificate, and the prediction for what was played. */
import { withPrediction } from '../predict/predict.ts';
import { certify } from '../result/certificate.ts';
import type { RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';

export interface Concluded {
  readonly measured: RunResult;
  /** what was played, with all its VMs */
  readonly scenario: Scenario;
}

/**
 * @param planned the scenario as it was before anybody changed it
 * @param played the same as it was played, its duration that of the run
 */
export function conclude(measured: RunResult, planned: Scenario, played: Scenario): Concluded {
  const scenario = endedByWork(measured, planned, played) ? { ...played, durationNs: null } : played;
  const certificate = certify(measured);
  const certified = certificate === null ? measured : { ...measured, certificate };
  return { measured: withPrediction(scenario, certified), scenario };
}

/** A run that its work ended isn't predicted to end in the same instant. */
function endedByWork({ vms, complete }: RunResult, planned: Scenario, played: Scenario): boolean {
  if (planned.durationNs !== null || !complete) return false;
  const finite = vms.filter((_, vm) => played.vms[vm].work !== null);
  return finite.length > 0 && finite.every(({ wallNs }) => wallNs !== null);
}
