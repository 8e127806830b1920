import { LabError } from '../base/errors.ts';
import { vmValues } from '../core/parameters.ts';
import type { PolicyType } from '../core/policy-type.ts';
import { isBuiltin, sizesOf } from '../workload/catalogue.ts';
import { resolveWorkload } from '../workload/resolve.ts';
import { resolveSize } from '../workload/size.ts';
import { formatCpuList } from './cpu-list.ts';
import { formatDuration } from './duration.ts';
import { MAX_THREAD_NAME } from './limits.ts';
import { checkPerVcpu, checkTogether, named, type Place, takeParameters } from './parameters.ts';
import type { VmSpec } from './scenario.ts';
import type { WorkloadRef } from '../workload/work.ts';
import type { VmInput } from './schema.ts';
import type { Location, Path, Source } from './source.ts';
import { mistake } from './validate.ts';

export const DEFAULT_WORKLOAD = 'primes';

interface Context {
  readonly policy: PolicyType;
  readonly pcpus: readonly number[];
  readonly durationNs: number | null;
}

/** One VM with its defaults filled in. @param place of its mapping */
export function resolveVm(
  vm: VmInput,
  { policy, pcpus, durationNs }: Context,
  { path, source }: Place,
): VmSpec {
  const vcpus = vm.vcpus ?? 1;
  const startNs = vm.start ?? 0;
  const place = { path, source };
  const values = takeParameters(vm, 'vm', policy, place);
  checkTogether(policy, values, null, place);
  checkPerVcpu(policy.vmParameters, values, vcpus, place);
  checkThreadName(vm.name, vcpus, () => source.locate([...path, 'name']));
  if (durationNs !== null && startNs >= durationNs) {
    throw mistake(source.locate([...path, 'start']), `VM ${vm.name} would start after the end of the run`, {
      expected: `a start before the duration of ${formatDuration(durationNs)}`,
      got: formatDuration(startNs),
    });
  }
  return {
    name: vm.name,
    ...named(vmValues(policy, values)),
    vcpus,
    startNs,
    pin: vm.pin === undefined ? null : checkedPin(vm.pin, pcpus, { path: [...path, 'pin'], source }),
    ...resolveProgram(vm, place),
  };
}

/** What a VM computes. @param place of the mapping that says so */
export function resolveProgram(
  program: Pick<VmInput, 'workload' | 'size' | 'work'>,
  place: Place,
): Pick<VmSpec, 'workload' | 'work'> {
  checkWork(program, place);
  return { workload: resolveWorkloadRef(program, place), work: program.work ?? null };
}

/** The idle guest sleeps for a second and computes for microseconds: seconds of CPU time would take it days. */
function checkWork({ workload, work }: Pick<VmInput, 'workload' | 'work'>, { path, source }: Place): void {
  if (workload !== 'idle' || work?.kind !== 'cpu') return;
  throw mistake(
    source.locate([...path, 'work']),
    'idle hardly uses CPU time, so this work would not be done',
    {
      expected: "work in units, such as '10 units', each a sleep and a wake-up",
      got: formatDuration(work.ns),
      hint: 'leave it out for a VM that idles to the end',
    },
  );
}

export function checkThreadName(name: string, vcpus: number, locate: () => Location): void {
  const longest = `${name}/v${String(vcpus - 1)}`;
  if (longest.length <= MAX_THREAD_NAME) return;
  throw mistake(locate(), 'the VM name is too long for its number of vCPUs', {
    expected: `at most ${String(MAX_THREAD_NAME)} characters in a thread's name`,
    got: `'${longest}' (${String(longest.length)})`,
    hint: 'Linux cuts the names of threads, and top and perf could not tell the vCPUs apart',
  });
}

/** @param place of the list @throws LabError BAD_SCENARIO for one that isn't out of the scenario's pCPUs */
export function checkedPin(
  pin: readonly number[],
  pcpus: readonly number[],
  { path, source }: Place,
): readonly number[] {
  if (pin.length === 0) {
    throw mistake(source.locate(path), 'pin names no CPU', {
      expected: `CPUs out of ${formatCpuList(pcpus)}`,
      got: 'an empty list',
      hint: 'leave it out for a VM that may run on all of them',
    });
  }
  for (const [i, cpu] of pin.entries()) {
    const at = () => source.locate([...path, i]);
    if (!pcpus.includes(cpu)) {
      throw mistake(at(), `CPU ${String(cpu)} is not among the lab's pCPUs`, {
        expected: `CPUs out of ${formatCpuList(pcpus)}`,
        got: String(cpu),
        hint: 'pin takes host CPU numbers, out of pcpus',
      });
    }
    if (pin.indexOf(cpu) < i) throw mistake(at(), `CPU ${String(cpu)} is given twice`);
  }
  return pin;
}

function resolveWorkloadRef(
  program: Pick<VmInput, 'workload' | 'size'>,
  { path, source }: Place,
): WorkloadRef {
  const spec = program.workload ?? DEFAULT_WORKLOAD;
  const size = program.size ?? null;
  const at = <T>(key: 'workload' | 'size', attempt: () => T): T => atPlace(attempt, [...path, key], source);
  const url = at('workload', () => resolveWorkload(spec, source.baseDir));
  // A module of the user's is asked when it is loaded.
  if (isBuiltin(spec)) at('size', () => resolveSize({ name: spec, sizes: sizesOf(spec) }, size));
  return { spec, url, size };
}

/** What complains of a value says where that value is written. */
function atPlace<T>(attempt: () => T, path: Path, source: Source): T {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { where, excerpt } = source.locate(path);
    throw new LabError(error.code, error.message, {
      ...error.details,
      where,
      ...(excerpt === undefined ? {} : { excerpt }),
      cause: error,
    });
  }
}
