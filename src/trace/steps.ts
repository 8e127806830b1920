/** What each change in a run did to the shares of the VMs, from its trace. */
import { CpuTime } from '../analysis/cpu-time.ts';
import { SETTLED_POINTS, type StepFigures, stepResponse } from '../analysis/step-response.ts';
import type { Parameter } from '../core/policy-type.ts';
import { policyTypeOf, sliceNsOf } from '../policies.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';
import { valueText } from '../scenario/parameters.ts';
import type { Scenario, ScenarioEvent } from '../scenario/scenario.ts';
import { Stage } from '../scenario/stage.ts';
import { endOf } from './timeline.ts';
import type { Trace, TraceHeader } from './trace.ts';
import { usedSpansOf } from './used-spans.ts';
import { beginOf } from './window.ts';

/** All that was changed at one instant, or in quick succession. */
export interface RunChange {
  /** of several the first and the last */
  readonly beginNs: number;
  readonly atNs: number;
  /** `A weight 512; pause B`; of several the last: `A weight 512 (the last of 20)` */
  readonly text: string;
  /** from when on it could act; null: with the policy's next mark, an accounting, say, since the trace doesn't tell */
  readonly actsNs: number | null;
}

/** What a change did to the share of a VM. */
export interface VmStep extends StepFigures {
  readonly change: RunChange;
  readonly vm: string;
}

/** The same, measured and in virtual time. */
export interface ComparedStep {
  readonly change: RunChange;
  readonly vm: string;
  /** null: there it changed by less than a point, or couldn't be told */
  readonly measured: VmStep | null;
  readonly simulated: VmStep | null;
}

/** Changes that are no further apart are one, counted from the last of them: a slider that is dragged. */
export const TOGETHER_NS = 150e6;
/** Slices of a policy that has none of its own: as long as patterns are looked for in steps of. */
const USUAL_SLICE_NS = 10e6;

/** Per change those VMs whose share changes by more than 1 point. */
export function stepsOf(trace: Trace): VmStep[] {
  const { scenario } = trace.header;
  const changes = changesOf(trace.header);
  const [beginNs, endNs] = [beginOf(trace), endOf(trace)];
  if (changes.length === 0) return [];
  const used = usedSpansOf(trace);
  const ofVms = used.ofVms(trace.header, endNs).map((spans) => new CpuTime(spans));
  // Work that is done changes shares, and nobody has changed anything.
  const borders = [beginNs, ...changes.flatMap((each) => [each.beginNs, each.atNs]), ...used.doneNs, endNs];
  return changes.flatMap((change) => {
    const { beginNs: firstNs, atNs, actsNs } = change;
    if (firstNs <= beginNs || atNs >= endNs) return [];
    const input = {
      fromNs: Math.max(...borders.filter((ns) => ns < firstNs)),
      beginNs: firstNs,
      atNs,
      actsNs: actsNs ?? used.markAfter(atNs) ?? atNs,
      toNs: Math.min(...borders.filter((ns) => ns > atNs)),
      sliceNs: [sliceAt(scenario, firstNs - 1), sliceAt(scenario, atNs)] as const,
    };
    return scenario.vms.flatMap(({ name }, vm): VmStep[] => {
      const figures = stepResponse(ofVms[vm], input);
      return figures === null || !isAffected(figures) ? [] : [{ change, vm: name, ...figures }];
    });
  });
}

export function isAffected({ fromPercent, toPercent }: StepFigures): boolean {
  return Math.abs(toPercent - fromPercent) > SETTLED_POINTS;
}

/** Side by side, in the order of the changes and of the VMs. @param simulated null: it can't be simulated */
export function comparedSteps(measured: Trace, simulated: Trace | null): ComparedStep[] {
  const [real, virtual] = [stepsOf(measured), simulated === null ? [] : stepsOf(simulated)];
  const { scenario } = measured.header;
  return changesOf(measured.header).flatMap((change) =>
    scenario.vms.flatMap(({ name: vm }): ComparedStep[] => {
      const find = (steps: readonly VmStep[]): VmStep | null =>
        steps.find((step) => step.vm === vm && step.change.atNs === change.atNs) ?? null;
      const both = { measured: find(real), simulated: find(virtual) };
      return both.measured === null && both.simulated === null ? [] : [{ change, vm, ...both }];
    }),
  );
}

/** Events and later starts of VMs, by their instants. */
export function changesOf({
  scenario,
  changes = [],
}: Pick<TraceHeader, 'scenario' | 'changes'>): RunChange[] {
  const { scheduler, vms, events } = scenario;
  const toldNs = new Map(changes.map(({ event, actsNs }) => [event, actsNs]));
  const single = [
    ...vms.flatMap(({ name, startNs }) =>
      startNs > 0 ? [{ atNs: startNs, text: `start ${name}`, actsNs: startNs }] : [],
    ),
    ...events.flatMap((event, place) => {
      const { atNs } = event;
      const text = changeText(event, scheduler.type);
      const isPeriodic = event.kind === 'set' || event.kind === 'tune';
      const actsNs = toldNs.get(place) ?? (isPeriodic ? null : atNs);
      return text === null ? [] : [{ atNs, text, actsNs }];
    }),
  ];
  const instants = [...new Set(single.map(({ atNs }) => atNs))].sort((a, b) => a - b);
  const bursts: number[][] = [];
  for (const atNs of instants) {
    const burst = bursts.at(-1);
    if (burst !== undefined && atNs - burst[burst.length - 1] < TOGETHER_NS) burst.push(atNs);
    else bursts.push([atNs]);
  }
  return bursts.map((burst) => {
    const [beginNs, atNs] = [burst[0], burst[burst.length - 1]];
    const last = single.filter((change) => change.atNs === atNs);
    const text = last.map((change) => change.text).join('; ');
    const known = last.flatMap(({ actsNs }) => (actsNs === null ? [] : [actsNs]));
    return {
      beginNs,
      atNs,
      text: burst.length === 1 ? text : `${text} (the last of ${burst.length})`,
      actsNs: known.length === 0 ? null : Math.min(...known),
    };
  });
}

/** How long a slice is at an instant, ns. */
export function sliceAt(scenario: Scenario, atNs: number): number {
  return sliceNsOf(Stage.at(scenario, atNs).scheduler) ?? USUAL_SLICE_NS;
}

/** In few words; null: it changes nothing. */
function changeText(event: ScenarioEvent, type: string): string | null {
  const policy = policyTypeOf(type);
  switch (event.kind) {
    case 'mark':
      return null;
    case 'pause':
    case 'unpause':
    case 'destroy':
      return `${event.kind} ${event.vm}`;
    case 'pin': {
      const whose = event.vcpu === null ? event.vm : `${event.vm}/v${event.vcpu}`;
      const cpus = event.pin === null ? 'all' : formatCpuList(event.pin);
      return `pin ${whose} to ${cpus}`;
    }
    case 'set': {
      const values = { ...event.parameters, weight: event.weight, cap: event.cap };
      return `${event.vm} ${valuesText(policy.vmParameters, values)}`;
    }
    case 'tune':
      return valuesText(policy.parameters, event.parameters);
  }
}

function valuesText(
  declared: readonly Parameter[],
  values: Readonly<Record<string, number | undefined>>,
): string {
  return declared
    .flatMap((parameter) => {
      const value = values[parameter.field];
      return value === undefined ? [] : [`${parameter.key} ${valueText(parameter, value)}`];
    })
    .join(', ');
}
