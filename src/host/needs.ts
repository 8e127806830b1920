/**
 * What threads need of the system beside CPU time.
 *
 * Measured on Linux 6.18, x64, two cores, by the greatest figures in /proc/PID (status, maps, fd) while `creditlab run`
 * ran endless `primes` on 1, 17 and 65 vCPUs; per vCPU is the slope from 17 to 65. Address space in MB, of which nearly
 * all is reserved for compiled code and never touched:
 *
 *     Node   address space   data   memory   mappings   open files
 *     20               551     16      9.9         46            4
 *     22               553     18     12.9         56            5
 *     24               553    553     14.4         56            5
 *     26               818    548     10.8         42            5
 *
 * The C library's allocator adds a reserve of 64 MB of address space per thread, for the first eight per core. What the
 * workload itself allocates comes on top, and can't be known beforehand. `test/hardware/limits.test.ts` holds these
 * constants against the Node that it runs on.
 */
const MB = 1e6;
const NODE_MAJOR = Number(process.versions.node.split('.')[0]);

/** Amounts of what the system limits. */
export interface Needs {
  readonly addressBytes: number;
  /** address space that may be written to, which the limit of data counts */
  readonly dataBytes: number;
  readonly memoryBytes: number;
  readonly mappings: number;
  readonly threads: number;
  readonly openFiles: number;
  /** the timer of each vCPU is a signal that may become pending */
  readonly pendingSignals: number;
}

export const VCPU_NEEDS: Needs = {
  addressBytes: (NODE_MAJOR > 24 ? 820 : 555) * MB + 64 * MB,
  dataBytes: (NODE_MAJOR > 22 ? 555 : 18) * MB,
  memoryBytes: 15 * MB,
  mappings: 58,
  threads: 1,
  openFiles: 5,
  pendingSignals: 1,
};

/**
 * Of the testbed itself: the hypervisor thread is a thread with the same runtime, and the main thread and its helpers
 * grow.
 */
const TESTBED_NEEDS: Needs = {
  addressBytes: VCPU_NEEDS.addressBytes + 200 * MB,
  dataBytes: VCPU_NEEDS.dataBytes + 60 * MB,
  memoryBytes: 50 * MB,
  mappings: 130,
  threads: 2,
  openFiles: 20,
  pendingSignals: 8,
};

const NOTHING: Needs = {
  addressBytes: 0,
  dataBytes: 0,
  memoryBytes: 0,
  mappings: 0,
  threads: 0,
  openFiles: 0,
  pendingSignals: 0,
};

/** Whether the testbed has yet to be opened, too. */
export type Beside = 'testbed' | 'nothing';

/** What so many vCPUs need that have yet to be started. */
export function needsOf(vcpus: number, beside: Beside): Needs {
  const of = (key: keyof Needs): number => besides(beside)[key] + vcpus * VCPU_NEEDS[key];
  return {
    addressBytes: of('addressBytes'),
    dataBytes: of('dataBytes'),
    memoryBytes: of('memoryBytes'),
    mappings: of('mappings'),
    threads: of('threads'),
    openFiles: of('openFiles'),
    pendingSignals: of('pendingSignals'),
  };
}

/** How many vCPUs fit into so much; below 0: not even the testbed. */
export function vcpusWithin(key: keyof Needs, left: number, beside: Beside): number {
  return Math.floor((left - besides(beside)[key]) / VCPU_NEEDS[key]);
}

function besides(beside: Beside): Needs {
  return beside === 'testbed' ? TESTBED_NEEDS : NOTHING;
}
