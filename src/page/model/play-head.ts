/**
 * The instant at the right edge of the timeline. Messages come ten times a second and not quite evenly; the head runs
 * as evenly as the frames, a little behind what is known, and is drawn nearer when it strays:
 *
 *     known   ──────────────────────────────●  untilNs of the last message
 *     target  ─────────────────────●··········  + time since then − DELAY
 *     head    ───────────────────●··            moves on with the frames, 1 s per second ± what it is off / CATCH_UP
 */

/** Behind what is known: longer than messages are apart. */
export const DELAY_NS = 160e6;
/** The time in which it makes good what it is off. */
const CATCH_UP_NS = 1e9;
/** Farther off than this it jumps. */
const JUMP_NS = 700e6;

export class PlayHead {
  private headNs: number | null = null;
  private knownNs = 0;
  private knownAtMs = 0;
  private frameMs = 0;

  /** A message came that says what happened until then. */
  learn(untilNs: number, nowMs: number): void {
    this.knownNs = untilNs;
    this.knownAtMs = nowMs;
  }

  /** Where the head is in this frame: never beyond what is known. */
  at(nowMs: number): number {
    const targetNs = Math.min(this.knownNs, this.knownNs + (nowMs - this.knownAtMs) * 1e6 - DELAY_NS);
    const passedNs = (nowMs - this.frameMs) * 1e6;
    this.frameMs = nowMs;
    if (this.headNs === null || Math.abs(targetNs - this.headNs - passedNs) > JUMP_NS) this.headNs = targetNs;
    else {
      const offNs = targetNs - (this.headNs + passedNs);
      const moved = passedNs + offNs * Math.min(1, passedNs / CATCH_UP_NS);
      this.headNs += Math.max(0, moved);
    }
    this.headNs = Math.min(this.headNs, this.knownNs);
    return this.headNs;
  }
}
