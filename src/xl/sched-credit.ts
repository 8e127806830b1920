/**
 * `xl sched-credit`: weight and cap of a domain, slice, rate limit and migration delay of the scheduler. The checks,
 * their order and their words are Xen's.
 */
import { PARAMETERS, VM_PARAMETERS } from '../core/credit1/parameters.ts';
import { MS, US } from '../core/credit1/constants.ts';
import type { HostState } from '../control/state.ts';
import type { Call, XlCommand } from './command.ts';
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

export const CREDIT = 'credit';

export const schedCredit: XlCommand = {
  name: 'sched-credit',
  does: 'Get or set weight and cap of a domain, or the parameters of the scheduler',
  operands: [],
  options: [
    { short: 'd', long: 'domain', takes: 'Domain', does: 'the domain that is meant' },
    { short: 'w', long: 'weight', takes: 'weight', does: 'set its weight, 1 to 65535' },
    { short: 'c', long: 'cap', takes: 'cap', does: 'set its cap in percent of one pCPU; 0 is none' },
    { short: 's', long: 'schedparam', does: 'the scheduler itself is meant' },
    { short: 't', long: 'tslice_ms', takes: 'ms', does: 'set its time slice, 1 to 1000' },
    { short: 'r', long: 'ratelimit_us', takes: 'us', does: 'set its rate limit, 100 to 500000; 0 is off' },
    { short: 'm', long: 'migration_delay_us', takes: 'us', does: 'set its migration delay, 0 to 100000' },
    { short: 'p', long: 'cpupool', takes: 'pool', does: 'list the domains of this pool only' },
  ],
  isQuick: true,
  async run(call) {
    const { options } = call.given;
    const name = options.get('domain');
    const isOfScheduler = options.has('schedparam');
    checkSubject(call, ['weight', 'cap'], 'cpupool');
    const isSetting = ['tslice_ms', 'ratelimit_us', 'migration_delay_us'].some((each) => options.has(each));
    if (!isOfScheduler && isSetting) throw wrong('Must specify schedparam to set schedule parameter values.');
    // Before anything is asked of the host, as far as a value says of itself that it is wrong.
    const weight = wholeNumber(call, 'weight');
    const cap = wholeNumber(call, 'cap');
    const times = timesOf(call);

    const state = await (await call.host()).state();
    checkScheduler(state, 'sched-credit', CREDIT);
    if (isOfScheduler && isSetting) await setScheduler(call, state, times);
    else if (isOfScheduler) call.world.out(lines([poolLine(state)]));
    else if (name === undefined) call.world.out(lines([poolLine(state), ...weightTable(domainsOf(state))]));
    else if (weight === undefined && cap === undefined)
      call.world.out(lines(weightTable([domainNamed(state, name)])));
    else await setWeightAndCap(call, domainNamed(state, name), VM_PARAMETERS, { weight, cap });
  },
};

function poolLine({ scheduler: { parameters } }: HostState): string {
  const { tsliceNs, ratelimitNs, migrationDelayNs } = parameters;
  return (
    `Cpupool ${POOL}: tslice=${String(tsliceNs / MS)}ms ratelimit=${String(ratelimitNs / US)}us ` +
    `migration-delay=${String(migrationDelayNs / US)}us`
  );
}

/** Undefined: it isn't given. */
interface Times {
  readonly tsliceMs: number | undefined;
  readonly ratelimitUs: number | undefined;
  readonly delayUs: number | undefined;
}

function timesOf(call: Call): Times {
  return {
    tsliceMs: wholeNumber(call, 'tslice_ms'),
    ratelimitUs: wholeNumber(call, 'ratelimit_us'),
    delayUs: wholeNumber(call, 'migration_delay_us'),
  };
}

async function setScheduler(call: Call, state: HostState, times: Times): Promise<void> {
  const { tsliceMs, ratelimitUs, delayUs } = times;
  const slice = declared(PARAMETERS, 'tslice');
  const limit = declared(PARAMETERS, 'ratelimit');
  const delay = declared(PARAMETERS, 'migration-delay');
  if (tsliceMs !== undefined && !isWithin(tsliceMs, slice.min / MS, slice.max / MS))
    throw outOfRange('Time slice', slice.min / MS, slice.max / MS);
  if (
    ratelimitUs !== undefined &&
    ratelimitUs !== 0 &&
    !isWithin(ratelimitUs, limit.min / US, limit.max / US)
  )
    throw outOfRange('Ratelimit', limit.min / US, limit.max / US);
  if (delayUs !== undefined && !isWithin(delayUs, delay.min / US, delay.max / US))
    throw outOfRange('Migration delay', delay.min / US, delay.max / US);
  const { tsliceNs, ratelimitNs } = state.scheduler.parameters;
  const nextSliceNs = tsliceMs === undefined ? tsliceNs : tsliceMs * MS;
  const nextLimitNs = ratelimitUs === undefined ? ratelimitNs : ratelimitUs * US;
  if (nextLimitNs > nextSliceNs) throw wrong('Ratelimit cannot be greater than timeslice');
  await change(call, {
    command: 'tune',
    scheduler: {
      ...(tsliceMs !== undefined && { tslice: `${String(tsliceMs)}ms` }),
      ...(ratelimitUs !== undefined && { ratelimit: `${String(ratelimitUs)}us` }),
      ...(delayUs !== undefined && { 'migration-delay': `${String(delayUs)}us` }),
    },
  });
}
