/** The slices in view as a table, for those who can't see the picture. */
import { firstAbove } from './search.js';
import { valueText } from './reading.js';
import { withText } from './tip.js';
import { instantText, lengthText } from './units.js';

/** @import { Timeline } from './decode.js' */
/** @import { Range } from './range.js' */
/** @import { Words } from './describe.js' */

const MOST = 200;

/**
 * @param {HTMLElement} place
 * @param {Timeline} timeline
 * @param {Words} words
 * @param {Range} range
 */
export function listSlices(place, timeline, words, range) {
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  for (const title of [
    'pCPU',
    'vCPU',
    'from',
    'length',
    ...words.readings.map(({ key }) => key),
    'left because',
  ]) {
    const cell = withText('th', title);
    cell.setAttribute('scope', 'col');
    head.append(cell);
  }
  const body = table.createTBody();
  let count = 0;
  for (const { name, slices, readings } of timeline.pcpus) {
    const end = firstAbove(slices.fromNs, range.toNs);
    for (let i = firstAbove(slices.toNs, range.fromNs); i < end; i++) {
      if (++count > MOST) continue;
      const row = body.insertRow();
      for (const text of [
        name,
        timeline.vcpus[slices.vcpu[i]].name,
        instantText(slices.fromNs[i], 1000),
        lengthText(slices.toNs[i] - slices.fromNs[i]),
        ...words.readings.map((reading, place) => valueText(reading, readings[place][i])),
        words.ended[slices.endReason[i]] ?? 'the trace ends',
      ]) {
        row.append(withText('td', text));
      }
    }
  }
  const note =
    count > MOST ? `The first ${MOST} of ${count} slices in view; zoom in for others.` : `${count} slices.`;
  place.replaceChildren(withText('p', note), table);
}
