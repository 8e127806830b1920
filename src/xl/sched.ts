/** What the commands for schedulers have in common. */
import { LabError } from '../base/errors.ts';
import type { Parameter } from '../core/policy-type.ts';
import type { HostState, VmState } from '../control/state.ts';
import type { Call } from './command.ts';
import { checkPool } from './domains.ts';
import { change } from './explain.ts';

/** By scheduler: the command that is for it. */
const COMMANDS: Readonly<Record<string, string | undefined>> = {
  credit: 'sched-credit',
  credit2: 'sched-credit2',
  rtds: 'sched-rtds',
  sedf: 'sched-sedf',
};

/**
 * A command for another scheduler would change nothing, and in Xen it says so to nobody who doesn't look at its exit
 * code. Here it is loud.
 * @throws LabError NOT_SUPPORTED
 */
export function checkScheduler(state: HostState, command: string, type: string): void {
  const running = state.scheduler.type;
  if (running === type) return;
  const own = COMMANDS[running];
  throw new LabError('NOT_SUPPORTED', `this host runs the scheduler ${running}, not ${type}`, {
    where: command,
    hint: own === undefined ? 'nothing was changed' : `xl ${own} is for this one`,
  });
}

/**
 * Either a domain is meant, or the scheduler of a pool.
 * @param ofDomain the options that need a domain
 * @throws LabError BAD_OPTION, in Xen's words
 */
export function checkSubject({ given: { options } }: Call, ofDomain: readonly string[], pool: string): void {
  const isOfDomain = ofDomain.some((each) => options.has(each));
  const isOfPool = options.has('schedparam') || options.has(pool);
  if ((options.has('domain') || isOfDomain) && isOfPool)
    throw wrong('Specifying a cpupool or schedparam is not allowed with domain options.');
  if (!options.has('domain') && isOfDomain) throw wrong('Must specify a domain.');
  const named = options.get(pool);
  if (named !== undefined) checkPool(named);
}

export function declared(parameters: readonly Parameter[], wanted: string): Parameter {
  const found = parameters.find(({ key }) => key === wanted);
  if (found === undefined) throw new Error(`there is no parameter ${wanted}`);
  return found;
}

export function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

export function outOfRange(what: string, min: number, max: number): LabError {
  return wrong(`${what} out of range, valid range is from ${String(min)} to ${String(max)}`);
}

export function wrong(message: string): LabError {
  return new LabError('BAD_OPTION', message);
}

// --- credit and credit2 ---

export function weightTable(domains: readonly VmState[]): string[] {
  return [
    weightRow('Name', 'ID', 'Weight', 'Cap'),
    ...domains.map(({ name, id, parameters }) =>
      weightRow(name, String(id), String(parameters.weight), String(parameters.cap)),
    ),
  ];
}

function weightRow(name: string, id: string, weight: string, cap: string): string {
  return `${name.padEnd(33)} ${id.padStart(4)} ${weight.padStart(6)} ${cap.padStart(4)}`;
}

/** @param parameters the scheduler's of VMs */
export async function setWeightAndCap(
  call: Call,
  vm: VmState,
  parameters: readonly Parameter[],
  { weight, cap }: { readonly weight: number | undefined; readonly cap: number | undefined },
): Promise<void> {
  const { min, max } = declared(parameters, 'weight');
  if (weight !== undefined && !isWithin(weight, min, max)) {
    throw wrong(
      `Cpu weight out of range, valid values are within range from ${String(min)} to ${String(max)}`,
    );
  }
  const most = vm.vcpus.length * (declared(parameters, 'cap').maxPerVcpu ?? 100);
  if (cap !== undefined && !isWithin(cap, 0, most)) {
    throw wrong(
      `Cpu cap out of range, valid range is from 0 to ${String(most)} for specified number of vcpus`,
    );
  }
  await change(call, {
    command: 'set',
    vm: vm.name,
    ...(weight !== undefined && { weight }),
    ...(cap !== undefined && { cap }),
  });
}
