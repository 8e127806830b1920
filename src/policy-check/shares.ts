/** What a policy that keeps the rules makes of weights and of idle pCPUs: no rule, but good to know. */
import type { Parameter, PolicyType } from '../core/policy-type.ts';
import { isAllowed } from '../core/parameters.ts';
import type { BlackBox } from './black-box.ts';
import { watched } from './judge.ts';

const DURATION_NS = 10e9;
const HOG = { guest: { kind: 'hog' } } as const;

export interface Shares {
  /** of two equal hogs on one pCPU, percent */
  readonly equal: readonly number[];
  /** of two hogs with weights of 1:4, percent; null: VMs have no weight */
  readonly oneToFour: readonly number[] | null;
  /** how often the pCPU of the two equal ones changed what it runs, per second */
  readonly switchesPerSecond: number;
  /** how long somebody waited at most beside an idle pCPU, three hogs and five sleepers on four pCPUs, ns */
  readonly longestWasteNs: number;
}

/** @throws PolicyFault */
export function sharesUnder(type: PolicyType, box: BlackBox): Shares {
  const weight = type.vmParameters.find(({ key }) => key === 'weight');
  const equal = twoHogs(type, {}, {}, box);
  const weights = weight === undefined ? null : oneToFour(weight);
  return {
    equal: equal.percent,
    oneToFour: weights === null ? null : twoHogs(type, weights[0], weights[1], box).percent,
    switchesPerSecond: equal.switches / (DURATION_NS / 1e9),
    longestWasteNs: wasteBesideSleepers(type, box),
  };
}

function twoHogs(
  type: PolicyType,
  first: Readonly<Record<string, number>>,
  second: Readonly<Record<string, number>>,
  box: BlackBox,
): { readonly percent: number[]; readonly switches: number } {
  const vms = [first, second].map((parameters) => ({ parameters, vcpus: [HOG] }));
  const { result } = watched(type, { pcpuCount: 1, vms, durationNs: DURATION_NS }, box);
  const percent = result.vcpus.map(({ cpuNs }) => (100 * cpuNs) / result.endNs);
  return { percent, switches: result.switches[0] };
}

/** The default and four times as much, or a quarter of it; null: the range is too narrow. */
function oneToFour(weight: Parameter): readonly [Record<string, number>, Record<string, number>] | null {
  const { field, default: usual } = weight;
  const pairs = [[usual, 4 * usual] as const, [usual / 4, usual] as const];
  const fitting = pairs.find((pair) =>
    pair.every((value) => Number.isInteger(value) && isAllowed(weight, value)),
  );
  return fitting === undefined ? null : [{ [field]: fitting[0] }, { [field]: fitting[1] }];
}

function wasteBesideSleepers(type: PolicyType, box: BlackBox): number {
  const sleeper = { guest: { kind: 'io', runNs: 3e6, sleepNs: 7e6 } } as const;
  const vms = [{ vcpus: [HOG, HOG, HOG] }, { vcpus: Array.from({ length: 5 }, () => sleeper) }];
  return watched(type, { pcpuCount: 4, vms, durationNs: 1e9 }, box).watch.longestWasteNs;
}
