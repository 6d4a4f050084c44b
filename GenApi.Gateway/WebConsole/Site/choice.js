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
  #root = null;

  /**
   * @param {import('./gateway.js').Gateway} gateway Asks the gateway that is chosen.
   * @param {() => void} chosen Another one was chosen.
   */
  constructor(gateway, chosen) {
    this.#gateway = gateway;
    this.#chosen = chosen;
  }

  /** What people call a gateway, with its id: one that is started again may have the same name. */
  nameOf(id) {
    const known = this.#gateways.find(gateway => gateway.id === id);
    return known && nameOf(known) !== id ? `${nameOf(known)} (${id})` : id;
  }

  /** Asks which gateways there are, now. */
  async refresh(signal) {
    await this.#load(signal);
    if (this.#root?.isConnected) {
      this.#draw(this.#root);
    }
  }

  /** Shows itself in an element until the signal aborts. */
  async follow(root, signal) {
    this.#root = root;
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
      const { gateways, knows_all_gateways: areAll } = await this.#gateway.get('cluster', signal);
      const others = areAll !== false ? [] : this.#gateways.filter(before => !gateways.some(gateway => gateway.id === before.id));
      this.#gateways = byName([...gateways, ...others.map(before => ({ ...before, isUnsure: true }))]);
    } catch {
      // The page that is open says what is wrong. Those that were there may be there still, and one can be chosen that answers.
    }
  }

  #draw(root) {
    const { asked } = this.#gateway;
    const choose = event => {
      this.#gateway.ask(event.target.value);
      this.#chosen();

      // The page is another one now, and so is the list.
      root.querySelector('select')?.focus();
    };
    show(root, this.#gateways.length > 1 && field('Gateway', h('select', { value: asked, onchange: choose },
      this.#gateways.map(gateway => h('option', { key: gateway.id, value: gateway.id }, this.#label(gateway))))));
  }

  #label(gateway) {
    const name = this.#gateways.some(other => other.id !== gateway.id && nameOf(other) === nameOf(gateway)) ? gateway.id : nameOf(gateway);
    const state = gateway.isUnsure ? 'not heard of' : gateway.figures?.status ?? 'silent';
    return state === 'ok' ? name : `${name} (${state})`;
  }
}
