/** `xl sched-credit2`: weight and cap of a domain, and the rate limit of the scheduler. */
import { US } from '../core/credit2/constants.ts';
import { PARAMETERS, VM_PARAMETERS } from '../core/credit2/parameters.ts';
import type { HostState } from '../control/state.ts';
import type { XlCommand } from './command.ts';
import { domainNamed, domainsOf, POOL } from './domains.ts';
import { change } from './explain.ts';
import { lines } from './list.ts';
import { wholeNumber } from './numbers.ts';
import {
  checkScheduler,
  checkSubject,
  declared,
  isWithin,
  outOfRange,
  setWeightAndCap,
  weightTable,
  wrong,
} from './sched.ts';

export const schedCredit2: XlCommand = {
  name: 'sched-credit2',
  does: 'The same under credit2: weight and cap of a domain, or the rate limit',
  operands: [],
  options: [
    { short: 'd', long: 'domain', takes: 'Domain', does: 'the domain that is meant' },
    { short: 'w', long: 'weight', takes: 'weight', does: 'set its weight, 1 to 65535' },
    { short: 'c', long: 'cap', takes: 'cap', does: 'set its cap in percent of one pCPU; 0 is none' },
    { short: 's', long: 'schedparam', does: 'the scheduler itself is meant' },
    { short: 'r', long: 'ratelimit_us', takes: 'us', does: 'set its rate limit, 100 to 500000; 0 is off' },
    { short: 'p', long: 'cpupool', takes: 'pool', does: 'list the domains of this pool only' },
  ],
  isQuick: true,
  async run(call) {
    const { options } = call.given;
    const name = options.get('domain');
    const isOfScheduler = options.has('schedparam');
    checkSubject(call, ['weight', 'cap'], 'cpupool');
    if (!isOfScheduler && options.has('ratelimit_us'))
      throw wrong('Must specify schedparam to set schedule parameter values.');
    const weight = wholeNumber(call, 'weight');
    const cap = wholeNumber(call, 'cap');
    const limitUs = wholeNumber(call, 'ratelimit_us');

    const state = await (await call.host()).state();
    checkScheduler(state, 'sched-credit2', 'credit2');
    if (isOfScheduler && limitUs !== undefined) {
      const { min, max } = declared(PARAMETERS, 'ratelimit');
      if (limitUs !== 0 && !isWithin(limitUs, min / US, max / US))
        throw outOfRange('Ratelimit', min / US, max / US);
      await change(call, { command: 'tune', scheduler: { ratelimit: `${String(limitUs)}us` } });
    } else if (isOfScheduler) {
      call.world.out(lines([poolLine(state)]));
    } else if (name === undefined) {
      call.world.out(lines([poolLine(state), ...weightTable(domainsOf(state))]));
    } else if (weight === undefined && cap === undefined) {
      call.world.out(lines(weightTable([domainNamed(state, name)])));
    } else {
      await setWeightAndCap(call, domainNamed(state, name), VM_PARAMETERS, { weight, cap });
    }
  },
};

function poolLine({ scheduler: { parameters } }: HostState): string {
  return `Cpupool ${POOL}: ratelimit=${String(parameters.ratelimitNs / US)}us`;
}
