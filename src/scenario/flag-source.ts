/** Scenarios written on the command line: `--vm A:weight=512,cap=50` and the options that override a file. */
import { LabError } from '../base/errors.ts';
import { parseCpuList } from './cpu-list.ts';
import { optionExcerpt } from './excerpt.ts';
import { suggest } from '../base/text.ts';
import { declaredKeys } from './parameters.ts';
import { longForm } from './schema.ts';
import type { Location, Path, Source } from './source.ts';

/** Options as they were typed. */
export interface ScenarioFlags {
  readonly vm?: readonly string[];
  readonly pcpus?: string;
  readonly topology?: string;
  readonly duration?: string;
  readonly seed?: string;
  readonly scheduler?: string;
  readonly instants?: string;
  /** Parameters of the scheduler, by the key in camel case: `lbRatelimit`. Others may stand beside them. */
  readonly [option: string]: unknown;
}

const VM_PARAMETERS = declaredKeys('vm');
const VM_KEYS = [...VM_PARAMETERS.map(({ key }) => key), 'vcpus', 'workload', 'size', 'work', 'start', 'pin'];
const NUMBERS = new Set([
  'vcpus',
  'size',
  ...VM_PARAMETERS.filter(({ by }) => by[0].parameter.unit !== 'time').map(({ key }) => key),
]);

/** The part of an option's text where a value stands. */
interface Spot {
  readonly option: string;
  readonly text: string;
  readonly start: number;
  /** where its key stands in the text; absent: the option itself is the key */
  readonly keyStart?: number;
  readonly order: number;
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
  const ofFile = longForm(file.scheduler);
  const scheduler =
    overrides.scheduler !== undefined && isMapping(ofFile)
      ? { ...ofFile, ...overrides.scheduler }
      : (overrides.scheduler ?? ofFile);
  return {
    ...base,
    value: { ...file, ...overrides, ...(scheduler === undefined ? {} : { scheduler }) },
    locate: (path, part) => locateFlag(path, part, spots, true) ?? base.locate(path, part),
  };
}

function overridesOf(flags: ScenarioFlags, spots: Map<string, Spot>) {
  const scheduler: Record<string, unknown> = {};
  const values: Record<string, unknown> & { scheduler?: Record<string, unknown> } = {};
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
  const options = [
    { option: 'scheduler', key: 'type', isNumber: false },
    ...declaredKeys('scheduler').map(({ key, by }) => ({
      option: key,
      key,
      isNumber: by[0].parameter.unit !== 'time',
    })),
    { option: 'instants', key: 'instants', isNumber: false },
  ];
  for (const { option, key, isNumber } of options) {
    const text = flags[camelCase(option)];
    if (typeof text !== 'string') continue;
    note(`scheduler.${key}`, `--${option}`, text);
    scheduler[key] = isNumber ? numberOrText(text) : text;
  }
  if (Object.keys(scheduler).length > 0) values.scheduler = scheduler;
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
  let start = colon + 1;
  for (const part of text.slice(start).split(',')) {
    const equals = part.indexOf('=');
    const key = equals < 0 ? part : part.slice(0, equals);
    const at = spot(start);
    if (equals < 0 || key === '') {
      throw complaint(
        at,
        equals < 0 && VM_KEYS.includes(key) ? `'${key}' has no value` : 'not a key=value pair',
        {
          expected: 'NAME:key=value,key=value, as in A:weight=512,cap=50',
          got: part === '' ? 'nothing' : `'${part}'`,
        },
      );
    }
    if (!VM_KEYS.includes(key)) {
      throw complaint(at, `unknown key '${key}'`, { hint: suggest(key, VM_KEYS) });
    }
    if (key in vm) throw complaint(at, `'${key}' is given twice`, {});
    const value = part.slice(equals + 1);
    const valueStart = start + equals + 1;
    spots.set(`${path}.${key}`, { ...spot(valueStart), keyStart: start });
    if (key === 'pin') vm[key] = cpusOrComplain(value.replaceAll('+', ','), '--vm', text, valueStart, index);
    else vm[key] = NUMBERS.has(key) ? numberOrText(value) : value;
    start += part.length + 1;
  }
  return vm;
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

/** A whole number if it is one; otherwise the text, for the schema to complain about. */
function numberOrText(text: string): number | string {
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function complaint(spot: Spot, message: string, details: { expected?: string; got?: string; hint?: string }) {
  return new LabError('BAD_OPTION', message, { where: spot.option, excerpt: excerptOf(spot), ...details });
}

function excerptOf({ option, text, start, keyStart }: Spot, part: 'key' | 'value' = 'value'): string {
  const textStart = option.length + 1;
  const keyOffset = keyStart === undefined ? 0 : textStart + keyStart;
  return optionExcerpt(`${option} ${text}`, part === 'key' ? keyOffset : textStart + start);
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

/** As commander names options: `lb-ratelimit` is lbRatelimit. */
export function camelCase(option: string): string {
  return option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
