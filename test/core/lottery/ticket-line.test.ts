import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TicketLine } from '../../../src/core/lottery/ticket-line.ts';

const ITEMS = 6;

describe('a line with tickets', () => {
  it('knows whose each ticket is, as a list does that is walked along', () => {
    const step = fc.record({
      item: fc.nat(ITEMS - 1),
      tickets: fc.integer({ min: 1, max: 5000 }).map((parts) => parts / 1024),
    });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 80 }),
        fc.double({ min: 0, max: 0.999 }),
        (steps, at) => {
          const line = new TicketLine(ITEMS);
          let list: { item: number; tickets: number }[] = [];
          for (const { item, tickets } of steps) {
            const known = list.find((each) => each.item === item);
            if (known === undefined) {
              line.add(item, tickets);
              list.push({ item, tickets });
            } else if (tickets < 2) {
              line.remove(item);
              list = list.filter((each) => each !== known);
            } else {
              line.change(item, tickets);
              known.tickets = tickets;
            }
            const total = list.reduce((sum, each) => sum + each.tickets, 0);
            assert.equal(line.total, total);
            if (total === 0) continue;
            for (const number of [0, at * total, total - 1 / 1024]) {
              let end = 0;
              const owner = list.find((each) => number < (end += each.tickets));
              assert.equal(line.ownerOf(number), owner?.item);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes no notice of a change for who is not in it', () => {
    const line = new TicketLine(2);
    line.add(0, 3);
    line.change(1, 5);
    assert.equal(line.total, 3);
    assert.equal(line.ownerOf(2.9), 0);
  });
});
