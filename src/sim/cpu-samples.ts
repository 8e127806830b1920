/** The CPU time of every vCPU at regular instants. */
export class CpuSamples {
  /** Each row: the instant, then the CPU time of each vCPU until then, ns. */
  readonly rows: number[][] = [];
  /** The next instant to be sampled. */
  nextNs = 0;
  private readonly intervalNs: number;
  private readonly vcpuCount: number;
  private readonly most: number;

  /** @param most how many are taken */
  constructor(intervalNs: number, vcpuCount: number, most = Infinity) {
    this.intervalNs = intervalNs;
    this.vcpuCount = vcpuCount;
    this.most = most;
  }

  take(cpuNsOf: (vcpu: number) => number): void {
    const row = [this.nextNs];
    for (let vcpu = 0; vcpu < this.vcpuCount; vcpu++) row.push(cpuNsOf(vcpu));
    this.rows.push(row);
    this.nextNs = this.rows.length < this.most ? this.nextNs + this.intervalNs : Infinity;
  }
}
