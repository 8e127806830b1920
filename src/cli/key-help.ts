/** The parts of the help that explain the keys of `--scheduler` and `--vm`, made from what the policies declare. */
import type { Parameter, PolicyType } from '../core/policy-type.ts';
import { DEFAULT_POLICY_TYPE, POLICY_TYPES } from '../policies.ts';
import { wrapText } from '../report/text-layout.ts';
import { alike, declaredKeys, describeParameter, parametersOf, valueText } from '../scenario/parameters.ts';

const WIDTH = 80;

interface KeyHelp {
  readonly key: string;
  readonly meaning: string;
  readonly otherwise: string;
}

/** The keys of --vm beside those that the schedulers declare. */
const VM_KEYS: readonly KeyHelp[] = [
  { key: 'vcpus', meaning: 'number of vCPUs', otherwise: '1' },
  { key: 'workload', meaning: "a name of 'creditlab workloads', a path or a package", otherwise: 'primes' },
  { key: 'size', meaning: "the workload's problem size", otherwise: 'its own' },
  {
    key: 'work',
    meaning: "solo CPU time (2s) or steps ('20000 units') per vCPU",
    otherwise: 'runs to the end',
  },
  { key: 'start', meaning: 'time from the start of the run, as in 500ms', otherwise: '0' },
  { key: 'pin', meaning: 'host CPUs out of --pcpus, as in 0+1 or 0-3', otherwise: 'all of them' },
];

/** The keys of --scheduler that every scheduler has. */
const COMMON_KEYS: readonly KeyHelp[] = [
  {
    key: 'instants',
    meaning: "which instant it is told when a timer comes late: when it was 'due', or the 'late' one",
    otherwise: 'due',
  },
];

export const VM_HELP = `
--vm NAME:key=value,key=value describes a VM in place of a file:
${linesOf([...vmParameters(POLICY_TYPES), ...VM_KEYS], '  ')}

Times are a number and ns, us, ms, s or m.
`;

/** @param isSimulated with the parameters that only simulations have */
export function schedulerHelp(isSimulated: boolean): string {
  return `
--scheduler TYPE:key=value,key=value chooses the scheduler, as docs/schedulers.md
describes it, and its parameters:
${schedulersText(POLICY_TYPES, isSimulated)}
`;
}

/** Each with its own ranges and defaults, whatever others call their parameters. */
export function schedulersText(policies: readonly PolicyType[], isSimulated: boolean): string {
  const sections = policies.map((policy) => {
    const own = [
      ...parametersOf('scheduler', policy),
      ...(isSimulated ? parametersOf('simulation', policy) : []),
    ];
    const title = policy.type === DEFAULT_POLICY_TYPE ? `${policy.type} (default)` : policy.type;
    return { title, keys: own.map(helpOf) };
  });
  const all = [...sections, { title: 'each of them', keys: COMMON_KEYS }];
  const width = widthOf(all.flatMap(({ keys }) => keys));
  return all.map(({ title, keys }) => [`  ${title}`, linesOf(keys, '    ', width)].join('\n')).join('\n');
}

/** Key by key; what schedulers declare alike is said once. */
export function vmParameters(policies: readonly PolicyType[]): KeyHelp[] {
  return declaredKeys('vm', policies).flatMap((declared) =>
    alike(declared).map(({ parameter, types }) => {
      const help = helpOf(parameter);
      const whose = types.length < policies.length ? ` (${types.join(', ')})` : '';
      return { ...help, meaning: `${help.meaning}${whose}` };
    }),
  );
}

/** As options are described: it begins in lower case. */
function helpOf(parameter: Parameter): KeyHelp {
  const text = describeParameter(parameter);
  const otherwise = valueText(parameter, parameter.default);
  return { key: parameter.key, meaning: text.charAt(0).toLowerCase() + text.slice(1), otherwise };
}

function linesOf(keys: readonly KeyHelp[], indent: string, keyWidth = widthOf(keys)): string {
  const hanging = ' '.repeat(indent.length + keyWidth + 2);
  return keys
    .map(({ key, meaning, otherwise }) => {
      const text = wrapText(`${meaning} (default: ${otherwise})`, WIDTH - hanging.length);
      return `${indent}${key.padEnd(keyWidth)}  ${text.replaceAll('\n', `\n${hanging}`)}`;
    })
    .join('\n');
}

function widthOf(keys: readonly KeyHelp[]): number {
  return Math.max(...keys.map(({ key }) => key.length));
}
