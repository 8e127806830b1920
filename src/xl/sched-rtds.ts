/** `xl sched-rtds`: period, budget and extra time of a domain, in µs. */
import { LabError } from '../base/errors.ts';
import type { VmState } from '../control/state.ts';
import type { XlCommand } from './command.ts';
import { domainNamed, domainsOf, POOL } from './domains.ts';
import { change } from './explain.ts';
import { lines } from './list.ts';
import { flagOf, wholeNumber } from './numbers.ts';
import { checkScheduler, checkSubject, wrong } from './sched.ts';

const US = 1e3;

export const schedRtds: XlCommand = {
  name: 'sched-rtds',
  does: 'The same under RTDS: period, budget and extra time of a domain',
  operands: [],
  options: [
    { short: 'd', long: 'domain', takes: 'Domain', does: 'the domain that is meant' },
    { short: 'v', long: 'vcpuid', takes: 'VCPU|all', does: 'list its vCPUs; to set, only all' },
    { short: 'p', long: 'period', takes: 'us', does: 'set their period' },
    { short: 'b', long: 'budget', takes: 'us', does: 'set their budget, at most the period' },
    { short: 'e', long: 'extratime', takes: '0|1', does: 'whether they go on when the budget is used up' },
    { short: 'c', long: 'cpupool', takes: 'pool', does: 'list the domains of this pool only' },
  ],
  isQuick: true,
  async run(call) {
    const { options } = call.given;
    const name = options.get('domain');
    checkSubject(call, ['period', 'budget', 'extratime', 'vcpuid'], 'cpupool');
    const periodUs = wholeNumber(call, 'period');
    const budgetUs = wholeNumber(call, 'budget');
    const extratime = flagOf(call, 'extratime');
    const vcpu = options.get('vcpuid');
    const isSetting = periodUs !== undefined || budgetUs !== undefined || extratime !== undefined;
    if ((periodUs === undefined) !== (budgetUs === undefined))
      throw wrong('Must specify both period and budget.');
    if (isSetting && vcpu !== undefined && vcpu !== 'all') throw ofOne(vcpu);

    const state = await (await call.host()).state();
    checkScheduler(state, 'sched-rtds', 'rtds');
    if (name === undefined) {
      call.world.out(lines([`Cpupool ${POOL}: sched=RTDS`, ...table(domainsOf(state))]));
    } else if (isSetting) {
      await change(call, {
        command: 'set',
        vm: domainNamed(state, name).name,
        ...(periodUs !== undefined && { period: `${String(periodUs)}us` }),
        ...(budgetUs !== undefined && { budget: `${String(budgetUs)}us` }),
        ...(extratime !== undefined && { extratime }),
      });
    } else {
      const domain = domainNamed(state, name);
      call.world.out(lines(vcpu === undefined ? table([domain]) : vcpuTable(domain, vcpu)));
    }
  },
};

function table(domains: readonly VmState[]): string[] {
  return [
    row('Name', 'ID', null, ['Period', 'Budget', 'Extratime']),
    ...domains.map((vm) => row(vm.name, String(vm.id), null, valuesOf(vm))),
  ];
}

function vcpuTable(vm: VmState, which: string): string[] {
  const numbers = [...vm.vcpus.keys()].filter((vcpu) => which === 'all' || String(vcpu) === which);
  if (numbers.length === 0) {
    throw new LabError('BAD_OPTION', `${vm.name} has no vCPU ${which}`, {
      where: '--vcpuid',
      expected: `0 to ${String(vm.vcpus.length - 1)}, or all`,
    });
  }
  return [
    row('Name', 'ID', 'VCPU', ['Period', 'Budget', 'Extratime']),
    ...numbers.map((vcpu) => row(vm.name, String(vm.id), String(vcpu), valuesOf(vm))),
  ];
}

function valuesOf({ parameters: { periodNs, budgetNs, extratime } }: VmState): string[] {
  return [String(periodNs / US), String(budgetNs / US), extratime === 1 ? 'yes' : 'no'];
}

function row(name: string, id: string, vcpu: string | null, values: readonly string[]): string {
  const [period, budget, extratime] = values;
  const place = vcpu === null ? '' : ` ${vcpu.padStart(4)}`;
  const numbers = `${period.padStart(9)} ${budget.padStart(9)} ${extratime.padStart(10)}`;
  return `${name.padEnd(33)} ${id.padStart(4)}${place} ${numbers}`;
}

function ofOne(vcpu: string): LabError {
  return new LabError('NOT_SUPPORTED', 'all vCPUs of a VM have the same period and budget here', {
    where: '--vcpuid',
    expected: 'all',
    got: `'${vcpu}'`,
  });
}
