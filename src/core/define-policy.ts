/**
 * A policy as its author writes it: what a first one doesn't need has a default. Everything else takes the whole
 * declaration, a PolicyType, which policyTypeFrom() makes of it.
 */
import { completed } from './parameters.ts';
import type { ChoiceKind, Reading, ReasonKind, RecordKind } from './policy-terms.ts';
import type { Policy } from './policy.ts';
import type { Misfit, Parameter, PolicyOptions, PolicyType } from './policy-type.ts';
import type { CounterKind } from './counters.ts';
import type { EntitlementRule } from './entitlement.ts';
import { CHOICES_OF_ONE_QUEUE, REASONS } from './reason.ts';

/** A Parameter of which only these have no default. */
export type ParameterDefinition = Pick<Parameter, 'key' | 'min' | 'max' | 'default' | 'description'> &
  Partial<Parameter>;

/** A Reading of which only these have no default. */
export type ReadingDefinition = Pick<Reading, 'key' | 'description'> & Partial<Reading>;

/** What a policy module exports by default. Only `description` and `create` have no default. */
export interface PolicyDefinition {
  /** a sentence without its full stop */
  readonly description: string;
  /**
   * The scheduler's own parameters. `unit` is `number` if it isn't given, `field` the key in camel case (of a time with
   * `Ns` behind it), and `isTunable` true. Default: none.
   */
  readonly parameters?: readonly ParameterDefinition[];
  /** the same of each VM: `weight`, for example. Default: none */
  readonly vmParameters?: readonly ParameterDefinition[];
  /**
   * What traces and pictures show of a vCPU: at most four numbers, which readVcpu() writes in this order. `kind` is
   * `level` if it isn't given, `unit` empty, `idle` and `initial` 0. Default: none.
   */
  readonly vcpuReadings?: readonly ReadingDefinition[];
  /** the same of a VM, by readVm(). Default: none */
  readonly vmReadings?: readonly ReadingDefinition[];
  /** what it counts of each vCPU beyond what all policies count. Default: nothing */
  readonly counters?: readonly CounterKind[];
  /**
   * What a VM is entitled to, for the ideal that results are compared with. Default: by its parameter `weight`, up to
   * its parameter `cap`, if it has them; without `weight` there is no ideal.
   */
  readonly entitlement?: EntitlementRule;
  /** records of its own in traces. Default: none */
  readonly records?: readonly RecordKind[];
  /** why a pCPU decides. Default: REASONS, those of PolicyBase */
  readonly reasons?: readonly ReasonKind[];
  /** how a pCPU chooses. Default: CHOICES_OF_ONE_QUEUE */
  readonly choices?: readonly ChoiceKind[];
  /** see PolicyType; default: never at all */
  readonly longestWasteNs?: PolicyType['longestWasteNs'];
  readonly misfitOf?: (...args: Parameters<NonNullable<PolicyType['misfitOf']>>) => Misfit | null;
  readonly valuesAfter?: NonNullable<PolicyType['valuesAfter']>;
  /**
   * Make one for a run.
   * @param type the whole declaration, for PolicyBase
   * @throws RangeError for options that it refuses
   */
  readonly create: (options: PolicyOptions, type: PolicyType) => Policy;
}

/** The default export of a policy module. It changes nothing: editors learn from it what may stand there. */
export function definePolicy(definition: PolicyDefinition): PolicyDefinition {
  return definition;
}

/**
 * The whole declaration.
 * @param type what the policy is called in scenarios, results and traces
 */
export function policyTypeFrom(definition: PolicyDefinition, type: string): PolicyType {
  const { description, longestWasteNs = () => 0, misfitOf, valuesAfter } = definition;
  const vmParameters = (definition.vmParameters ?? []).map(wholeParameter);
  const policy: PolicyType = {
    type,
    description,
    parameters: (definition.parameters ?? []).map(wholeParameter),
    vmParameters,
    counters: definition.counters ?? [],
    entitlement: definition.entitlement ?? usualEntitlement(vmParameters),
    vcpuReadings: (definition.vcpuReadings ?? []).map(wholeReading),
    vmReadings: (definition.vmReadings ?? []).map(wholeReading),
    records: definition.records ?? [],
    reasons: definition.reasons ?? REASONS,
    choices: definition.choices ?? CHOICES_OF_ONE_QUEUE,
    longestWasteNs,
    ...(misfitOf !== undefined && { misfitOf }),
    ...(valuesAfter !== undefined && { valuesAfter }),
    create: (options) => definition.create(options, policy),
  };
  return policy;
}

function wholeParameter(given: ParameterDefinition): Parameter {
  const { key, unit = 'number' } = given;
  const name = key.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const field = unit === 'time' ? `${name}Ns` : name;
  return { field, isTunable: unit !== 'choice', ...given, unit };
}

function wholeReading(given: ReadingDefinition): Reading {
  return { unit: '', kind: 'level', idle: 0, initial: 0, ...given };
}

function usualEntitlement(vmParameters: readonly Parameter[]): EntitlementRule {
  const has = (field: string): boolean => vmParameters.some((parameter) => parameter.field === field);
  if (!has('weight')) return 'the scheduler does not say what a VM is entitled to';
  return (parameters) => {
    const { weight, cap = 0 } = completed(vmParameters, parameters);
    return { weight, capPercent: cap === 0 ? null : cap };
  };
}
