import type { Counters } from '../counters.ts';
import type { PolicyVm } from '../policy.ts';
import type { Reserve } from '../policy-type.ts';
import type { Topology } from '../topology.ts';
import type { TraceSink } from '../trace-sink.ts';
import type { Credit2Parameters, Credit2VmParameters } from './parameters.ts';

/** PolicyOptions, checked and without gaps. */
export interface Credit2Options {
  readonly pcpuCount: number;
  readonly vms: readonly Credit2Vm[];
  readonly parameters: Credit2Parameters;
  readonly reserve: Reserve;
  readonly topology: Topology;
  /** absent: new ones */
  readonly counters?: Counters;
  readonly trace?: TraceSink | null;
}

export interface Credit2Vm extends Credit2VmParameters {
  readonly vcpus: PolicyVm['vcpus'];
}
