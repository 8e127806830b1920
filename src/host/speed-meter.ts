/** CPU time of a stretch. In a shorter one, a step more or less would change the speed by more than a hundredth. */
const LEAST_CPU_NS = 100e6;
const LEAST_UNITS = 100;
/** Per vCPU; when there are more, neighbours are joined, and stretches get twice as long. */
const MOST_STRETCHES = 64;

interface Reading {
  readonly timeNs: number;
  readonly units: number;
  readonly cpuNs: number;
}

/** Watches how much work each vCPU does for its CPU time, stretch by stretch. */
export class SpeedMeter {
  private readonly readings: Reading[][] = [];
  private readonly leastCpuNs: number[] = [];

  constructor(vcpuCount: number) {
    for (let vcpu = 0; vcpu < vcpuCount; vcpu++) this.add();
  }

  /** One vCPU more. */
  add(): void {
    this.readings.push([]);
    this.leastCpuNs.push(LEAST_CPU_NS);
  }

  /** @param units steps done so far @param cpuNs CPU time so far */
  look(vcpu: number, timeNs: number, units: number, cpuNs: number): void {
    const readings = this.readings[vcpu];
    const last = readings.at(-1);
    const isTooShort =
      last !== undefined && (cpuNs - last.cpuNs < this.leastCpuNs[vcpu] || units - last.units < LEAST_UNITS);
    if (isTooShort) return;
    readings.push({ timeNs, units, cpuNs });
    if (readings.length <= MOST_STRETCHES) return;
    this.readings[vcpu] = readings.filter((_, i) => i % 2 === 0);
    this.leastCpuNs[vcpu] *= 2;
  }

  /** @returns per vCPU its stretches: when each began, and units per ns of CPU time */
  stretches(): { readonly timeNs: number; readonly rate: number }[][] {
    return this.readings.map((readings) =>
      readings.slice(1).map(({ units, cpuNs }, i) => ({
        timeNs: readings[i].timeNs,
        rate: (units - readings[i].units) / (cpuNs - readings[i].cpuNs),
      })),
    );
  }
}
