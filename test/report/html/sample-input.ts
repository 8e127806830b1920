import { withPrediction } from '../../../src/predict/predict.ts';
import type { RunResult } from '../../../src/result/result.ts';
import { simulatedRun } from '../../../src/predict/simulated-run.ts';
import type { HtmlInput, HtmlRow } from '../../../src/report/html/input.ts';
import type { Scenario, VmSpec } from '../../../src/scenario/scenario.ts';
import { scenario, vm } from '../../host/invented-scenario.ts';
import { inventedTrace } from '../../trace/invented-trace.ts';
import { SAMPLE_LOOP, sampleHost } from '../sample.ts';

/** A row as if it had been measured: the simulation with late timers stands for the machine. */
export function measuredRow(
  label: string,
  vms: readonly VmSpec[],
  change: Partial<Scenario> = {},
  repeats = 1,
): HtmlRow {
  const wanted = scenario({ name: label, pcpus: [0], vms, ...change });
  const traces = Array.from({ length: repeats }, (_, run) =>
    inventedTrace({
      scenario: wanted,
      label,
      run: run + 1,
      facts: {},
      simulation: { jitterNs: 60_000, seed: run + 11 },
    }),
  );
  return {
    label,
    scenario: wanted,
    runs: traces.map((_, run) => measuredRun(wanted, run)),
    traces,
    simulated: [1, 2, 3, 4].map((seed) =>
      inventedTrace({ scenario: wanted, label, simulation: { jitterNs: 60_000, seed } }),
    ),
  };
}

function measuredRun(wanted: Scenario, run: number): RunResult {
  const result = simulatedRun(wanted, { jitterNs: 60_000, seed: run + 11 });
  const measured: RunResult = {
    ...result,
    machine: 'hardware',
    vms: result.vms.map((each) => ({
      ...each,
      wallNs: each.wallNs === null ? null : each.wallNs * (1 + 0.0015 * run),
      vcpus: each.vcpus.map((vcpu) => ({ ...vcpu, checksumOk: true })),
    })),
    loop: SAMPLE_LOOP,
  };
  return withPrediction(wanted, measured);
}

/** A small lab: weights, a cap, and two pCPUs with a VM of two vCPUs. */
export function sampleInput(rest: Partial<HtmlInput> = {}): HtmlInput {
  return {
    title: 'Execution times of one program under different weights and caps',
    host: sampleHost,
    generatedAt: '2026-01-02T03:04:05.678Z',
    rows: [
      measuredRow('256:512', [vm('A'), vm('B', { weight: 512 })], {}, 3),
      ...[25, 50, 75].map((cap) => measuredRow(`alone, cap ${String(cap)}`, [vm('A', { cap })])),
      measuredRow('two pCPUs', [vm('A', { vcpus: 2 }), vm('B', { weight: 512 }), vm('C', { cap: 40 })], {
        pcpus: [0, 1],
      }),
    ],
    texts: {
      description: 'Two virtual machines do the same fixed work on one core.',
      question: 'Does twice the weight halve the time?',
      explanation: 'Weights decide who finishes first.\n\nThey never decide when the last one finishes.',
    },
    ...rest,
  };
}
