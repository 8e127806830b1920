/**
 * Who was on which pCPU, as the context switches of a kernel's trace: Perfetto draws its own lane per CPU and the state
 * of each thread from nothing else. From the facts; in a simulation, which has none, from the intent.
 */
import { IDLE } from '../../../core/policy.ts';
import { Left } from '../../record.ts';
import { isWaiting, type RunState, type Spell, spellsOf } from '../../spells.ts';
import { slicesOf, type Stay, staysOf } from '../../timeline.ts';
import type { Trace } from '../../trace.ts';
import { readingSamplesOf } from './reading-samples.ts';

export type SchedEvent =
  | {
      readonly kind: 'switch';
      readonly atNs: number;
      /** vCPU or IDLE */
      readonly prev: number;
      /** 0 goes first */
      readonly prevRank: number;
      /** in which it leaves; it waits for a pCPU if it isn't stopped in some way */
      readonly prevState: RunState;
      readonly next: number;
      readonly nextRank: number;
    }
  /** it waits for a pCPU from now on */
  | { readonly kind: 'waking'; readonly atNs: number; readonly vcpu: number; readonly rank: number };

/** @returns index pCPU, in order of time */
export function schedEventsOf(trace: Trace): SchedEvent[][] {
  const spells = spellsOf(trace);
  const rankAt = ranksOf(trace);
  const stateAt = (vcpu: number, atNs: number): RunState => {
    if (vcpu === IDLE) return 'running';
    return lastBefore(spells[vcpu], atNs, ({ fromNs }) => fromNs)?.state ?? 'unknown';
  };
  const switchTo = (atNs: number, prev: Turn | null, next: number): SchedEvent => {
    const left = prev === null ? IDLE : prev.vcpu;
    return {
      kind: 'switch',
      atNs,
      prev: left,
      prevRank: rankAt(left, atNs),
      prevState: prev?.left ?? stateAt(left, atNs),
      next,
      nextRank: rankAt(next, atNs),
    };
  };

  const perPcpu = turnsOf(trace).map((turns) => switchesOf(turns, switchTo));
  for (const spell of spells.flatMap(wakeUps)) {
    const { vcpu, fromNs, pcpu } = spell;
    const events = perPcpu[Math.max(0, pcpu)];
    events.push({ kind: 'waking', atNs: fromNs, vcpu, rank: rankAt(vcpu, fromNs) });
  }
  // Stable: at one instant a vCPU leaves before it wakes, and wakes before it comes.
  for (const events of perPcpu) events.sort((a, b) => a.atNs - b.atNs || placeOf(a) - placeOf(b));
  return perPcpu;
}

/** The idle vCPU goes behind all others. */
const IDLE_RANK = 64;

/** A vCPU's place among the classes, where the policy has classes: 0 goes first. Else all are alike. */
function ranksOf(trace: Trace): (vcpu: number, atNs: number) => number {
  const { vcpuReadings } = trace.header.policy;
  const place = vcpuReadings.findIndex(({ kind }) => kind === 'class');
  if (place < 0) return (vcpu) => (vcpu === IDLE ? IDLE_RANK : 0);
  const samples = readingSamplesOf(trace);
  const { initial, classes = [] } = vcpuReadings[place];
  const ranks = new Map(classes.map(({ value }, rank) => [value, rank]));
  return (vcpu, atNs) => {
    if (vcpu === IDLE) return IDLE_RANK;
    const value = lastBefore(samples[vcpu][place], atNs, (sample) => sample.atNs)?.value ?? initial;
    return ranks.get(value) ?? classes.length;
  };
}

/** A vCPU has a pCPU. */
interface Turn {
  readonly vcpu: number;
  readonly fromNs: number;
  readonly toNs: number;
  /** the state in which it leaves, where the fact tells it before the scheduler knows */
  readonly left: RunState | null;
}

const STATE_OF_LEAVING: Readonly<Record<number, RunState>> = {
  [Left.blocked]: 'blocked',
  [Left.done]: 'done',
};

function turnsOf(trace: Trace): Turn[][] {
  if (trace.header.machine === 'simulated') {
    return slicesOf(trace).map((slices) => slices.map((slice) => ({ ...slice, left: null })));
  }
  const leftBy = ({ why }: Stay): RunState | null => (why === null ? null : (STATE_OF_LEAVING[why] ?? null));
  return staysOf(trace).map((stays) => stays.map((stay) => ({ ...stay, left: leftBy(stay) })));
}

function switchesOf(
  turns: readonly Turn[],
  switchTo: (atNs: number, prev: Turn | null, next: number) => SchedEvent,
): SchedEvent[] {
  const events: SchedEvent[] = [];
  let last: Turn | null = null;
  for (const turn of turns) {
    if (turn.toNs === turn.fromNs) continue;
    if (last !== null && last.toNs < turn.fromNs) {
      events.push(switchTo(last.toNs, last, IDLE));
      last = null;
    }
    events.push(switchTo(turn.fromNs, last, turn.vcpu));
    last = turn;
  }
  if (last !== null) events.push(switchTo(last.toNs, last, IDLE));
  return events;
}

/** Waits that follow a stop, and not a run. */
function wakeUps(spells: readonly Spell[]): Spell[] {
  return spells.filter(({ state }, i) => state === 'woken' && (i === 0 || !isWaiting(spells[i - 1].state)));
}

/** Where an event stands among those of its instant: away from, wake-up, on to. */
function placeOf(event: SchedEvent): number {
  if (event.kind === 'waking') return 1;
  return event.next === IDLE ? 0 : 2;
}

/**
 * The last element that began at or before a time.
 * @param list in order of that time
 */
function lastBefore<T>(list: readonly T[], timeNs: number, timeOf: (each: T) => number): T | null {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(list[middle]) <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : list[low - 1];
}
