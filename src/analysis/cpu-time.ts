/** CPU time that was used, as a function of time. Between the points at which a rate changes it grows evenly. */

/** So much was used, evenly, in this time; spans may overlap. */
export interface UsedSpan {
  readonly fromNs: number;
  readonly toNs: number;
  readonly cpuNs: number;
}

export class CpuTime {
  /** in ascending order, and what was used up to each */
  readonly pointsNs: readonly number[];
  private readonly usedNs: readonly number[];

  constructor(spans: readonly UsedSpan[]) {
    const turns = spans
      .filter(({ fromNs, toNs }) => toNs > fromNs)
      .flatMap(({ fromNs, toNs, cpuNs }) => {
        const rate = cpuNs / (toNs - fromNs);
        return [
          { atNs: fromNs, rate },
          { atNs: toNs, rate: -rate },
        ];
      })
      .sort((a, b) => a.atNs - b.atNs);
    const pointsNs: number[] = [];
    const usedNs: number[] = [];
    let rate = 0;
    for (const turn of turns) {
      const last = pointsNs.length - 1;
      if (last < 0 || turn.atNs > pointsNs[last]) {
        usedNs.push(last < 0 ? 0 : usedNs[last] + rate * (turn.atNs - pointsNs[last]));
        pointsNs.push(turn.atNs);
      }
      rate += turn.rate;
    }
    this.pointsNs = pointsNs;
    this.usedNs = usedNs;
  }

  /** What was used up to an instant. */
  at(ns: number): number {
    const { pointsNs, usedNs } = this;
    const next = this.firstAfter(ns);
    if (next === 0) return 0;
    const before = next - 1;
    if (next === pointsNs.length) return usedNs[before];
    const part = (ns - pointsNs[before]) / (pointsNs[next] - pointsNs[before]);
    return usedNs[before] + part * (usedNs[next] - usedNs[before]);
  }

  /** Percent of one CPU over a stretch. */
  percent(fromNs: number, toNs: number): number {
    return (100 * (this.at(toNs) - this.at(fromNs))) / (toNs - fromNs);
  }

  /** The place of the first point that comes later. */
  firstAfter(ns: number): number {
    let low = 0;
    let high = this.pointsNs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.pointsNs[middle] <= ns) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Shares over windows of one length, by the instants at which they begin; between these it is a straight line. */
export interface MovingShare {
  readonly beginNs: readonly number[];
  readonly percent: readonly number[];
}

/** Of all windows that begin from `fromNs` to `lastNs`. */
export function movingShare(used: CpuTime, windowNs: number, fromNs: number, lastNs: number): MovingShare {
  const turning = (shiftNs: number): number[] =>
    used.pointsNs
      .slice(used.firstAfter(fromNs + shiftNs), used.firstAfter(lastNs + shiftNs))
      .map((ns) => ns - shiftNs);
  const inside = [...turning(0), ...turning(windowNs)].filter((ns) => ns > fromNs && ns < lastNs);
  const beginNs = [fromNs, ...inside.sort((a, b) => a - b), ...(lastNs > fromNs ? [lastNs] : [])];
  return { beginNs, percent: beginNs.map((ns) => used.percent(ns, ns + windowNs)) };
}
