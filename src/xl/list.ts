/** `xl list` and `xl vcpu-list`. */
import type { HostState, VcpuState, VmState } from '../control/state.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';
import type { Call, XlCommand } from './command.ts';
import { domainNamed, domainsOf, POOL } from './domains.ts';

const NOT_FROM_ELSEWHERE = 'VMs have no labels, no UUIDs and no memory nodes';

/** `Mem` is 0: nothing hands out memory here. */
export const list: XlCommand = {
  name: 'list',
  does: 'List domains: ID, vCPUs, state and CPU time',
  operands: [{ name: 'Domain', isOptional: true, isRepeated: true }],
  options: [
    { short: 'c', long: 'cpupool', does: 'also list the pool' },
    {
      short: 'l',
      long: 'long',
      does: 'all there is to know, as JSON',
      refusal: 'GET /api/state has all there is to know',
    },
    { short: 'v', long: 'verbose', does: 'UUIDs, too', refusal: NOT_FROM_ELSEWHERE },
    { short: 'Z', long: 'context', does: 'security labels, too', refusal: NOT_FROM_ELSEWHERE },
    { short: 'n', long: 'numa', does: 'NUMA nodes, too', refusal: NOT_FROM_ELSEWHERE },
  ],
  isQuick: true,
  async run(call) {
    const hasPool = call.given.options.has('cpupool');
    const domains = await wanted(call);
    const head = `${'Name'.padEnd(40)}    ID   Mem VCPUs\tState\tTime(s)`;
    const rows = domains.map((vm) => listRow(vm) + (hasPool ? ` ${POOL.padStart(16)}` : ''));
    call.world.out(lines([head + (hasPool ? '         Cpupool' : ''), ...rows]));
  },
};

function listRow(vm: VmState): string {
  const { name, id, vcpus, cpuNs } = vm;
  return [
    name.padEnd(40),
    ` ${String(id).padStart(5)}`,
    ` ${'0'.padStart(5)}`,
    ` ${String(vcpus.length).padStart(5)}`,
    `     ${domainState(vm)}`,
    `  ${seconds(cpuNs, 8)}`,
  ].join('');
}

/** running, blocked, paused, shut down, crashed; a VM isn't there any more once it dies */
export function domainState(vm: VmState): string {
  const { isRunning, isBlocked, isPaused, isDone, isCrashed } = activityOf(vm);
  const mark = (letter: string, is: boolean): string => (is ? letter : '-');
  return [
    mark('r', isRunning),
    mark('b', isBlocked),
    mark('p', isPaused),
    mark('s', isDone),
    mark('c', isCrashed),
    '-',
  ].join('');
}

export function activityOf({ phase, vcpus }: VmState) {
  const isDone = phase === 'done';
  const isCrashed = phase === 'failed';
  const isPaused = phase === 'paused';
  const isRunning = vcpus.some(({ activity }) => activity === 'running');
  // A domain is blocked when none of its vCPUs that still work wants to run.
  const working = vcpus.filter(({ activity }) => activity !== 'done');
  const isBlocked =
    !isPaused && working.length > 0 && working.every(({ activity }) => activity === 'blocked');
  return { isRunning, isBlocked, isPaused, isDone, isCrashed };
}

export const vcpuList: XlCommand = {
  name: 'vcpu-list',
  does: 'List vCPUs: where each is, its state, CPU time and affinity',
  operands: [{ name: 'Domain', isOptional: true, isRepeated: true }],
  options: [],
  isQuick: true,
  async run(call) {
    const state = await (await call.host()).state();
    const head = `${'Name'.padEnd(32)}    ID  VCPU   CPU State   Time(s) Affinity (Hard / Soft)`;
    const domains = await wanted(call, state);
    const rows = domains.flatMap((vm) => vm.vcpus.map((vcpu, index) => vcpuRow(state, vm, vcpu, index)));
    call.world.out(lines([head, ...rows]));
  },
};

/** A vCPU whose work is done has no CPU, as one that is offline in Xen. */
function vcpuRow(state: HostState, { name, id }: VmState, vcpu: VcpuState, index: number): string {
  const { activity, pcpu, cpuNs, pin } = vcpu;
  const isOffline = activity === 'done';
  const cpu = isOffline ? '-' : String(state.pcpus[pcpu]?.cpu ?? '-');
  const letters = [
    activity === 'running' ? 'r' : '-',
    activity === 'blocked' ? 'b' : '-',
    isOffline || activity === 'paused' ? 'p' : '-',
  ].join('');
  return [
    name.padEnd(32),
    ` ${String(id).padStart(5)}`,
    ` ${String(index).padStart(5)}`,
    ` ${cpu.padStart(4)}`,
    `   ${letters}`,
    ` ${seconds(cpuNs, 9)}`,
    `  ${affinity(state, pin)} / all`,
  ].join('');
}

function affinity({ pcpus }: HostState, pin: readonly number[] | null): string {
  const isAll = pin === null || pcpus.every(({ cpu }) => pin.includes(cpu));
  return isAll ? 'all' : formatCpuList(pin);
}

/** Those that were named, or all. */
async function wanted(call: Call, known?: HostState): Promise<VmState[]> {
  const state = known ?? (await (await call.host()).state());
  const { operands } = call.given;
  return operands.length === 0 ? domainsOf(state) : operands.map((name) => domainNamed(state, name));
}

export function seconds(ns: number, width: number): string {
  return (ns / 1e9).toFixed(1).padStart(width);
}

export function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
