/** What a policy counts while it runs. The arrays may lie in memory that other threads read. */
export interface Counters {
  /** Index vCPU: how often a pCPU switched to it. */
  readonly dispatches: Float64Array;
  /** Index vCPU: how often another pCPU took it out of a queue. */
  readonly steals: Float64Array;
  /** Index vCPU: how often it went to another pCPU without being stolen. */
  readonly migrations: Float64Array;
  /** Index pCPU: how often it changed what it runs, to and from idle included. */
  readonly switches: Float64Array;
  /** By key: the counters that only this policy has. Index vCPU. */
  readonly own: Readonly<Partial<Record<string, Float64Array>>>;
}

/** Something that only one policy counts, of each vCPU. */
export interface CounterKind {
  /** as in results: `boosts` */
  readonly key: string;
  /** the heading of its column; default: the key */
  readonly title?: string;
  /** of a time; absent: it is a number */
  readonly unit?: 'ns';
  /** `times that a wake-up raised the vCPU to BOOST` */
  readonly description: string;
}

/**
 * @param own what the policy declares
 * @param allocate gives an array of that many zeros; absent: ordinary memory
 */
export function createCounters(
  vcpuCount: number,
  pcpuCount: number,
  own: readonly CounterKind[],
  allocate: (length: number) => Float64Array = (length) => new Float64Array(length),
): Counters {
  return {
    dispatches: allocate(vcpuCount),
    steals: allocate(vcpuCount),
    migrations: allocate(vcpuCount),
    switches: allocate(pcpuCount),
    own: Object.fromEntries(own.map(({ key }) => [key, allocate(vcpuCount)])),
  };
}

/** The array of a counter that the policy declares. @throws RangeError where it was left out */
export function ownCounter({ own }: Counters, { key }: CounterKind): Float64Array {
  const found = own[key];
  if (found === undefined) throw new RangeError(`counters: '${key}' is missing, which the policy declares`);
  return found;
}

/** What only this policy counted of a vCPU, by key. */
export function ownCounts({ own }: Counters, vcpu: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(own).flatMap(([key, counts]) => (counts === undefined ? [] : [[key, counts[vcpu]]])),
  );
}
