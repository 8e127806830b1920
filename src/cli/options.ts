import { Option } from 'commander';
import { LabError } from '../base/errors.ts';
import { parseDuration } from '../scenario/duration.ts';
import { VERIFY_MODES } from '../testbed/testbed.ts';

/** Options that several commands share, worded once. */
export const jsonOption = () =>
  new Option('--json <file>', 'write the results as JSON (default: not written)');
export const csvOption = () =>
  new Option('--csv <file>', 'write the results as CSV, a line per vCPU (default: not written)');
export const quietOption = () =>
  new Option(
    '-q, --quiet',
    'print neither progress nor tables: only files that were asked for, errors and the exit code (default: off)',
  );
export const paranoidOption = () =>
  new Option(
    '--paranoid',
    'check the scheduler after each of its calls; a breach ends the run (default: off)',
  );
export const verifyOption = () =>
  new Option(
    '--verify <how>',
    'what to verify of what was computed: prefix (the first half second), whole, none, or auto: fixed work ' +
      'whole, the rest by a prefix',
  )
    .choices(VERIFY_MODES)
    .default('auto', 'auto');
export const pcpusOption = (otherwise: string) =>
  new Option('--pcpus <list>', `host CPUs handed to the lab, as in 0-1 or 0,2 (default: ${otherwise})`);
export const seedOption = (otherwise: string) =>
  new Option('--seed <n>', `seed of the workloads' data, 0 to 4294967295 (default: ${otherwise})`);

/** @throws LabError BAD_OPTION */
export function wholeNumberOption(option: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new LabError('BAD_OPTION', 'not a number that this option takes', {
    where: option,
    expected: `a whole number from ${String(min)} to ${String(max)}`,
    got: `'${text}'`,
  });
}

const MAX_TIME_NS = 1e9;

/**
 * A time of the simulated machine, such as a phase or a lateness.
 * @param value the whole value of the option, for one of which the time is a part
 * @returns ns, at most 1 s
 * @throws LabError BAD_OPTION
 */
export function timeOption(option: string, text: string, value = text): number {
  const time = parseDuration(text);
  if (time.ok && time.value <= MAX_TIME_NS) return time.value;
  throw new LabError('BAD_OPTION', time.ok ? 'the time is too long' : time.message, {
    where: option,
    expected: '0 or a time of at most 1s, such as 50us',
    got: `'${value}'`,
  });
}
