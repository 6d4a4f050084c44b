// All functions, and below an address that names one, that one.

import { h } from '../dom.js';
import { badge, check, functionLink, section, table } from '../parts.js';
import { count, many, micros } from '../text.js';
import { openFunction } from './function.js';

export default {
  title: 'Functions',

  open(page) {
    if (page.parts.length >= 2) {
      openFunction(page);
      return;
    }
    const state = { search: '', disabledOnly: false };
    page.follow(signal => page.gateway.get('flows?include_disabled=true', signal), flows => view(flows, state, page));
  },
};

function view(flows, state, page) {
  const wanted = state.search.trim().toLowerCase();
  const shown = flows.filter(flow => `${flow.service}/${flow.request_type}@${flow.version ?? ''}`.toLowerCase().includes(wanted) && (!state.disabledOnly || flow.disabled));
  const services = Map.groupBy(shown, flow => flow.service);
  return [
    h('h1', null, 'Functions ', h('small', null, shown.length === flows.length ? many(flows.length, 'function') : `${count(shown.length)} of ${many(flows.length, 'function')}`)),
    h('div', { class: 'bar' },
      h('input', { type: 'search', placeholder: 'Search', 'aria-label': 'Search functions', value: state.search, oninput: event => change(() => { state.search = event.target.value; }) }),
      check('disabled only', state.disabledOnly, ticked => change(() => { state.disabledOnly = ticked; }))),
    flows.every(flow => flow.local) && h('p', { class: 'empty' }, 'No node has pushed a function yet.'),
    flows.length > 0 && services.size === 0 && h('p', { class: 'empty' }, 'No function fits.'),
    [...services].map(([service, functions]) => h('div', { key: service }, section(service, null, table([
      { title: 'function', of: functionLink },
      { title: 'version', of: row => row.version ?? h('span', { class: 'dim' }, 'none') },
      { title: 'answers', of: row => row.response_type },
      { title: 'permission', of: row => row.permission.replaceAll('_', ' ') },
      { title: 'nodes', of: row => nodes(row) },
      { title: 'calls', number: true, of: row => count(row.calls.calls) },
      { title: 'failures', number: true, of: row => count(row.calls.failures) },
      { title: 'mean', number: true, of: row => row.calls.calls ? micros(row.calls.mean_us) : '' },
      { title: 'p99', number: true, of: row => row.calls.calls ? micros(row.calls.p99_us) : '' },
    ], functions, { empty: '', key: row => `${row.request_type}@${row.version ?? ''}`, class: row => row.disabled ? 'off' : null })))),
  ];

  function change(set) {
    set();
    page.draw();
  }
}

function nodes(flow) {
  if (flow.disabled) {
    return badge('disabled', 'warn');
  }
  if (flow.local) {
    return badge('local', 'good');
  }
  const reachable = flow.reachable_nodes.length;
  return badge(`${reachable} of ${flow.nodes.length}`, reachable === 0 ? 'bad' : reachable < flow.nodes.length ? 'warn' : 'good');
}
