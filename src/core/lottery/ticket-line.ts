import { NONE } from '../linked-lists.ts';

/** Tickets are counted in such parts, so that sums of them are exact. */
const PARTS = 1024;

/**
 * vCPUs in a line, in the order in which they came, each with tickets; the tickets are numbered along the line. Whose a
 * number is, is found without walking along: by a tree of sums (Fenwick's), as Waldspurger and Weihl propose where many
 * take part.
 *
 *     place      0    1    2    3        whoever leaves leaves a place behind; when all are used up,
 *     tickets    3    –    2    4        everybody moves up
 *     sums       3    3    2    9        of 1, 2, 1, 4 places up to there
 */
export class TicketLine {
  /** How many tickets there are. */
  total = 0;
  private readonly places: number;
  /** Index place + 1. */
  private readonly sums: Float64Array;
  /** Index place: who is there, or NONE. */
  private readonly items: Int32Array;
  /** Index item: its place, or NONE. */
  private readonly placeOf: Int32Array;
  /** Index item: its tickets. */
  private readonly tickets: Float64Array;
  private nextPlace = 0;

  constructor(itemCount: number) {
    this.places = 2 ** Math.ceil(Math.log2(2 * Math.max(itemCount, 1)));
    this.sums = new Float64Array(this.places + 1);
    this.items = new Int32Array(this.places).fill(NONE);
    this.placeOf = new Int32Array(itemCount).fill(NONE);
    this.tickets = new Float64Array(itemCount);
  }

  /** At the end of the line. */
  add(item: number, tickets: number): void {
    if (this.nextPlace === this.places) this.moveUp();
    this.put(item, this.nextPlace++);
    this.count(item, tickets);
  }

  remove(item: number): void {
    this.count(item, 0);
    this.items[this.placeOf[item]] = NONE;
    this.placeOf[item] = NONE;
  }

  /** It has so many tickets from now on, if it is in the line. */
  change(item: number, tickets: number): void {
    if (this.placeOf[item] !== NONE) this.count(item, tickets);
  }

  /** Whose ticket a number is. @param number from 0 on, below `total`; may be broken */
  ownerOf(number: number): number {
    const { sums, places } = this;
    let place = 0;
    let rest = number;
    for (let step = places; step > 0; step >>= 1) {
      if (place + step > places || sums[place + step] > rest) continue;
      place += step;
      rest -= sums[place];
    }
    return this.items[place];
  }

  private put(item: number, place: number): void {
    this.items[place] = item;
    this.placeOf[item] = place;
  }

  private count(item: number, tickets: number): void {
    const rounded = Math.round(tickets * PARTS) / PARTS;
    const more = rounded - this.tickets[item];
    this.tickets[item] = rounded;
    this.total += more;
    this.addTo(this.placeOf[item], more);
  }

  private addTo(place: number, more: number): void {
    const { sums, places } = this;
    for (let at = place + 1; at <= places; at += at & -at) sums[at] += more;
  }

  private moveUp(): void {
    const { items, sums, tickets } = this;
    sums.fill(0);
    this.nextPlace = 0;
    for (let place = 0; place < this.places; place++) {
      const item = items[place];
      if (item === NONE) continue;
      items[place] = NONE;
      this.put(item, this.nextPlace);
      this.addTo(this.nextPlace++, tickets[item]);
    }
  }
}
