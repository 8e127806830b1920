/**
 * The next run of a host: its VMs as they are now, from the beginning, under the same scheduler or another one. What
 * was planned for the run before, and has not happened yet, doesn't happen in the next one.
 */
import { translated } from '../compare/translate.ts';
import type { CommandInputOf } from '../scenario/command.ts';
import { isUnloaded, withPolicies } from '../scenario/policies-of.ts';
import { resolveScheduler } from '../scenario/resolve-scheduler.ts';
import type { Scenario, ScenarioEvent, SchedulerSpec, VmSpec } from '../scenario/scenario.ts';
import type { Source } from '../scenario/source.ts';
import { asItIs, firstName, type Life, type Stage } from '../scenario/stage.ts';
import { nameOf as nameOfPath } from '../scenario/validate.ts';

export interface NextRun {
  readonly scenario: Scenario;
  /** what the scheduler makes of parameters that it doesn't have, in clauses */
  readonly notes: readonly string[];
}

/**
 * The same command, once the policy module that it names is loaded. What is no such command stays as it is.
 * @throws LabError BAD_POLICY
 */
export async function withItsPolicy(written: unknown, baseDir: string): Promise<unknown> {
  const { command, scheduler } = (written ?? {}) as {
    readonly command?: unknown;
    readonly scheduler?: unknown;
  };
  if (command !== 'rerun' || !isUnloaded(scheduler)) return written;
  const locate: Source['locate'] = (path) => ({ offset: 0, where: nameOfPath(path) });
  return (await withPolicies({ value: written, defaultName: 'rerun', baseDir, locate })).value;
}

/**
 * @param before as the run that ends was planned
 * @param source of the command
 * @throws LabError BAD_SCENARIO for a scheduler that isn't there, or parameters that it refuses
 */
export function nextRun(
  command: CommandInputOf<'rerun'>,
  before: Scenario,
  stage: Stage,
  atNs: number,
  source: Source,
): NextRun {
  const lives = stage.living(atNs);
  const names = lives.map(({ vm }) => nameOf(vm.name, lives));
  const same: Scenario = {
    ...before,
    scheduler: stage.scheduler,
    vms: lives.map((life, index): VmSpec => ({ ...asItIs(life), name: names[index], startNs: 0 })),
    events: lives.flatMap((life, index) => standing(life, names[index])),
  };
  if (command.scheduler === undefined) return { scenario: same, notes: [] };
  const scheduler = schedulerAfter(command.scheduler, stage.scheduler, source);
  const { scenario, notes, made } = translated(same, scheduler.type);
  const each = made?.map((text, index) => `${scenario.vms[index].name} has ${text}`) ?? [];
  return { scenario: { ...scenario, scheduler }, notes: [...notes, ...each] };
}

/** What timers tell late is nothing of one scheduler alone: it stays, unless the command says otherwise. */
function schedulerAfter(
  input: NonNullable<CommandInputOf<'rerun'>['scheduler']>,
  { instants }: SchedulerSpec,
  source: Source,
): SchedulerSpec {
  const scheduler = resolveScheduler(input, source);
  return input.instants === undefined && instants !== undefined ? { ...scheduler, instants } : scheduler;
}

/** A VM that had several workloads has its first name again, unless another one is called so. */
function nameOf(name: string, lives: readonly Life[]): string {
  const first = firstName(name);
  const family = lives.filter(({ vm }) => firstName(vm.name) === first);
  return family.length === 1 ? first : name;
}

/** What holds of a VM beside its parameters: pins of its vCPUs, and that it stands still. */
function standing({ vcpuPins, isPaused }: Life, vm: string): ScenarioEvent[] {
  const events: ScenarioEvent[] = [...vcpuPins].map(([vcpu, pin]) => ({
    atNs: 0,
    kind: 'pin',
    vm,
    vcpu,
    pin,
  }));
  return isPaused ? [...events, { atNs: 0, kind: 'pause', vm }] : events;
}
