/**
 * Lottery scheduling, as Waldspurger and Weihl proposed it (OSDI 1994): every slice is a draw.
 *
 * Each vCPU has as many tickets as its VM has weight. When a slice ends, the pCPU draws one ticket among those of all
 * vCPUs that wait and may run there; whose it is runs for the next slice. So in n draws a vCPU with the part p of the
 * tickets wins n·p times on average, give or take √(n·p·(1−p)): it is fair in the long run, and by chance in the short.
 *
 * One that uses only the part f of its slice, since it sleeps or yields, has its tickets counted 1/f times until it
 * wins again (compensation tickets): else it would get its part of the draws, and not of the time.
 *
 * Draws come from a seeded generator: the same seed and the same load give the same schedule.
 *
 * Worked example: one pCPU, slice 10 ms, hogs A (weight 256) and B (weight 512) from t = 0, seed 1.
 *
 *      t  0   A wakes first, and nobody else waits                                   A runs
 *        10   B has waited for longer: its tickets are 0–511, A's 512–767; drawn 2.1     B
 *        20   A 0–255, B 256–767; drawn 405.1                                            B
 *        30   drawn 753.4                                                                B
 *        40   drawn 743.7                                                                B
 *        50   drawn 215.9                                                                A
 *
 * After 10 s B has won 658 of 1000 draws: two thirds, give or take 15.
 */
import { mulberry32 } from '../../base/random.ts';
import { LinkedLists, NONE } from '../linked-lists.ts';
import { completed } from '../parameters.ts';
import { PolicyBase } from '../policy-base.ts';
import type { ParameterValues } from '../policy.ts';
import type { PolicyOptions, PolicyType } from '../policy-type.ts';
import { Choice, NOBODY, REASONS } from '../reason.ts';
import { TicketLine } from './ticket-line.ts';

class Lottery extends PolicyBase {
  private readonly waiting = new LinkedLists(1, this.vmOf.length);
  /** The same, and whose each ticket is. */
  private readonly line = new TicketLine(this.vmOf.length);
  /** How many of those that wait may not run everywhere. */
  private pinnedCount = 0;
  private readonly draws = new Float64Array(this.vmOf.length);
  /** Index vCPU: how often its tickets count. */
  private readonly compensation = new Float64Array(this.vmOf.length).fill(1);
  /** Index vCPU: its CPU time when it was charged last. */
  private readonly chargedNs = new Float64Array(this.vmOf.length);
  private readonly random: () => number;

  constructor(options: PolicyOptions) {
    super(lotteryType, options);
    this.random = mulberry32(this.values.seed);
  }

  override setVm(vm: number, change: ParameterValues, nowNs: number): boolean {
    const isDone = super.setVm(vm, change, nowNs);
    for (let vcpu = this.firstVcpu[vm]; vcpu < this.firstVcpu[vm + 1]; vcpu++)
      this.line.change(vcpu, this.tickets(vcpu));
    return isDone;
  }

  protected add(vcpu: number): void {
    this.waiting.insertBefore(0, vcpu, NONE);
    this.line.add(vcpu, this.tickets(vcpu));
    if (this.isPinned(vcpu)) this.pinnedCount++;
  }

  protected remove(vcpu: number): void {
    this.waiting.remove(0, vcpu);
    this.line.remove(vcpu);
    if (this.isPinned(vcpu)) this.pinnedCount--;
  }

  protected override charge(vcpu: number, cpuNs: number): void {
    const usedNs = cpuNs - this.chargedNs[vcpu];
    this.chargedNs[vcpu] = cpuNs;
    const { sliceNs } = this.values;
    // Who has used next to nothing would else win for certain, and so every time.
    this.compensation[vcpu] = Math.min(MOST_COMPENSATION, Math.max(1, sliceNs / usedNs));
  }

  protected choose(pcpu: number): number {
    const { line } = this;
    if (this.pinnedCount > 0) return this.chooseAmong(pcpu);
    return line.total === 0 ? NONE : line.ownerOf(this.random() * line.total);
  }

  /** The same draw, of the tickets of those that may run there. */
  private chooseAmong(pcpu: number): number {
    const { waiting, affinity } = this;
    let total = 0;
    for (let vcpu = waiting.head(0); vcpu !== NONE; vcpu = waiting.next(vcpu))
      if (affinity.of(vcpu).has(pcpu)) total += this.tickets(vcpu);
    if (total === 0) return NONE;
    let drawn = this.random() * total;
    let winner = NONE;
    for (let vcpu = waiting.head(0); vcpu !== NONE && drawn >= 0; vcpu = waiting.next(vcpu)) {
      if (!affinity.of(vcpu).has(pcpu)) continue;
      winner = vcpu;
      drawn -= this.tickets(vcpu);
    }
    return winner;
  }

  protected begin(vcpu: number): number {
    this.draws[vcpu]++;
    this.compensation[vcpu] = 1;
    return this.values.sliceNs;
  }

  override readVcpu(vcpu: number, out: Float64Array, at: number): void {
    out[at] = this.tickets(vcpu);
    out[at + 1] = this.draws[vcpu];
  }

  override readVm(vm: number, out: Float64Array, at: number): void {
    out[at] = this.vmValues[vm].weight;
  }

  override queueOf(pcpu: number): number[] {
    return this.waiting.itemsOf(0).filter((vcpu) => this.pcpuOf[vcpu] === pcpu);
  }

  private isPinned(vcpu: number): boolean {
    return this.affinity.of(vcpu).count < this.pcpuCount;
  }

  private tickets(vcpu: number): number {
    return this.vmValues[this.vmOf[vcpu]].weight * this.compensation[vcpu];
  }
}

const MOST_COMPENSATION = 1000;

const weight = {
  key: 'weight',
  field: 'weight',
  unit: 'number',
  min: 1,
  max: 65_535,
  default: 256,
  description: 'Tickets of each of its vCPUs',
  isTunable: true,
} as const;

export const lotteryType: PolicyType = {
  type: 'lottery',
  description: 'Every slice is a draw among all that wait: by weight in the long run, by chance in the short',
  parameters: [
    {
      key: 'slice',
      field: 'sliceNs',
      unit: 'time',
      min: 1e6,
      max: 1e9,
      default: 10e6,
      description: 'What a draw wins',
      isTunable: true,
      isSlice: true,
    },
    {
      key: 'seed',
      field: 'seed',
      unit: 'number',
      min: 1,
      max: 2 ** 31 - 1,
      default: 1,
      description: 'Which draws: the same seed and the same load give the same schedule',
      isTunable: false,
    },
  ],
  vmParameters: [weight],
  counters: [],
  entitlement: (parameters) => ({ weight: completed([weight], parameters).weight, capPercent: null }),
  vcpuReadings: [
    {
      key: 'tickets',
      unit: 'tickets',
      description: 'in the next draw: the weight, more often if the last slice was not used up',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    { key: 'draws', unit: 'draws', description: 'won so far', kind: 'level', idle: 0, initial: 0 },
  ],
  vmReadings: [
    {
      key: 'weight',
      unit: '',
      description: 'tickets of each of its vCPUs',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
  records: [],
  reasons: REASONS,
  choices: [{ value: Choice.queue, key: 'drawn', words: 'its ticket was drawn' }, NOBODY],
  longestWasteNs: () => 0,
  create: (options: PolicyOptions) => new Lottery(options),
};
