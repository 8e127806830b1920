/** What a change did, in a sentence without its full stop. */
import { counted } from '../base/text.ts';
import type { Parameter } from '../core/policy-type.ts';
import { policyTypeOf, termsOf } from '../policies.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';
import { valueText } from '../scenario/parameters.ts';
import type { ScenarioEvent, VmSpec } from '../scenario/scenario.ts';
import type { Stage } from '../scenario/stage.ts';
import { span } from '../trace/words/words.ts';

export interface Timing {
  readonly atNs: number;
  /** from when on it counts */
  readonly actsNs: number;
}

/**
 * @param stage as it is before the event
 * @returns what to say of it once it is known when it happened
 */
export function eventWords(event: ScenarioEvent, stage: Stage): (timing: Timing) => string {
  const { type } = stage.scheduler;
  const words = whatWords(event, stage);
  const isPeriodic = event.kind === 'set' || event.kind === 'tune';
  return (timing) => (isPeriodic ? `${words}${when(type, timing)}` : words);
}

function whatWords(event: ScenarioEvent, stage: Stage): string {
  const { type, parameters } = stage.scheduler;
  const policy = policyTypeOf(type);
  switch (event.kind) {
    case 'set': {
      const before = stage.named(event.vm)?.parameters ?? {};
      const after = { ...event.parameters, weight: event.weight, cap: event.cap };
      return `${event.vm} has ${changed(policy.vmParameters, before, after)}`;
    }
    case 'tune':
      return `the scheduler has ${changed(policy.parameters, parameters, event.parameters)}`;
    case 'pause':
      return `${event.vm} is paused`;
    case 'unpause':
      return `${event.vm} goes on`;
    case 'destroy':
      return `${event.vm} is destroyed`;
    case 'pin': {
      const whose = event.vcpu === null ? event.vm : `${event.vm}/v${event.vcpu}`;
      return `${whose} may run on ${cpuWords(event.pin)} from now on`;
    }
    case 'mark':
      return `mark: ${event.text}`;
  }
}

/** A VM has started. @param before the name of the life before it; null: it is new */
export function startWords({ name, vcpus, workload }: VmSpec, before: string | null): string {
  return before === null
    ? `${name} starts with ${counted(vcpus, 'vCPU')} of ${workload.spec}`
    : `${before} computes ${workload.spec} from now on, as ${name}`;
}

function cpuWords(cpus: readonly number[] | null): string {
  if (cpus === null) return 'all CPUs';
  return cpus.length === 1 ? `CPU ${cpus[0]} alone` : `CPUs ${formatCpuList(cpus)}`;
}

/** `weight 512 in place of 256 and no cap in place of 50 %` */
function changed(
  declared: readonly Parameter[],
  before: Readonly<Record<string, number | undefined>>,
  after: Readonly<Record<string, number | undefined>>,
): string {
  const parts = declared.flatMap((parameter) => {
    const value = after[parameter.field];
    if (value === undefined) return [];
    const old = before[parameter.field] ?? parameter.default;
    return [`${whole(parameter, value)} in place of ${short(parameter, old)}`];
  });
  return parts.join(' and ');
}

function whole(parameter: Parameter, value: number): string {
  const { key, zero } = parameter;
  const text = short(parameter, value);
  return value === 0 && zero?.endsWith(key) === true ? text : `${key} ${text}`;
}

function short(parameter: Parameter, value: number): string {
  if (value === 0 && parameter.zero !== undefined) return parameter.zero;
  const text = valueText(parameter, value);
  return parameter.unit === 'percent' ? `${text} %` : text;
}

function when(schedulerType: string, { atNs, actsNs }: Timing): string {
  if (actsNs <= atNs) return '';
  const moment = termsOf(schedulerType).records.find(({ mark }) => mark !== undefined)?.title ?? 'period';
  return `; it counts from the next ${moment} on, in ${span(actsNs - atNs)}`;
}
