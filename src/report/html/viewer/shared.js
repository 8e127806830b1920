/** What several timelines on one time axis have in common: the part that is shown, and where the pointer is. */

/** @import { Range } from './range.js' */

/** @typedef {{ range: Range, cursorNs: number | null }} View */

export class SharedView {
  /** @param {Range} bounds all of them together */
  constructor(bounds) {
    this.bounds = bounds;
    /** @type {((view: View) => void)[]} */
    this.listeners = [];
  }

  /**
   * @param {(view: View) => void} listener
   * @returns {(view: View) => void} tells all others
   */
  join(listener) {
    this.listeners.push(listener);
    return (view) => {
      for (const each of this.listeners) if (each !== listener) each(view);
    };
  }
}
