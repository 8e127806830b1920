/**
 * The CPU time of each vCPU while all VMs compete, from the facts.
 *
 * A fact says what a vCPU's CPU clock showed at an instant: when it came onto a core and when it left. What it showed
 * at any other instant lies on the line between the facts before and after: level while the vCPU was off, which is
 * exact, and rising while it was on, which is exact if nothing was stolen from that stay.
 *
 * When the last VM starts is known beforehand. When the first vCPU finishes is known a moment after it did, so the
 * latest facts are kept until then.
 */
import { contendedSpan, firstStopNs, lastStartNs, type DoneNs, type Period } from '../ideal/contention.ts';
import type { Scenario } from '../scenario/scenario.ts';

interface Point {
  readonly vcpu: number;
  readonly timeNs: number;
  readonly cpuNs: number;
}

export class ContentionMeter {
  private scenario: Scenario;
  /** Of each vCPU. */
  private readonly startNs: number[];
  /** What is asked for: the instants at which contention begins and may end. */
  private instants: Instant[];
  /** The facts that may yet be later than the first end. */
  private recent: Point[] = [];
  /** Before these: the latest fact of each vCPU. */
  private readonly past: Instant;
  private settledNs = 0;
  private hasFirstDone = false;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.startNs = scenario.vms.flatMap(({ vcpus, startNs }) => Array.from({ length: vcpus }, () => startNs));
    this.instants = [lastStartNs(scenario), firstStopNs(scenario)].map((ns) => new Instant(ns, this.startNs));
    this.past = new Instant(Infinity, this.startNs);
  }

  /**
   * A moment ago something was changed that wasn't planned: a VM has come, or was paused, or is gone. So contention
   * begins or ends at another instant than was foreseen.
   * @param scenario as it has been played until now
   */
  changed(scenario: Scenario): void {
    const { startNs, instants, past } = this;
    const starts = scenario.vms.flatMap((vm) => Array.from({ length: vm.vcpus }, () => vm.startNs));
    for (let vcpu = startNs.length; vcpu < starts.length; vcpu++) {
      startNs.push(starts[vcpu]);
      for (const each of [past, ...instants]) each.grow(starts[vcpu]);
    }
    this.scenario = scenario;
    if (this.hasFirstDone) return;
    const wanted = [lastStartNs(scenario), firstStopNs(scenario)];
    this.instants = wanted.map((ns) => instants.find(({ atNs }) => atNs === ns) ?? this.instantAt(ns));
  }

  add(vcpu: number, timeNs: number, cpuNs: number): void {
    const point = { vcpu, timeNs, cpuNs };
    for (const instant of this.instants) instant.add(point);
    if (!this.hasFirstDone) this.recent.push(point);
  }

  /**
   * After all facts up to now have been added.
   * @param doneNs of each vCPU
   */
  settle(doneNs: readonly DoneNs[], nowNs: number): void {
    if (this.hasFirstDone) return;
    const first = Math.min(...doneNs.map((ns) => ns ?? Infinity));
    if (first === Infinity) {
      // One look longer than needed, since a thread that has finished may be held up before it says so.
      for (const point of this.recent) if (point.timeNs < this.settledNs) this.past.add(point);
      this.recent = this.recent.filter(({ timeNs }) => timeNs >= this.settledNs);
      this.settledNs = nowNs;
      return;
    }
    this.instants.push(this.instantAt(first));
    this.recent = [];
    this.hasFirstDone = true;
  }

  /**
   * @param endNs of the run, or now
   * @param cpuNs of each vCPU then
   * @returns null: there was no instant at which all competed
   */
  contended(
    doneNs: readonly DoneNs[],
    endNs: number,
    cpuNs: readonly number[],
  ): { readonly span: Period; readonly cpuNs: readonly number[] } | null {
    const span = contendedSpan(this.scenario, doneNs, endNs);
    if (span === null) return null;
    const at = (ns: number): readonly number[] => {
      if (ns === 0) return cpuNs.map(() => 0);
      if (ns === endNs) return cpuNs;
      // Of two that finish together the later one may be seen first, and its instant is the one that is known.
      const instant = this.nearest(ns);
      if (instant === null) return cpuNs;
      return cpuNs.map((lastNs, vcpu) =>
        (doneNs[vcpu] ?? Infinity) <= ns ? lastNs : instant.cpuNs(vcpu, { timeNs: endNs, cpuNs: lastNs }),
      );
    };
    const [before, after] = [at(span.fromNs), at(span.toNs)];
    return { span, cpuNs: after.map((ns, vcpu) => ns - before[vcpu]) };
  }

  /** @param ns later than what has been settled */
  private instantAt(ns: number): Instant {
    const instant = new Instant(ns, this.startNs);
    for (const point of [...this.past.latest(), ...this.recent]) instant.add(point);
    return instant;
  }

  private nearest(ns: number): Instant | null {
    const distance = ({ atNs }: Instant): number => Math.abs(atNs - ns);
    return this.instants.reduce<Instant | null>(
      (best, each) => (best === null || distance(each) < distance(best) ? each : best),
      null,
    );
  }
}

/** The facts of each vCPU just before and just after an instant. */
class Instant {
  readonly atNs: number;
  private readonly before: Point[];
  private readonly after: (Point | null)[];

  /** @param startNs of each vCPU */
  constructor(atNs: number, startNs: readonly number[]) {
    this.atNs = atNs;
    this.before = startNs.map((timeNs, vcpu) => ({ vcpu, timeNs, cpuNs: 0 }));
    this.after = startNs.map(() => null);
  }

  /** Another vCPU has come. */
  grow(startNs: number): void {
    this.before.push({ vcpu: this.before.length, timeNs: startNs, cpuNs: 0 });
    this.after.push(null);
  }

  /** Facts of different cores come in any order. */
  add(point: Point): void {
    const { vcpu, timeNs } = point;
    if (timeNs <= this.atNs) {
      if (timeNs >= this.before[vcpu].timeNs) this.before[vcpu] = point;
    } else if (timeNs < (this.after[vcpu]?.timeNs ?? Infinity)) {
      this.after[vcpu] = point;
    }
  }

  latest(): readonly Point[] {
    return this.before;
  }

  /** @param end where the line ends if no fact came later */
  cpuNs(vcpu: number, end: Omit<Point, 'vcpu'>): number {
    const before = this.before[vcpu];
    const after = this.after[vcpu] ?? end;
    const lengthNs = after.timeNs - before.timeNs;
    if (lengthNs <= 0) return before.cpuNs;
    return before.cpuNs + ((after.cpuNs - before.cpuNs) * (this.atNs - before.timeNs)) / lengthNs;
  }
}
