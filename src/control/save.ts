/** A scenario as the text of a scenario file: read again, it is the same scenario, to the nanosecond. */
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Document, isMap, isSeq } from 'yaml';
import { LabError } from '../base/errors.ts';
import { without } from '../base/keys.ts';
import type { Parameter } from '../core/policy-type.ts';
import { gridTopology } from '../core/topology.ts';
import { moduleOf, policyTypeOf, scenarioParameters } from '../policies.ts';
import { formatDuration, MAX_DURATION_NS } from '../scenario/duration.ts';
import { byField, fileValue } from '../scenario/parameters.ts';
import type { Scenario, ScenarioEvent, VmSpec } from '../scenario/scenario.ts';
import { resolveWorkload } from '../workload/resolve.ts';
import type { Work } from '../workload/work.ts';

/** Lines are not folded. */
const LINE_WIDTH = 0;

export interface SaveOptions {
  /** directory of the file: relative workload paths start from it */
  readonly baseDir: string;
  /** A topology is written for simulations only: real cores have theirs. */
  readonly isInvented: boolean;
}

/** What was played until an instant: a scenario of that duration, and with nothing in it that was still to come. */
export function playedUntil(scenario: Scenario, untilNs: number): Scenario {
  const { durationNs } = scenario;
  const endNs = Math.max(1, Math.round(durationNs === null ? untilNs : Math.min(durationNs, untilNs)));
  const vms = scenario.vms.filter(({ startNs }) => startNs < endNs);
  const events = scenario.events.filter(({ atNs }) => atNs < endNs).sort((a, b) => a.atNs - b.atNs);
  return { ...scenario, durationNs: endNs, vms, events: whileThere(events) };
}

/** Without what was to happen to VMs that were gone by then. */
function whileThere(events: readonly ScenarioEvent[]): ScenarioEvent[] {
  const gone = new Set<string>();
  return events.filter((event) => {
    if (!('vm' in event)) return true;
    const isThere = !gone.has(event.vm);
    if (event.kind === 'destroy') gone.add(event.vm);
    return isThere;
  });
}

/** @throws LabError BAD_SCENARIO for what a scenario file can't say */
export function scenarioText(scenario: Scenario, options: SaveOptions): string {
  const { name, description, pcpus, durationNs, seed, vms, events } = scenario;
  if (vms.length === 0) throw unsaid('no VM was ever started', 'at least one VM');
  if (durationNs !== null && durationNs > MAX_DURATION_NS)
    throw unsaid(
      'this was played for longer than a scenario may last',
      'at most 24 hours',
      formatDuration(durationNs),
    );
  const document = new Document({
    name,
    ...(description !== undefined && { description }),
    pcpus: [...pcpus],
    ...(options.isInvented && scenario.topology !== undefined && { topology: shapeOf(scenario.topology) }),
    ...(durationNs !== null && { duration: formatDuration(durationNs) }),
    seed,
    scheduler: schedulerOf(scenario, options),
    vms: vms.map((vm) => vmOf(vm, scenario, options)),
    ...(events.length > 0 && { events: events.map((event) => eventOf(event, scenario.scheduler.type)) }),
  });
  writeInLines(document);
  return document.toString({ lineWidth: LINE_WIDTH, flowCollectionPadding: true });
}

function unsaid(message: string, expected: string, got?: string): LabError {
  return new LabError('BAD_SCENARIO', message, { expected, ...(got !== undefined && { got }) });
}

/** A line for each VM and each event. */
function writeInLines(document: Document): void {
  const flow = (node: unknown): void => {
    if (isMap(node) || isSeq(node)) node.flow = true;
  };
  for (const key of ['pcpus', 'topology', 'scheduler']) flow(document.get(key, true));
  for (const key of ['vms', 'events']) {
    const list = document.get(key, true);
    if (isSeq(list)) for (const item of list.items) flow(item);
  }
}

function schedulerOf(
  { scheduler: { type, parameters, instants } }: Scenario,
  { baseDir }: SaveOptions,
): Record<string, unknown> {
  const declared = scenarioParameters(policyTypeOf(type));
  for (const [field, value] of Object.entries(parameters)) {
    if (declared.some((each) => each.field === field)) continue;
    throw unsaid(
      `a scenario file can't say ${field}`,
      'a scheduler with parameters of scenario files',
      String(value),
    );
  }
  return {
    type: typeText(type, baseDir),
    ...written(declared, parameters),
    ...(instants !== undefined && { instants }),
  };
}

/** A policy from a file is named by its path from the file that is written. */
function typeText(type: string, baseDir: string): string {
  const module = moduleOf(type);
  if (module === null) return type;
  const path = relative(resolve(baseDir), fileURLToPath(module));
  return path.startsWith('..') ? path : `./${path}`;
}

function vmOf(vm: VmSpec, scenario: Scenario, { baseDir }: SaveOptions): Record<string, unknown> {
  const { vmParameters } = policyTypeOf(scenario.scheduler.type);
  const { name, vcpus, startNs, pin, work } = vm;
  const { url, size } = vm.workload;
  return {
    name,
    ...written(vmParameters, byField(vmParameters, vm)),
    ...(vcpus !== 1 && { vcpus }),
    workload: workloadOf(vm, baseDir) ?? fileURLToPath(url),
    ...(size !== null && { size }),
    ...(work !== null && { work: workText(work) }),
    ...(startNs !== 0 && { start: formatDuration(startNs) }),
    ...(pin !== null && { pin: [...pin] }),
  };
}

/** As it was written, if that means the same beside the file; else null. */
function workloadOf({ workload: { spec, url } }: VmSpec, baseDir: string): string | null {
  try {
    return resolveWorkload(spec, baseDir) === url ? spec : null;
  } catch (error) {
    if (error instanceof LabError) return null;
    throw error;
  }
}

function workText(work: Work): string {
  return work.kind === 'units' ? `${work.units} units` : formatDuration(work.ns);
}

/** What an event changes, as a scenario file has it. */
export function changedKeys(event: ScenarioEvent, schedulerType: string): Record<string, unknown> {
  return without(eventOf(event, schedulerType), 'at', 'vm', 'action');
}

function eventOf(event: ScenarioEvent, schedulerType: string): Record<string, unknown> {
  const policy = policyTypeOf(schedulerType);
  const at = formatDuration(event.atNs);
  switch (event.kind) {
    case 'set':
      return { at, vm: event.vm, ...written(policy.vmParameters, byField(policy.vmParameters, event), true) };
    case 'pause':
    case 'unpause':
    case 'destroy':
      return { at, vm: event.vm, action: event.kind };
    case 'pin': {
      const { vm, vcpu, pin } = event;
      return { at, vm, ...(vcpu !== null && { vcpu }), pin: pin === null ? 'all' : [...pin] };
    }
    case 'tune':
      return { at, scheduler: written(policy.parameters, event.parameters, true) };
    case 'mark':
      return { at, mark: event.text };
  }
}

/** By key, as scenario files have them: without those that are as by default, unless they are a change. */
function written(
  declared: readonly Parameter[],
  values: Readonly<Record<string, number>>,
  isChange = false,
): Record<string, string | number | boolean> {
  const entries = declared.flatMap((parameter) => {
    const value = values[parameter.field];
    if (value === undefined || (!isChange && value === parameter.default)) return [];
    return [[parameter.key, fileValue(parameter, value)] as const];
  });
  return Object.fromEntries(entries);
}

/** Sockets, cores and threads of a regular topology. */
function shapeOf(topology: NonNullable<Scenario['topology']>): Record<string, number> {
  const count = topology.cores.length;
  for (let sockets = 1; sockets <= count; sockets++) {
    for (let cores = 1; sockets * cores <= count; cores++) {
      const shape = { sockets, cores, threads: count / (sockets * cores) };
      if (!Number.isInteger(shape.threads)) continue;
      const grid = gridTopology(shape);
      const isSame = (['cores', 'sockets'] as const).every((key) =>
        grid[key].every((value, pcpu) => value === topology[key][pcpu]),
      );
      if (isSame) return shape;
    }
  }
  throw unsaid('this topology is no product of sockets, cores and threads', 'as many cores in each socket');
}
