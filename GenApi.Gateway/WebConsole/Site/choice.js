// Which gateway is looked at, where there are several.

import { h, show } from './dom.js';
import { field } from './parts.js';
import { pause } from './soon.js';
import { byName, nameOf } from './text.js';

/** How often is looked which gateways there are, in milliseconds. */
const pace = 5000;

export class GatewayChoice {
  #gateway;
  #chosen;
  #gateways = [];

  /**
   * @param {import('./gateway.js').Gateway} gateway Asks the gateway that is chosen.
   * @param {() => void} chosen Another one was chosen.
   */
  constructor(gateway, chosen) {
    this.#gateway = gateway;
    this.#chosen = chosen;
  }

  /** What people call a gateway, by its id. */
  nameOf(id) {
    const known = this.#gateways.find(gateway => gateway.id === id);
    return known ? nameOf(known) : id;
  }

  /** Shows itself in an element until the signal aborts. */
  async follow(root, signal) {
    this.#draw(root);
    try {
      while (true) {
        await this.#load(signal);
        signal.throwIfAborted();
        this.#draw(root);
        await pause(pace, signal);
      }
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
    }
  }

  async #load(signal) {
    if (document.hidden) {
      return;
    }
    try {
      this.#gateways = byName((await this.#gateway.get('cluster', signal)).gateways);
    } catch {
      // The page that is open says what is wrong. Those that were there may be there still, and one can be chosen that answers.
    }
  }

  #draw(root) {
    const { asked } = this.#gateway;
    const choose = event => {
      this.#gateway.ask(event.target.value);
      this.#chosen();
    };
    show(root, this.#gateways.length > 1 && field('Gateway', h('select', { value: asked, onchange: choose },
      this.#gateways.map(gateway => h('option', { key: gateway.id, value: gateway.id }, label(gateway))))));
  }
}

function label(gateway) {
  const state = gateway.figures?.status ?? 'silent';
  return state === 'ok' ? nameOf(gateway) : `${nameOf(gateway)} (${state})`;
}
