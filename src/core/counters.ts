/** What a policy counts while it runs. The arrays may lie in memory that other threads read. */
export interface Counters {
  /** Index vCPU: how often a pCPU switched to it. */
  readonly dispatches: Float64Array;
  /** Index vCPU: how often a wake-up raised its priority. */
  readonly boosts: Float64Array;
  /** Index vCPU: how often another pCPU took it out of a queue. */
  readonly steals: Float64Array;
  /** Index vCPU: how often it went to another pCPU without being stolen. */
  readonly migrations: Float64Array;
  /** Index pCPU: how often it changed what it runs, to and from idle included. */
  readonly switches: Float64Array;
}

/** @param allocate gives an array of that many zeros; absent: ordinary memory */
export function createCounters(
  vcpuCount: number,
  pcpuCount: number,
  allocate: (length: number) => Float64Array = (length) => new Float64Array(length),
): Counters {
  return {
    dispatches: allocate(vcpuCount),
    boosts: allocate(vcpuCount),
    steals: allocate(vcpuCount),
    migrations: allocate(vcpuCount),
    switches: allocate(pcpuCount),
  };
}
