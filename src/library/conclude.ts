/** From what was measured to what a program gets: with the certificate, and the prediction for what was played. */
import { withPrediction } from '../predict/predict.ts';
import { certify } from '../result/certificate.ts';
import type { RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { toPredict } from '../predict/to-predict.ts';

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
  const scenario = toPredict(measured, planned, played);
  const certificate = certify(measured, scenario);
  const certified = certificate === null ? measured : { ...measured, certificate };
  return { measured: withPrediction(scenario, certified), scenario };
}
