/**
 * A scenario under another scheduler than the one that it was written for: the same VMs, with parameters that come as
 * near as that one can to what they had.
 *
 *     file: credit             weight 256          weight 1024        weight 256, cap 10, all on one pCPU
 *     credit2                  as they are
 *     lottery                  weight 256          weight 1024        weight 256; no cap: a note says so
 *     sedf                     18 ms of 100 ms     72 ms of 100 ms    10 ms of 100 ms, without extra time
 *     round-robin              dropped: a note says so
 *
 * What policies declare decides how, in this order:
 *
 * 1. the scenario's own scheduler: nothing changes;
 * 2. one with a rule for shares (core/share.ts): each VM's part of the pCPUs by that rule;
 * 3. one whose VMs have all the parameters that the scenario's have, in the same bounds: they are copied;
 * 4. else what the entitlement of each VM says (core/entitlement.ts): its weight and its cap, as far as the scheduler
 *    has such parameters. Where there are reservations, weights are in proportion to the parts that these come to.
 */
import { counted } from '../base/text.ts';
import { LabError } from '../base/errors.ts';
import type { Entitlement } from '../core/entitlement.ts';
import { completed, vmValues } from '../core/parameters.ts';
import type { ParameterValues } from '../core/policy.ts';
import type { Parameter, PolicyType } from '../core/policy-type.ts';
import { policyTypeOf, scenarioParameters } from '../policies.ts';
import { changedVm, entitlementOf, whyNoIdeal } from '../scenario/entitlement.ts';
import { byField, named, valueText } from '../scenario/parameters.ts';
import { schedulerOf } from '../scenario/resolve-scheduler.ts';
import type { Scenario, ScenarioEvent, VmSpec } from '../scenario/scenario.ts';
import { fairParts } from './fair-parts.ts';

export interface Translation {
  readonly scenario: Scenario;
  /** how weights, caps and other parameters were taken over, in sentences without their end; none: they are the same */
  readonly notes: readonly string[];
  /** per VM the parameters that were made for it, as a scenario file has them; null: none had to be made */
  readonly made: readonly string[] | null;
}

/** Parameters of all VMs at one time, and what is to be said of them. */
interface Taken {
  readonly values: readonly ParameterValues[];
  readonly notes: readonly string[];
  readonly isMade: boolean;
}

/** So many for each percent of a pCPU. */
const WEIGHT_PER_PERCENT = 10;

/**
 * @throws LabError BAD_SCENARIO where the scenario's scheduler can't say what its VMs are to have
 * @throws RangeError for a scheduler that isn't there
 */
export function translated(source: Scenario, type: string): Translation {
  const { scheduler } = source;
  if (type === scheduler.type) return { scenario: source, notes: [], made: null };
  const [from, to] = [policyTypeOf(scheduler.type), policyTypeOf(type)];
  const take = takerFor(source, from, to);
  const notes = new Set<string>();
  const takeAll = (vms: readonly VmSpec[]): readonly ParameterValues[] => {
    const taken = take(vms);
    for (const note of taken.notes) notes.add(note);
    return taken.values.map((values) => vmValues(to, values));
  };
  const { first, events, tunes } = translatedEvents(source, takeAll);
  for (const note of schedulerNotes(source, from, tunes)) notes.add(note);
  const { isMade } = take(source.vms);
  return {
    scenario: {
      ...source,
      scheduler: {
        ...schedulerOf(type),
        ...(scheduler.instants !== undefined && { instants: scheduler.instants }),
      },
      vms: source.vms.map((vm, i) => ({ ...withoutParameters(vm), ...named(first[i]) })),
      events,
    },
    notes: [...notes],
    made: isMade ? first.map((values) => madeText(to, values)) : null,
  };
}

/** How parameters are taken over, by what both policies declare. */
function takerFor(source: Scenario, from: PolicyType, to: PolicyType): (vms: readonly VmSpec[]) => Taken {
  const { shares } = to;
  const isSame =
    shares === undefined &&
    isOfVm(from) === isOfVm(to) &&
    from.vmParameters.every((parameter) => isDeclaredBy(to, parameter));
  if (isSame && from.vmParameters.length > 0)
    return (vms) => ({
      values: vms.map((vm) => byField(from.vmParameters, vm)),
      notes: [],
      isMade: false,
    });
  const why = whyNoIdeal(source);
  if (why !== null) {
    throw new LabError('BAD_SCENARIO', `its VMs can't be taken over from ${from.type} to ${to.type}`, {
      where: source.name,
      got: why,
      hint: 'only weights, caps and reservations can be taken over: give all VMs such, or leave this scheduler out',
    });
  }
  return (vms) => {
    const owed = vms.map((vm) => entitlementOf(source, vm) ?? unknownOwed(vm));
    const parts = fairParts({ ...source, vms }, owed);
    const own = ownNotes(vms, from, to);
    if (shares === undefined) {
      const taken = asWeights({ vms, owed, parts, from, to });
      return { ...taken, notes: [...taken.notes, ...own] };
    }
    const values = owed.map(({ capPercent, periodNs = null }, i) =>
      shares.parameters({
        percent: parts[i],
        capPercent: capPercent === null ? null : capPercent / vms[i].vcpus,
        periodNs,
      }),
    );
    return { values, notes: [shares.words, ...own], isMade: true };
  };
}

function unknownOwed({ name }: VmSpec): never {
  throw new TypeError(`what VM ${name} is entitled to was known, and no longer is`);
}

function isDeclaredBy({ vmParameters }: PolicyType, { field, unit, min, max }: Parameter): boolean {
  return vmParameters.some(
    (other) => other.field === field && other.unit === unit && other.min <= min && other.max >= max,
  );
}

interface Owed {
  readonly vms: readonly VmSpec[];
  readonly owed: readonly Entitlement[];
  readonly parts: readonly number[];
  readonly from: PolicyType;
  readonly to: PolicyType;
}

/** By weight and cap, as far as the scheduler has them. */
function asWeights(given: Owed): Taken {
  const { vms, owed, to } = given;
  const parameterOf = (field: string) => to.vmParameters.find((each) => each.field === field) ?? null;
  const [weight, cap] = [parameterOf('weight'), parameterOf('cap')];
  const weights = weight === null ? null : weightsOf(given, weight);
  const caps = owed.map(({ capPercent }) => capPercent);
  const capped = vms.filter((_, i) => caps[i] !== null).map(({ name }) => name);
  const rounded = caps.map((each) => (each === null ? 0 : Math.max(1, Math.round(each))));
  const isRounded = cap !== null && caps.some((each, i) => each !== null && each !== rounded[i]);
  return {
    values: vms.map((_, i) => ({
      ...(weights !== null && { weight: weights.values[i] }),
      ...(cap !== null && { [cap.field]: rounded[i] }),
    })),
    notes: [
      ...(weights === null ? [`no weights in ${to.type}: they are dropped`] : weights.notes),
      ...(cap === null && capped.length > 0
        ? [`no cap in ${to.type}: ${capped.join(', ')} may have more`]
        : []),
      ...(isRounded ? ['caps are whole percents'] : []),
    ],
    isMade: isRounded || (weights?.notes.length ?? 0) > 0,
  };
}

function weightsOf(
  { vms, owed, parts, from, to }: Owed,
  { min, max, default: usual }: Parameter,
): { readonly values: number[]; readonly notes: string[] } {
  const inBounds = (value: number) => Math.min(max, Math.max(min, Math.round(value)));
  // For each vCPU, or for all of a VM together.
  const perVcpu = owed.map(({ weight, isOfVm: isWhole = false }, i) =>
    isWhole ? weight / vms[i].vcpus : weight,
  );
  const grouped = (weights: readonly number[]): number[] =>
    isOfVm(to) ? weights.map((weight, i) => weight * vms[i].vcpus) : [...weights];
  const isRegrouped = isOfVm(to) !== isOfVm(from) && vms.some(({ vcpus }) => vcpus > 1);
  const regrouped = isOfVm(to)
    ? `a weight is the whole VM's in ${to.type}: it is that of all vCPUs together`
    : `a weight is each vCPU's in ${to.type}: it is the VM's divided among them`;
  const notes = isRegrouped ? [regrouped] : [];
  const bounds = `weights are whole numbers from ${String(min)} to ${String(max)}`;
  if (owed.some(({ reservedPercent = 0 }) => reservedPercent > 0)) {
    const wished = grouped(parts).map((part) => Math.round(part * WEIGHT_PER_PERCENT));
    // What somebody with next to no part has is lifted to the least, and moves nobody else.
    const isTooMuch = Math.max(...wished) > max;
    const values = (isTooMuch ? fitted(wished, min, max) : wished).map(inBounds);
    const scale = isTooMuch ? 'in proportion to the part' : `${String(WEIGHT_PER_PERCENT)} for each percent`;
    return {
      values,
      notes: [
        `reservations are weights: ${scale} of a pCPU that a vCPU has while all want to run`,
        ...notes,
        ...(wished.every((weight, i) => weight === values[i]) ? [] : [bounds]),
      ],
    };
  }
  // What the file says where that is what counts; else what it comes to, with a usual VM as usual.
  const isWritten = owed.every(({ weight }, i) => weight === vms[i].weight);
  const scale = isWritten ? 1 : usual / usualWeight(from, usual);
  const whole = wholeNumbers(
    grouped(perVcpu.map((weight) => weight * scale)),
    vms.map(({ vcpus }) => vcpus),
    max,
  );
  const values = fitted(whole, min, max).map(inBounds);
  const isExact = whole.every((weight, i) => Math.abs(weight - values[i]) < 1e-9);
  return { values, notes: [...notes, ...(isExact ? [] : [bounds])] };
}

/** All of them times a number that makes them whole, if there is room for that. */
function wholeNumbers(weights: readonly number[], vcpus: readonly number[], max: number): readonly number[] {
  const isWhole = (weight: number): boolean => Math.abs(weight - Math.round(weight)) < 1e-9;
  if (weights.every(isWhole)) return weights;
  const times = vcpus.reduce((product, count) => (product % count === 0 ? product : product * count), 1);
  const more = weights.map((weight) => weight * times);
  return more.every(isWhole) && Math.max(...more) <= max ? more : weights;
}

/** As they are, but for what doesn't fit. */
function fitted(weights: readonly number[], min: number, max: number): readonly number[] {
  const greatest = Math.max(...weights);
  if (greatest <= max && Math.min(...weights) >= min) return weights;
  return weights.map((weight) => (weight * max) / greatest);
}

/** Whether its weights are those of whole VMs, however many vCPUs they have. */
function isOfVm(policy: PolicyType): boolean {
  const usual = usualEntitlement(policy);
  return usual !== null && usual.isOfVm === true;
}

function usualWeight(policy: PolicyType, otherwise: number): number {
  return usualEntitlement(policy)?.weight ?? otherwise;
}

/** Of a VM with one vCPU to which no parameters were given; null: it can't be said. */
function usualEntitlement({ entitlement, vmParameters }: PolicyType): Entitlement | null {
  if (typeof entitlement === 'string') return null;
  const owed = entitlement(completed(vmParameters), 1);
  return typeof owed === 'string' ? null : owed;
}

/** What VMs have that only their scheduler knows. */
function ownNotes(vms: readonly VmSpec[], from: PolicyType, to: PolicyType): string[] {
  const own = from.vmParameters.filter(({ field, default: usual }) => {
    if (field === 'weight' || field === 'cap' || isKept(to, field)) return false;
    return vms.some((vm) => (byField(from.vmParameters, vm)[field] ?? usual) !== usual);
  });
  if (own.length === 0) return [];
  const keys = own.map(({ key }) => key).join(', ');
  const kept = canTakeParts(to) ? 'only the part of a pCPU is kept that they come to' : 'nothing is kept';
  return [`of ${from.type}'s ${keys} ${kept}`];
}

function canTakeParts({ shares, vmParameters }: PolicyType): boolean {
  return shares !== undefined || vmParameters.some(({ field }) => field === 'weight' || field === 'cap');
}

function isKept({ shares, vmParameters }: PolicyType, field: string): boolean {
  return shares !== undefined && vmParameters.some((parameter) => parameter.field === field);
}

/** What was said of the scheduler itself, which is about that one alone. */
function schedulerNotes({ scheduler }: Scenario, from: PolicyType, tunes: number): string[] {
  const changed = scenarioParameters(from).filter(
    ({ field, default: usual }) => (scheduler.parameters[field] ?? usual) !== usual,
  );
  const texts = changed.map((parameter) => {
    const text = valueText(parameter, scheduler.parameters[parameter.field]);
    return `${parameter.key} ${text}`;
  });
  return [
    ...(texts.length === 0 ? [] : [`${texts.join(', ')} is for ${from.type} alone`]),
    ...(tunes === 0 ? [] : [`${counted(tunes, 'change')} of ${from.type}'s parameters left out`]),
  ];
}

/** @returns `first`: per VM its parameters when it begins */
function translatedEvents(
  source: Scenario,
  takeAll: (vms: readonly VmSpec[]) => readonly ParameterValues[],
): {
  readonly first: readonly ParameterValues[];
  readonly events: readonly ScenarioEvent[];
  readonly tunes: number;
} {
  const events: ScenarioEvent[] = [];
  const gone = new Set<string>();
  let [vms, current] = [source.vms, takeAll(source.vms)];
  const first = [...current];
  let tunes = 0;
  for (const event of [...source.events].sort((a, b) => a.atNs - b.atNs)) {
    if (event.kind === 'tune') tunes++;
    else if (event.kind !== 'set') {
      if (event.kind === 'destroy') gone.add(event.vm);
      events.push(event);
    } else {
      vms = vms.map((vm) => (vm.name === event.vm ? changedVm(source, vm, event) : vm));
      const next = takeAll(vms);
      // One VM's weight may change the parts of all.
      for (const [i, vm] of vms.entries()) {
        if (gone.has(vm.name)) continue;
        // It isn't there to be changed, and begins with what it then has.
        if (vm.startNs > event.atNs) first[i] = next[i];
        const change = vm.startNs > event.atNs ? null : differences(current[i], next[i]);
        if (change !== null) events.push({ atNs: event.atNs, kind: 'set', vm: vm.name, ...named(change) });
      }
      current = next;
    }
  }
  return { first, events, tunes };
}

function differences(before: ParameterValues, after: ParameterValues): ParameterValues | null {
  const fields = Object.keys(after).filter((field) => after[field] !== before[field]);
  return fields.length === 0 ? null : Object.fromEntries(fields.map((field) => [field, after[field]]));
}

function withoutParameters(vm: VmSpec): VmSpec {
  const rest: { -readonly [Key in keyof VmSpec]: VmSpec[Key] } = { ...vm };
  delete rest.weight;
  delete rest.cap;
  delete rest.parameters;
  return rest;
}

/** `period 100ms, slice 20ms, extratime true`: what is 0 is none. */
function madeText({ vmParameters }: PolicyType, values: ParameterValues): string {
  return vmParameters
    .filter(({ field, unit }) => values[field] !== 0 || unit === 'flag')
    .map((parameter) => `${parameter.key} ${valueText(parameter, values[parameter.field] ?? NaN)}`)
    .join(', ');
}
