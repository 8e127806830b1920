/** Scenarios written on the command line: `--vm A:weight=512,cap=50` and the options that override a file. */
import { parseCpuList } from './cpu-list.ts';
import { complaint, excerptOf, numberOrText, pairsOf, type Spot } from './flag-spot.ts';
import { mergedScheduler } from './merge-scheduler.ts';
import { suggest } from '../base/text.ts';
import { declaredKeys, typedValue } from './parameters.ts';
import { perPolicies } from './per-policies.ts';
import { schedulerFromFlag } from './scheduler-flag.ts';
import type { Location, Path, Source } from './source.ts';

/** Options as they were typed. */
export interface ScenarioFlags {
  readonly vm?: readonly string[];
  readonly pcpus?: string;
  readonly topology?: string;
  readonly duration?: string;
  readonly seed?: string;
  readonly scheduler?: string;
  /** The scheduler may have parameters of simulations, which the caller gives to the simulator. Default: refused. */
  readonly isSimulated?: boolean;
}

const vmParameters = perPolicies(() => declaredKeys('vm'));
const NUMBERS = new Set(['vcpus', 'size']);

function vmKeys(): string[] {
  return [...vmParameters().map(({ key }) => key), 'vcpus', 'workload', 'size', 'work', 'start', 'pin'];
}

function vmFlags(): string[] {
  return vmParameters()
    .filter(({ by }) => by[0].parameter.unit === 'flag')
    .map(({ key }) => key);
}

/** A scenario made of options alone; `--vm` must be given. */
export function flagSource(flags: ScenarioFlags, baseDir: string): Source {
  const spots = new Map<string, Spot>();
  const vms = (flags.vm ?? []).map((text, index) => parseVm(text, index, spots));
  const value = { vms, ...overridesOf(flags, spots) };
  return {
    value,
    defaultName: 'command line',
    baseDir,
    locate: (path, part) => locateFlag(path, part, spots) ?? { offset: 0, where: '--vm' },
  };
}

/** A file with some of its values replaced by options. */
export function overrideSource(base: Source, flags: ScenarioFlags): Source {
  const spots = new Map<string, Spot>();
  const overrides = overridesOf(flags, spots);
  if (typeof base.value !== 'object' || base.value === null || Array.isArray(base.value)) return base;
  const file = base.value as Record<string, unknown>;
  const scheduler =
    overrides.scheduler === undefined ? file.scheduler : mergedScheduler(file.scheduler, overrides.scheduler);
  return {
    ...base,
    value: { ...file, ...overrides, ...(scheduler === undefined ? {} : { scheduler }) },
    locate: (path, part) => locateFlag(path, part, spots, true) ?? base.locate(path, part),
  };
}

function overridesOf(flags: ScenarioFlags, spots: Map<string, Spot>) {
  const values: Record<string, unknown> = {};
  const note = (key: string, option: string, text: string) => {
    spots.set(key, { option, text, start: 0, order: -1 });
  };
  if (flags.pcpus !== undefined) {
    note('pcpus', '--pcpus', flags.pcpus);
    values.pcpus = cpusOrComplain(flags.pcpus, '--pcpus', flags.pcpus, 0);
  }
  if (flags.topology !== undefined) {
    note('topology', '--topology', flags.topology);
    values.topology = shapeOrComplain(flags.topology);
  }
  if (flags.duration !== undefined) {
    note('duration', '--duration', flags.duration);
    values.duration = flags.duration;
  }
  if (flags.seed !== undefined) {
    note('seed', '--seed', flags.seed);
    values.seed = numberOrText(flags.seed);
  }
  if (flags.scheduler !== undefined)
    values.scheduler = schedulerFromFlag(flags.scheduler, spots, flags.isSimulated === true);
  return values;
}

/** `NAME[:key=value[,key=value…]]` */
function parseVm(text: string, index: number, spots: Map<string, Spot>): Record<string, unknown> {
  const spot = (start: number): Spot => ({ option: '--vm', text, start, order: index });
  const path = `vms.${String(index)}`;
  const colon = text.indexOf(':');
  spots.set(path, spot(0)).set(`${path}.name`, spot(0));
  const vm: Record<string, unknown> = { name: colon < 0 ? text : text.slice(0, colon) };
  if (colon < 0) return vm;
  const form = 'NAME:key=value,key=value, as in A:weight=512,cap=50';
  const keys = vmKeys();
  for (const { key, value, start, valueStart } of pairsOf(spot(colon + 1), {
    keys,
    flags: vmFlags(),
    form,
  })) {
    if (!keys.includes(key)) {
      throw complaint(spot(start), `unknown key '${key}'`, { hint: suggest(key, keys) });
    }
    spots.set(`${path}.${key}`, { ...spot(valueStart), keyStart: start });
    if (key === 'pin') vm[key] = cpusOrComplain(value.replaceAll('+', ','), '--vm', text, valueStart, index);
    else vm[key] = vmValue(key, value);
  }
  return vm;
}

/** As a scenario file has it. */
export function vmValue(key: string, text: string): string | number | boolean {
  const declared = vmParameters().find((each) => each.key === key);
  if (declared !== undefined) return typedValue(declared.by[0].parameter, text);
  return NUMBERS.has(key) ? numberOrText(text) : text;
}

function cpusOrComplain(list: string, option: string, text: string, start: number, order = -1): number[] {
  const parsed = parseCpuList(list);
  if (parsed.ok) return parsed.value;
  const isOfVm = option === '--vm';
  const expected = isOfVm ? 'CPUs joined by +, as in pin=0+1 or pin=0-3' : parsed.expected;
  const [written = ''] = text.slice(start).split(isOfVm ? ',' : '\n');
  const got = list === '' ? 'nothing' : `'${written}'`;
  throw complaint({ option, text, start, order }, parsed.message, { expected, got });
}

/** `2x4x2` */
function shapeOrComplain(text: string): Record<string, number> {
  const parts = /^(\d+)x(\d+)x(\d+)$/.exec(text);
  if (parts !== null) {
    const [sockets, cores, threads] = parts.slice(1).map(Number);
    return { sockets, cores, threads };
  }
  throw complaint({ option: '--topology', text, start: 0, order: -1 }, 'not a topology', {
    expected: 'SOCKETSxCORESxTHREADS, cores per socket and threads per core, as in 2x4x2',
    got: text === '' ? 'nothing' : `'${text}'`,
  });
}

/** @param exact don't fall back to the nearest parent: that one stands in the file */
function locateFlag(
  path: Path,
  part: 'key' | 'value' | undefined,
  spots: Map<string, Spot>,
  exact = false,
): Location | null {
  for (let depth = path.length; depth > 0; depth--) {
    const spot = spots.get(path.slice(0, depth).join('.'));
    if (spot !== undefined) {
      // What is found for a longer path is a parent: its value is the place.
      const excerpt = excerptOf(spot, depth === path.length ? part : 'value');
      return { offset: (spot.order + 1) * 1e6 + spot.start, where: spot.option, excerpt };
    }
    if (exact && path[depth - 1] === 'scheduler') break;
  }
  return null;
}
