/**
 * `xl sched-sedf`, as Xen had it until 4.5: period, slice, latency, extra time and weight of a domain, times in ms.
 * What is given changes the rest as Xen's tool does it: a period or slice ends a weight, a weight ends both of them.
 */
import type { VmState } from '../control/state.ts';
import type { XlCommand } from './command.ts';
import { domainNamed, domainsOf, POOL } from './domains.ts';
import { change } from './explain.ts';
import { lines } from './list.ts';
import { flagOf, wholeNumber } from './numbers.ts';
import { checkScheduler, checkSubject } from './sched.ts';

const MS = 1e6;
/** What a VM with a weight has in place of a period of its own. */
const WEIGHT_PERIOD_MS = 100;

export const schedSedf: XlCommand = {
  name: 'sched-sedf',
  does: 'The same under SEDF: reservation, extra time and weight of a domain',
  operands: [],
  options: [
    { short: 'd', long: 'domain', takes: 'Domain', does: 'the domain that is meant' },
    { short: 'p', long: 'period', takes: 'ms', does: 'set its period' },
    { short: 's', long: 'slice', takes: 'ms', does: 'set its slice, at most the period' },
    { short: 'l', long: 'latency', takes: 'ms', does: 'set its latency hint, which has no effect' },
    { short: 'e', long: 'extra', takes: '0|1', does: 'whether it takes what is left over' },
    { short: 'w', long: 'weight', takes: 'weight', does: 'set its weight, in place of period and slice' },
    { short: 'c', long: 'cpupool', takes: 'pool', does: 'list the domains of this pool only' },
  ],
  isQuick: true,
  async run(call) {
    const { options } = call.given;
    const name = options.get('domain');
    checkSubject(call, ['period', 'slice', 'latency', 'extra', 'weight'], 'cpupool');
    const times = { period: 'period', slice: 'slice', latency: 'latency' } as const;
    const given = Object.keys(times).flatMap((key) => {
      const ms = wholeNumber(call, key);
      return ms === undefined ? [] : [[key, `${String(ms)}ms`] as const];
    });
    const extratime = flagOf(call, 'extra');
    const weight = wholeNumber(call, 'weight');

    const state = await (await call.host()).state();
    checkScheduler(state, 'sched-sedf', 'sedf');
    if (name === undefined) {
      call.world.out(lines([`Cpupool ${POOL}: sched=SEDF`, ...table(domainsOf(state))]));
    } else if (given.length > 0 || extratime !== undefined || weight !== undefined) {
      await change(call, {
        command: 'set',
        vm: domainNamed(state, name).name,
        ...Object.fromEntries(given),
        ...(extratime !== undefined && { extratime }),
        ...(weight !== undefined && { weight }),
      });
    } else {
      call.world.out(lines(table([domainNamed(state, name)])));
    }
  },
};

function table(domains: readonly VmState[]): string[] {
  return [
    row('Name', 'ID', ['Period', 'Slice', 'Latency', 'Extra', 'Weight']),
    ...domains.map((vm) => row(vm.name, String(vm.id), valuesOf(vm))),
  ];
}

/** As Xen reads them back: of best effort not the weight; the slice that a weight comes to isn't known here. */
function valuesOf({ parameters }: VmState): string[] {
  const { periodNs, sliceNs, latencyNs, extratime, weight } = parameters;
  const isBestEffort = weight !== 0 && extratime === 1;
  const isWeighted = weight !== 0 && !isBestEffort;
  const slice = isWeighted ? '-' : String(sliceNs / MS);
  return [
    String(weight === 0 ? periodNs / MS : WEIGHT_PERIOD_MS),
    slice,
    String(latencyNs / MS),
    String(extratime),
    String(isWeighted ? weight : 0),
  ];
}

function row(name: string, id: string, values: readonly string[]): string {
  const [period, slice, latency, extra, weight] = values;
  const times = `${period.padStart(6)} ${slice.padStart(6)} ${latency.padStart(7)}`;
  return `${name.padEnd(33)} ${id.padStart(4)} ${times} ${extra.padStart(5)} ${weight.padStart(6)}`;
}
