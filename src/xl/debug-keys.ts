/**
 * `xl debug-keys r`: what the scheduler has in mind, in the form of Xen's dump. Xen writes it to its log (`xl dmesg`);
 * here it comes at once. A unit is `[domain.vCPU]`; this tool adds its name.
 */
import { LabError } from '../base/errors.ts';
import { CREDIT_NS, MS, Priority, ticksPerSlice, US } from '../core/credit1/constants.ts';
import type { HostState, VcpuState, VmState } from '../control/state.ts';
import type { XlCommand } from './command.ts';
import { domainsOf } from './domains.ts';
import { lines } from './list.ts';
import { CREDIT } from './sched-credit.ts';

/** The domain that idle units have in Xen. */
const IDLE_DOMAIN = 32_767;
/** Of a unit's flags: it is parked, being over its cap. */
const PARKED = 1;
/** What it calls otherwise. */
const XEN_WORDS: Readonly<Record<string, string>> = { priority: 'pri', weight: 'w' };

export const debugKeys: XlCommand = {
  name: 'debug-keys',
  does: "Show what the scheduler has in mind: with the key 'r', each pCPU's queue with priorities and credits",
  operands: [{ name: 'keys' }],
  options: [],
  isQuick: true,
  async run({ world, given, host }) {
    const [key] = given.operands;
    if (key !== 'r') {
      throw new LabError('NOT_SUPPORTED', `the debug key '${key}' is Xen's, and not here`, {
        where: 'debug-keys',
        expected: "'r': the scheduler's queues",
      });
    }
    world.out(lines(dump(await (await host()).state())));
  },
};

interface Unit {
  readonly vm: VmState;
  readonly vcpu: VcpuState;
  readonly index: number;
}

function dump(state: HostState): string[] {
  const units = new Map<string, Unit>();
  for (const vm of domainsOf(state))
    for (const [index, vcpu] of vm.vcpus.entries()) units.set(vcpu.id, { vm, vcpu, index });
  const queued = new Set(
    state.pcpus.flatMap(({ current, queue }) => [...queue, ...(current === null ? [] : [current])]),
  );
  const others = [...units.values()].filter(({ vcpu }) => !queued.has(vcpu.id));
  return [
    `NOW=${String(state.nowNs)}`,
    ...information(state),
    ...state.pcpus.flatMap(({ cpu, current, queue }) => {
      const running = current === null ? undefined : units.get(current);
      const waiting = queue.flatMap((id) => units.get(id) ?? []);
      const count = String(waiting.length + Number(running !== undefined));
      const first = running === undefined ? idleText(cpu) : unitText(state, running);
      return [
        `CPU[${String(cpu).padStart(2, '0')}] nr_run=${count}`,
        `\trun: ${first}`,
        ...waiting.map((unit, i) => numbered(i, unitText(state, unit))),
      ];
    }),
    ...(others.length === 0 ? [] : ['in no queue:']),
    ...others.map((unit, i) => numbered(i, `${unitText(state, unit)} ${unit.vcpu.activity}`)),
  ];
}

function numbered(index: number, text: string): string {
  return `\t${String(index + 1).padStart(3)}: ${text}`;
}

function information({ scheduler: { type, parameters }, pcpus }: HostState): string[] {
  const line = (name: string, value: string | number): string => `\t${name.padEnd(18)} = ${String(value)}`;
  if (type !== CREDIT) {
    const all = Object.entries(parameters).map(([field, value]) => line(field, value));
    return [`Scheduler: ${type}`, 'info:', line('ncpus', pcpus.length), ...all];
  }
  const { tsliceNs, ratelimitNs, migrationDelayNs } = parameters;
  return [
    'Scheduler: SMP Credit Scheduler (credit)',
    'info:',
    line('ncpus', pcpus.length),
    line('tslice', `${String(tsliceNs / MS)}ms`),
    line('ratelimit', `${String(ratelimitNs / US)}us`),
    line('credits per msec', MS / CREDIT_NS),
    line('ticks per tslice', ticksPerSlice(tsliceNs)),
    line('migration delay', `${String(migrationDelayNs / US)}us`),
  ];
}

function idleText(cpu: number): string {
  return `[${String(IDLE_DOMAIN)}.${String(cpu)}] pri=${String(Priority.idle)} flags=0 cpu=${String(cpu)}`;
}

function unitText({ terms, pcpus }: HostState, { vm, vcpu, index }: Unit): string {
  const readings = terms.vcpuReadings.map(({ key }, i) => [XEN_WORDS[key] ?? key, vcpu.readings[i]] as const);
  const own = Object.entries(vm.parameters).map(
    ([field, value]) => [XEN_WORDS[field] ?? field, value] as const,
  );
  const priorities = readings.filter(([key]) => key === XEN_WORDS.priority);
  const others = readings.filter(([key]) => key !== XEN_WORDS.priority);
  const flags = vcpu.activity === 'parked' ? PARKED : 0;
  return [
    `[${String(vm.id)}.${String(index)}]`,
    ...priorities.map(entry),
    `flags=${flags.toString(16)}`,
    `cpu=${String(pcpus[vcpu.pcpu]?.cpu ?? '-')}`,
    ...others.map(entry),
    ...(own.length === 0 ? [] : [`[${own.map(entry).join(',')}]`]),
    vcpu.id,
  ].join(' ');
}

function entry([key, value]: readonly [string, number]): string {
  return `${key}=${String(value)}`;
}
