import { LabError } from '../base/errors.ts';
import { parseDuration } from '../scenario/duration.ts';

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
