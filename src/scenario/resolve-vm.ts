import { LabError } from '../base/errors.ts';
import { completed } from '../core/parameters.ts';
import type { PolicyType } from '../core/policy-type.ts';
import { isBuiltin, sizesOf } from '../workload/catalogue.ts';
import { resolveWorkload } from '../workload/resolve.ts';
import { resolveSize } from '../workload/size.ts';
import { formatCpuList } from './cpu-list.ts';
import { formatDuration } from './duration.ts';
import { MAX_THREAD_NAME } from './limits.ts';
import { checkPerVcpu, named, takeParameters } from './parameters.ts';
import type { VmSpec } from './scenario.ts';
import type { WorkloadRef } from '../workload/work.ts';
import type { VmInput } from './schema.ts';
import type { Path, Source } from './source.ts';
import { mistake } from './validate.ts';

export const DEFAULT_WORKLOAD = 'primes';

interface Context {
  readonly policy: PolicyType;
  readonly pcpus: readonly number[];
  readonly durationNs: number | null;
}

/** One VM with its defaults filled in. */
export function resolveVm(
  vm: VmInput,
  index: number,
  { policy, pcpus, durationNs }: Context,
  source: Source,
): VmSpec {
  const vcpus = vm.vcpus ?? 1;
  const startNs = vm.start ?? 0;
  const place = { path: ['vms', index], source };
  const values = takeParameters(vm, 'vm', policy, place);
  checkPerVcpu(policy.vmParameters, values, vcpus, place);
  checkThreadName(vm.name, vcpus, index, source);
  if (durationNs !== null && startNs >= durationNs) {
    throw mistake(
      source.locate(['vms', index, 'start']),
      `VM ${vm.name} would start after the end of the run`,
      {
        expected: `a start before the duration of ${formatDuration(durationNs)}`,
        got: formatDuration(startNs),
      },
    );
  }
  checkWork(vm, index, source);
  return {
    name: vm.name,
    ...named(completed(policy.vmParameters, values)),
    vcpus,
    startNs,
    pin: resolvePin(vm.pin, index, pcpus, source),
    workload: resolveWorkloadRef(vm, index, source),
    work: vm.work ?? null,
  };
}

/** The idle guest sleeps for a second and computes for microseconds: seconds of CPU time would take it days. */
function checkWork({ workload, work }: VmInput, index: number, source: Source): void {
  if (workload !== 'idle' || work?.kind !== 'cpu') return;
  throw mistake(
    source.locate(['vms', index, 'work']),
    'idle hardly uses CPU time, so this work would not be done',
    {
      expected: "work in units, such as '10 units', each a sleep and a wake-up",
      got: formatDuration(work.ns),
      hint: 'leave it out for a VM that idles to the end',
    },
  );
}

function checkThreadName(name: string, vcpus: number, index: number, source: Source): void {
  const longest = `${name}/v${String(vcpus - 1)}`;
  if (longest.length <= MAX_THREAD_NAME) return;
  throw mistake(source.locate(['vms', index, 'name']), 'the VM name is too long for its number of vCPUs', {
    expected: `at most ${String(MAX_THREAD_NAME)} characters in a thread's name`,
    got: `'${longest}' (${String(longest.length)})`,
    hint: 'Linux cuts the names of threads, and top and perf could not tell the vCPUs apart',
  });
}

function resolvePin(
  pin: readonly number[] | undefined,
  index: number,
  pcpus: readonly number[],
  source: Source,
): readonly number[] | null {
  if (pin === undefined) return null;
  if (pin.length === 0) {
    throw mistake(source.locate(['vms', index, 'pin']), 'pin names no CPU', {
      expected: `CPUs out of ${formatCpuList(pcpus)}`,
      got: 'an empty list',
      hint: 'leave it out for a VM that may run on all of them',
    });
  }
  for (const [i, cpu] of pin.entries()) {
    const at = () => source.locate(['vms', index, 'pin', i]);
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

function resolveWorkloadRef(vm: VmInput, index: number, source: Source): WorkloadRef {
  const spec = vm.workload ?? DEFAULT_WORKLOAD;
  const size = vm.size ?? null;
  const at = <T>(key: 'workload' | 'size', attempt: () => T): T =>
    atPlace(attempt, ['vms', index, key], source);
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
