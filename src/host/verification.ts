/** Holds what vCPUs computed against what they should have, and says how far that has come. */
import type { VerifyProgress } from '../testbed/testbed.ts';
import { type Programs, sameProgramKey, type TaskPool } from './programs.ts';
import { ReplayCell } from './verified-prefix.ts';
import type { Program } from './vcpu-thread.ts';

/** An estimate of the rest needs this much: before, the part done ahead of the first look weighs too much. */
const PACE_KNOWN_NS = 1e9;

/** Of these steps, done again from the first one on. */
interface Replay {
  readonly cells: Float64Array;
  readonly expected: Promise<number | string>;
  /** CPU time of a step in the run */
  readonly nsPerUnit: number;
  /** when it was first seen to have begun; NaN: not yet. Where the checksum is known otherwise, it never does. */
  sinceMs: number;
}

export class Verification {
  private readonly programs: Programs;
  private readonly pool: TaskPool;
  private readonly nowMs: () => number;
  private readonly replays = new Map<string, Replay>();

  /** @param nowMs default: the real clock */
  constructor(programs: Programs, pool: TaskPool, nowMs = (): number => performance.now()) {
    this.programs = programs;
    this.pool = pool;
    this.nowMs = nowMs;
  }

  /**
   * Whether that is the checksum after so many steps. Several vCPUs that did the same share one answer.
   * @param nsPerUnit CPU time of a step in the run: how long it will take
   */
  async isRight(
    program: Program,
    units: number,
    checksum: number | string,
    nsPerUnit: number,
  ): Promise<boolean> {
    const key = `${units} ${sameProgramKey(program)}`;
    let replay = this.replays.get(key);
    if (replay === undefined) {
      const buffer = new SharedArrayBuffer(ReplayCell.size * Float64Array.BYTES_PER_ELEMENT);
      const expected = this.programs.expected(this.pool, program, units, buffer);
      replay = { cells: new Float64Array(buffer), expected, nsPerUnit, sinceMs: NaN };
      this.replays.set(key, replay);
    }
    return (await replay.expected) === checksum;
  }

  /** How far the steps are that are being done again; null: none are, or none has begun. */
  progress(): VerifyProgress | null {
    let doneNs = 0;
    let totalNs = 0;
    let leftNs = 0;
    for (const replay of this.replays.values()) {
      const done = replay.cells[ReplayCell.done];
      const units = replay.cells[ReplayCell.units];
      if (units === 0) continue;
      if (Number.isNaN(replay.sinceMs)) replay.sinceMs = this.nowMs();
      doneNs += done * replay.nsPerUnit;
      totalNs += units * replay.nsPerUnit;
      leftNs = Math.max(leftNs, this.leftNs(replay, done, units));
    }
    return totalNs === 0 ? null : { fraction: doneNs / totalNs, leftNs };
  }

  /**
   * At the pace so far, which has in it that several share the cores. Before there is one, at that of the run. They go
   * on side by side, so the slowest one is waited for.
   */
  private leftNs({ sinceMs, nsPerUnit }: Replay, done: number, units: number): number {
    const passedNs = (this.nowMs() - sinceMs) * 1e6;
    const atPace = passedNs < PACE_KNOWN_NS || done === 0 ? nsPerUnit : passedNs / done;
    return (units - done) * atPace;
  }
}
