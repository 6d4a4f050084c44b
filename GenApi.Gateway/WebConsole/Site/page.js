// A page while it is open: it loads, shows itself, and has things done.

import { h, show } from './dom.js';

/** How often what a page shows is asked for anew, in milliseconds. */
const pace = 2000;

export class Page {
  #content;
  #notice;
  #left = new AbortController();
  #view = () => [];
  #data;
  #isDue = false;
  #wake = () => {};

  /**
   * @param {HTMLElement} root The page goes into it.
   * @param {import('./gateway.js').Gateway} gateway The gateway to ask.
   * @param {string[]} parts What the address names after the page's own name.
   */
  constructor(root, gateway, parts) {
    this.gateway = gateway;
    this.parts = parts;
    this.#notice = document.createElement('div');
    this.#notice.setAttribute('role', 'status');
    this.#notice.className = 'notices';
    this.#content = document.createElement('div');
    root.replaceChildren(this.#notice, this.#content);
  }

  /** Aborts when the page is left. */
  get signal() {
    return this.#left.signal;
  }

  leave() {
    this.#left.abort();
    this.#wake();
  }

  /**
   * Shows data as it is, again and again, until the page is left; not while nobody looks.
   * @param {(signal: AbortSignal) => Promise<any>} load Asks for the data.
   * @param {(data: any) => any} view Describes the page.
   */
  async follow(load, view) {
    this.#view = view;
    while (!this.signal.aborted) {
      this.#isDue = false;
      if (!document.hidden) {
        await this.#load(load);
      }
      // What was done while that was under way may not be in it.
      if (!this.#isDue && !this.signal.aborted) {
        await new Promise(resolve => {
          const timer = setTimeout(resolve, pace);
          this.#wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  }

  async #load(load) {
    try {
      const data = await load(this.signal);
      if (this.signal.aborted) {
        return;
      }
      this.#data = data;
      this.#say(null, 'trouble');
      this.draw();
    } catch (error) {
      // Whatever was shown stays, with the reason why it is not fresh.
      if (!this.signal.aborted) {
        this.#say(error.message, 'trouble');
      }
    }
  }

  /** Shows the page again, with the data it has: for what was typed or ticked. */
  draw() {
    if (this.#data !== undefined && !this.signal.aborted) {
      show(this.#content, this.#view(this.#data));
    }
  }

  /** Shows a page that has no data to ask for. */
  present(view) {
    if (!this.signal.aborted) {
      show(this.#content, view);
    }
  }

  /** Asks for the data now. */
  refresh() {
    this.#isDue = true;
    this.#wake();
  }

  /**
   * Has something done, says what came of it, and asks for the data anew.
   * @param {() => Promise<any>} work
   * @param {(answer: any) => string} said What to say of it.
   * @param {string} [question] Asked before.
   */
  async act(work, said, question) {
    if (question && !confirm(question)) {
      return;
    }
    try {
      const answer = await work();
      this.#say(said(answer), 'done');
    } catch (error) {
      this.#say(error.message, 'failed');
    }
    this.refresh();
  }

  /** Says something above the page until something else is said; null: nothing any more. */
  say(text, level = 'done') {
    this.#say(text, level);
  }

  #said = new Map();

  // Trouble with loading goes away by itself; what came of a change stays until the next change.
  #say(text, level) {
    const kind = level === 'trouble' ? 'trouble' : 'act';
    if (text === null) {
      this.#said.delete(kind);
    } else {
      this.#said.set(kind, { text, level });
    }
    show(this.#notice, [...this.#said].map(([name, notice]) => h('p', { key: name, class: `notice ${notice.level}` }, notice.text,
      name === 'act' && h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => this.#say(null, 'done') }, '×'))));
  }
}
