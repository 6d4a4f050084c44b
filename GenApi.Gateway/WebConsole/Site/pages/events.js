// The gateway's events as they happen.

import { h } from '../dom.js';
import { Lines } from '../lines.js';
import { brief, button, table } from '../parts.js';
import { clock, count } from '../text.js';

const groups = ['executor.*', 'rate_limiter.*', 'hook.*', 'worker_pool.*', 'config.*', 'node.*', 'link.*', 'stream.*', 'relay.*'];

export default {
  title: 'Events',

  open(page) {
    const state = { filter: '', listening: null };
    const lines = new Lines(() => page.present(view(state, lines, listen)));
    page.signal.addEventListener('abort', () => state.listening?.abort());
    listen('');

    function listen(filter) {
      state.listening?.abort();
      state.listening = new AbortController();
      state.filter = filter;
      lines.take(page.gateway.lines(`events${filter ? `?filter=${encodeURIComponent(filter)}` : ''}`, state.listening.signal), state.listening.signal);
      lines.changed();
    }
  },
};

function view(state, lines, listen) {
  return [
    h('h1', null, 'Events ', h('small', null, lines.ended ?? (lines.paused ? 'paused' : 'as they happen on this gateway'))),
    h('form', { class: 'bar', onsubmit: apply },
      h('input', { name: 'filter', type: 'search', 'aria-label': 'Filter', placeholder: 'all events', list: 'groups', value: state.filter }),
      h('datalist', { id: 'groups' }, groups.map(value => h('option', { value: `genapi.${value}` }))),
      h('button', { class: 'main' }, lines.ended ? 'Listen again' : 'Filter'),
      button(lines.paused ? 'Go on' : 'Pause', () => { lines.paused = !lines.paused; lines.changed(); }),
      button('Clear', () => lines.clear(), { class: 'quiet' }),
      h('span', { class: 'dim' }, `${count(lines.items.length)} shown`)),
    table([
      { title: 'time', of: row => h('code', null, clock(row.time)) },
      { title: 'event', of: row => row.event.replace(/^genapi\./, '') },
      { title: 'measurements', of: row => brief(row.measurements) },
      { title: 'metadata', of: row => brief(row.metadata) },
    ], lines.items, { empty: 'Nothing has happened since this page was opened.', key: row => row.key, class: row => /exception|rejected|exceeded|exhausted|\.open$|dropped/.test(row.event) ? 'bad' : null }),
  ];

  function apply(event) {
    event.preventDefault();
    listen(event.target.elements.filter.value.trim());
  }
}
