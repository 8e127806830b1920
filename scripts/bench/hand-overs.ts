/**
 * From what two guests saw of their own absences to the gaps between them.
 *
 *     guest 0   ######|            absent             |######
 *     guest 1         . gap |######################|  .
 *                     ^left ^came              left^  ^came
 *
 * A hand-over is a departure of one guest whose next event, of all guests on that core, is the arrival of the other.
 * Anything else is left out: an interrupt (the guest that left comes back itself), a guest's first arrival (nobody saw
 * it), an idle core.
 */

/** `left, came` in turn, in counter ticks, ascending: what one guest recorded. */
export type Absences = ArrayLike<number>;

/** @returns length of each hand-over, in ticks */
export function handOverTicks(guests: readonly Absences[]): number[] {
  const events = guests.flatMap((absences, guest) =>
    Array.from({ length: absences.length }, (_, i) => ({ at: absences[i], guest, left: i % 2 === 0 })),
  );
  events.sort((a, b) => a.at - b.at);
  const gaps: number[] = [];
  for (let i = 1; i < events.length; i++) {
    const [from, to] = [events[i - 1], events[i]];
    if (from.left && !to.left && from.guest !== to.guest) gaps.push(to.at - from.at);
  }
  return gaps;
}
