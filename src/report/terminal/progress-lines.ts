import { metrics } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { fractionOf, verifyText, type ProgressOptions, type ProgressView } from './progress-view.ts';

const QUARTERS = 4;
const MIN_PACE_MS = 1000;
/** Of a VM that has neither an end nor a duration to measure it by. */
const ENDLESS_PACE_MS = 5000;
const VERIFY_PACE_MS = 5000;

interface Told {
  quarter: number;
  atMs: number;
}

/**
 * A line for each kind of preparation, and one per VM and finished quarter: at most one a second for each VM, but that
 * it is done is never held back. A VM of which nobody knows how far it is gets a line every few seconds, and so does
 * verifying.
 */
export function lineProgress({
  stream,
  style,
  nowMs = () => performance.now(),
}: ProgressOptions): ProgressView {
  let label = '';
  let scenario: Scenario | null = null;
  let startMs = 0;
  /** when verifying began, or was last told of; NaN: it hasn't */
  let verifyMs = NaN;
  // A lab goes through the same preparations row after row: once is news.
  const phases = new Set<string>();
  const told = new Map<string, Told>();
  const say = (line: string) => stream.write(`${style.text(`${label}: ${line}`)}\n`);

  return {
    begin(nextLabel, nextScenario) {
      label = nextLabel;
      scenario = nextScenario;
      startMs = nowMs();
      verifyMs = NaN;
      told.clear();
    },
    update(progress) {
      if (scenario === null) return;
      if (progress.phase !== 'running' && !phases.has(progress.text)) {
        phases.add(progress.text);
        say(progress.text);
      }
      if (progress.verifying !== undefined) {
        if (Number.isNaN(verifyMs)) verifyMs = nowMs();
        if (nowMs() - verifyMs < VERIFY_PACE_MS) return;
        verifyMs = nowMs();
        say(`${progress.text}: ${verifyText(progress.verifying)}`);
      }
      for (const [index, vm] of progress.vms.entries()) {
        const fraction = fractionOf(progress, index, scenario);
        const used = `${formatMetric(metrics.cpuNs, vm.cpuNs)} of CPU time`;
        const after = `after ${formatMetric(metrics.wallNs, vm.elapsedNs)}`;
        if (fraction === null) {
          const last = told.get(vm.name) ?? { quarter: 0, atMs: startMs };
          if (nowMs() - last.atMs < ENDLESS_PACE_MS) continue;
          told.set(vm.name, { quarter: 0, atMs: nowMs() });
          say(`${vm.name} ${after}, ${used}`);
          continue;
        }
        const quarter = Math.floor(fraction * QUARTERS);
        const last = told.get(vm.name) ?? { quarter: 0, atMs: -Infinity };
        if (quarter <= last.quarter) continue;
        if (quarter < QUARTERS && nowMs() - last.atMs < MIN_PACE_MS) continue;
        told.set(vm.name, { quarter, atMs: nowMs() });
        const percent = `${String(Math.floor((100 * quarter) / QUARTERS))} %`;
        say(`${vm.name} ${percent} ${after}, ${used}`);
      }
    },
    end() {
      scenario = null;
    },
  };
}
