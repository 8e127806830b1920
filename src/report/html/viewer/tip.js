/** @import { Description } from './describe.js' */

/**
 * Shows a description beside a place, inside the window.
 * @param {HTMLElement} tip
 * @param {Description | null} description null: hide it
 * @param {number} x in the window
 * @param {number} y
 */
export function showTip(tip, description, x, y) {
  tip.hidden = description === null;
  if (description === null) return;
  const title = document.createElement('strong');
  title.textContent = description.title;
  const list = document.createElement('dl');
  for (const [name, text] of description.lines) {
    list.append(withText('dt', name), withText('dd', text));
  }
  tip.replaceChildren(title, list);
  const { offsetWidth, offsetHeight } = tip;
  const room = document.documentElement.clientWidth;
  const left = x + 16 + offsetWidth > room ? x - offsetWidth - 12 : x + 16;
  const top = y + 18 + offsetHeight > window.innerHeight ? y - offsetHeight - 12 : y + 18;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}

/**
 * @param {string} name
 * @param {string} text
 */
export function withText(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
