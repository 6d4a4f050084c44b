// The newest lines of something that is told as it happens.

import { soon } from './soon.js';

/** The most lines that are kept. */
const most = 500;

export class Lines {
  #number = 0;

  /** @param {() => void} draw Shows the lines; not called for each, but a few times a second. */
  constructor(draw) {
    /** To be called when there is something else to show. */
    this.changed = soon(draw);
  }

  /** The newest first, each with a number of its own as `key`. */
  items = [];

  /** How many there were since the last clearing; more than are kept. */
  get told() {
    return this.#number;
  }

  /** Whether new ones are let go by. */
  paused = false;

  /** Why nothing comes any more; null: it still does. */
  ended = null;

  add(item) {
    if (this.paused) {
      return;
    }
    this.items.unshift({ ...item, key: ++this.#number });
    this.items.splice(most);
    this.changed();
  }

  clear() {
    this.items = [];
    this.#number = 0;
    this.changed();
  }

  /** Takes what a live answer tells, until it ends. */
  async take(source, signal) {
    this.ended = null;
    try {
      for await (const item of source) {
        this.add(item);
      }
      this.#end(signal, 'It has ended.');
    } catch (error) {
      this.#end(signal, error.message);
    }
    this.changed();
  }

  // Whoever aborts it has something else to listen to.
  #end(signal, why) {
    if (!signal.aborted) {
      this.ended = why;
    }
  }
}
