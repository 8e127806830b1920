/** What was used of the last second, from samples of what was used in all. */

/** Ten a second while somebody listens, one a second otherwise. */
const SAMPLES = 16;
const SPAN_NS = 1e9;
/** A sample that comes a little early still counts as a second old. */
const EARLY_NS = 50e6;

interface Sample {
  readonly atNs: number;
  /** per vCPU, and what a pCPU was busy for */
  readonly cpuNs: readonly number[];
  readonly busyNs: readonly number[];
}

export class ShareWindow {
  private readonly samples: Sample[] = [];

  add(atNs: number, cpuNs: readonly number[], busyNs: readonly number[]): void {
    const last = this.samples.at(-1);
    if (last !== undefined && last.atNs >= atNs) return;
    this.samples.push({ atNs, cpuNs, busyNs });
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  /**
   * @param cpuNs per vCPU, as it is now
   * @returns percent of one pCPU per vCPU, and per pCPU, since the newest sample that is a second old; where there is
   *   none yet, since the oldest one; before the first sample since the start
   */
  percent(
    nowNs: number,
    cpuNs: readonly number[],
    busyNs: readonly number[],
  ): { readonly vcpus: number[]; readonly pcpus: number[] } {
    const since =
      this.samples.findLast(({ atNs }) => nowNs - atNs >= SPAN_NS - EARLY_NS) ??
      (nowNs <= SPAN_NS ? undefined : this.samples[0]);
    const spanNs = nowNs - (since?.atNs ?? 0);
    const percentOf = (usedNs: number): number =>
      spanNs > 0 ? Math.min(100, Math.max(0, (100 * usedNs) / spanNs)) : 0;
    return {
      vcpus: cpuNs.map((ns, vcpu) => percentOf(ns - (since?.cpuNs[vcpu] ?? 0))),
      pcpus: busyNs.map((ns, pcpu) => percentOf(ns - (since?.busyNs[pcpu] ?? 0))),
    };
  }
}
