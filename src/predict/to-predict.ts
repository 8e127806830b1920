import type { RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';

/**
 * What is predicted of a run that was changed while it was under way: what was played, for as long as it was. One that
 * its work ended isn't predicted to end in the same instant: its prediction, too, goes on until the work is done.
 * @param planned the scenario as it was before anybody changed it
 * @param played the same as it was played, its duration that of the run
 */
export function toPredict(measured: RunResult, planned: Scenario, played: Scenario): Scenario {
  return endedByWork(measured, planned, played) ? { ...played, durationNs: null } : played;
}

function endedByWork({ vms, complete }: RunResult, planned: Scenario, played: Scenario): boolean {
  const endsWithWork = planned.durationNs === null && planned.vms.some(({ work }) => work !== null);
  if (!endsWithWork || !complete) return false;
  const destroyed = new Set(played.events.flatMap((event) => (event.kind === 'destroy' ? [event.vm] : [])));
  const finite = vms.filter(({ name }, vm) => played.vms[vm].work !== null && !destroyed.has(name));
  return finite.length > 0 && finite.every(({ wallNs }) => wallNs !== null);
}
