// The gateway's events as they happen.

import { h } from '../dom.js';
import { Lines } from '../lines.js';
import { button, pairs, table } from '../parts.js';
import { clock, count } from '../text.js';

const groups = ['executor.*', 'rate_limiter.*', 'hook.*', 'worker_pool.*', 'config.*', 'node.*', 'link.*', 'stream.*', 'relay.*'];

/** When it happened has a column of its own. */
const shownByTable = new Set(['system_time_us']);

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
      lines.take(page.gateway.lines(`events${filter ? `?filter=${encodeURIComponent(filter)}` : ''}`, state.listening.signal), state.listening.signal);
      lines.changed();
    }
  },
};

function view(state, lines, listen) {
  return [
    h('h1', null, 'Events ', h('small', null, lines.paused ? 'paused' : 'as they happen on this gateway')),
    lines.ended && h('p', { class: 'notice trouble' }, lines.ended),
    h('form', { class: 'bar', onsubmit: apply },
      h('input', { type: 'search', 'aria-label': 'Filter', placeholder: 'all events', list: 'groups', value: state.filter, oninput: event => { state.filter = event.target.value; } }),
      h('datalist', { id: 'groups' }, groups.map(value => h('option', { value }))),
      h('button', { class: 'main' }, lines.ended ? 'Listen again' : 'Filter'),
      button(lines.paused ? 'Go on' : 'Pause', () => { lines.paused = !lines.paused; lines.changed(); }),
      button('Clear', () => lines.clear(), { class: 'quiet' }),
      h('span', { class: 'dim' }, lines.told > lines.items.length ? `the last ${count(lines.items.length)} of ${count(lines.told)}` : `${count(lines.told)} shown`)),
    table([
      { title: 'time', of: row => h('code', null, clock(row.time)) },
      { title: 'event', of: row => row.event.replace(/^genapi\./, '') },
      { title: 'measurements', of: row => pairs(row.measurements, shownByTable) },
      { title: 'metadata', of: row => pairs(row.metadata) },
    ], lines.items, { empty: 'Nothing has happened since this page was opened.', key: row => row.key, class: row => /exception|rejected|exceeded|exhausted|\.open$|dropped/.test(row.event) ? 'bad' : null }),
  ];

  function apply(event) {
    event.preventDefault();
    listen(state.filter.trim());
  }
}
