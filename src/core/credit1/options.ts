import { checkMachine } from '../check-options.ts';
import type { Counters } from '../counters.ts';
import { completed } from '../parameters.ts';
import { type Credit1Parameters, type Credit1VmParameters, PARAMETERS, VM_PARAMETERS } from './parameters.ts';
import { flatTopology, type Topology } from '../topology.ts';
import type { ParameterValues, PolicyVm } from '../policy.ts';
import type { Parameter, Reserve } from '../policy-type.ts';
import type { TraceSink } from '../trace-sink.ts';

/** PolicyOptions with the parameters by name. */
export interface Credit1Options extends Partial<Credit1Parameters> {
  readonly pcpuCount: number;
  readonly vms: readonly Credit1Vm[];
  /** default: none */
  readonly reserve?: Reserve;
  /** default: one socket, no SMT */
  readonly topology?: Topology;
  /** default: new ones */
  readonly counters?: Counters;
  readonly trace?: TraceSink | null;
}

export interface Credit1Vm extends Partial<Credit1VmParameters> {
  readonly vcpus: PolicyVm['vcpus'];
}

export interface Resolved extends Credit1Parameters {
  readonly topology: Topology;
  readonly vms: readonly Credit1VmParameters[];
}

/** Fill in the defaults. @throws RangeError for a value that Xen, or its toolstack, would refuse */
export function resolve(options: Credit1Options): Resolved {
  const { pcpuCount, vms, topology = flatTopology(pcpuCount) } = options;
  checkMachine(pcpuCount, vms, topology);
  return {
    ...(completed(PARAMETERS, among(PARAMETERS, options)) as unknown as Credit1Parameters),
    topology,
    vms: vms.map(
      (vm) => completed(VM_PARAMETERS, among(VM_PARAMETERS, vm)) as unknown as Credit1VmParameters,
    ),
  };
}

/** Of some options, those that are parameters. */
function among(declared: readonly Parameter[], options: object): ParameterValues {
  const values = options as ParameterValues;
  return Object.fromEntries(
    declared.flatMap(({ field }) => (values[field] === undefined ? [] : [[field, values[field]]])),
  );
}
