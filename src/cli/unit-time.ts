import { LabError } from '../base/errors.ts';
import { parseDuration } from '../scenario/duration.ts';
import { suggest } from '../base/text.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';

const OPTION = '--unit-time';
const EXPECTED = 'a time for all VMs (400us) or for one (A=400us)';

/**
 * How long a unit of work takes, as the user says: `400us` for all VMs, `A=400us` for one, which wins.
 * @throws LabError BAD_OPTION
 */
export function unitTimes(texts: readonly string[], scenario: Scenario): (vm: VmSpec) => number | null {
  let forAll: number | null = null;
  const forOne = new Map<string, number>();
  const names = scenario.vms.map(({ name }) => name);
  for (const text of texts) {
    const equals = text.indexOf('=');
    const time = parseDuration(text.slice(equals + 1));
    if (!time.ok || time.value === 0) {
      throw new LabError('BAD_OPTION', time.ok ? 'a unit takes some time' : time.message, {
        where: OPTION,
        expected: EXPECTED,
        got: `'${text}'`,
      });
    }
    if (equals < 0) {
      forAll = time.value;
      continue;
    }
    const name = text.slice(0, equals);
    if (!names.includes(name)) {
      throw new LabError('BAD_OPTION', `there is no VM '${name}'`, {
        where: OPTION,
        hint: suggest(name, names),
      });
    }
    forOne.set(name, time.value);
  }
  return ({ name }) => forOne.get(name) ?? forAll;
}
