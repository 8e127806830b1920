/** Values of parameters as people read and write them, and as commands take them. */
import { flagOf } from '../../core/parameters.ts';
import type { Parameter } from '../../core/policy-type.ts';

const UNITS = [
  { name: 's', ns: 1e9 },
  { name: 'ms', ns: 1e6 },
  { name: 'µs', ns: 1e3 },
  { name: 'ns', ns: 1 },
] as const;

/** `30 ms`, `50 %`, `256`, `no cap`. */
export function valueText(parameter: Parameter, value: number): string {
  if (value === 0 && parameter.zero !== undefined) return parameter.zero;
  switch (parameter.unit) {
    case 'time':
      return timeText(value);
    case 'percent':
      return `${String(value)} %`;
    case 'number':
      return String(value);
    case 'flag':
      return String(value !== 0);
    case 'choice':
      return parameter.choices?.[value] ?? String(value);
  }
}

/** As it stands in a field: without what the label beside it says. */
export function fieldText(parameter: Parameter, value: number | string): string {
  if (typeof value === 'string') return value;
  if (value === 0 && parameter.zero !== undefined) return parameter.zero;
  if (parameter.unit === 'flag') return String(value !== 0);
  return parameter.unit === 'time' && value !== 0 ? timeText(value) : String(value);
}

/** What somebody wrote; what isn't understood stays as it is, and the host says what is wrong with it. */
export function readField(parameter: Parameter, text: string): number | string {
  const trimmed = text.trim();
  if (trimmed === parameter.zero || (trimmed === '0' && parameter.zero !== undefined)) return 0;
  if (parameter.unit === 'flag') return flagOf(trimmed) ?? trimmed;
  if (parameter.unit !== 'time') {
    const digits = /^(\d+)\s*%?$/.exec(trimmed);
    return digits !== null && (parameter.unit === 'percent' || !trimmed.includes('%'))
      ? Number(digits[1])
      : trimmed;
  }
  const parts = /^(\d+(?:\.\d+)?)\s*(s|ms|us|µs|ns)$/.exec(trimmed);
  if (parts === null) return trimmed;
  const name = parts[2] === 'us' ? 'µs' : parts[2];
  const unit = UNITS.find((each) => each.name === name);
  return unit === undefined ? trimmed : Math.round(Number(parts[1]) * unit.ns);
}

/** As a scenario file has it. */
export function commandValue(parameter: Parameter, value: number | string): number | string | boolean {
  if (typeof value === 'number' && parameter.unit === 'flag') return value !== 0;
  if (typeof value === 'string' || parameter.unit !== 'time' || value === 0) return value;
  return timeText(value).replace(' ', '');
}

/** `100 µs to 500 ms, or off` */
export function rangeText(parameter: Parameter, vcpuCount = 1): string {
  const { unit, choices = [], min, max, maxPerVcpu, zero } = parameter;
  if (unit === 'flag') return 'true or false';
  if (unit === 'choice') return choices.join(', ');
  const most = maxPerVcpu === undefined ? max : Math.min(max, maxPerVcpu * vcpuCount);
  const range = `${valueText({ ...parameter, zero: '0' }, min)} to ${valueText(parameter, most)}`;
  return zero === undefined ? range : `${range}; 0: ${zero}`;
}

/** Exact: in the largest unit in which it has three digits after the point at most. */
export function timeText(ns: number): string {
  const unit = UNITS.find((each) => ns >= each.ns && Number.isInteger((ns * 1000) / each.ns)) ?? UNITS[3];
  return `${String(ns / unit.ns)} ${unit.name}`;
}
