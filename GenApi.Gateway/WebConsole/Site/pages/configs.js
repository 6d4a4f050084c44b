// What was pushed and pulled, and what of it was refused.

import { h } from '../dom.js';
import { badge, button, check, json, section, table } from '../parts.js';
import { count, date, millis } from '../text.js';

export default {
  title: 'Configs',

  open(page) {
    const state = { source: '', service: '' };
    page.follow(
      async signal => {
        const query = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
        const [pushed, failed, summary, detail] = await Promise.all([
          page.gateway.get('pushed-services', signal), page.gateway.get(`failed-configs?${query}`, signal),
          page.gateway.get('failed-configs/summary', signal), page.gateway.get('detail-error', signal)]);
        return { pushed, failed, summary, detail };
      },
      data => view(data, state, page));
  },
};

function view({ pushed, failed, summary, detail }, state, page) {
  const filter = name => event => {
    state[name] = event.target.value;
    page.refresh();
  };
  return [
    h('h1', null, 'Configs'),
    section('Services', null, table([
      { title: 'service', of: row => row.service },
      { title: 'config version', of: row => h('code', null, row.config_version ?? '') },
      { title: 'stored', of: row => row.stored_at_ms ? date(row.stored_at_ms) : '' },
      { title: 'functions', number: true, of: row => count(row.functions) },
      { title: 'disabled', number: true, of: row => count(row.disabled_functions) },
      { title: 'nodes', of: row => row.nodes.map(node => h('div', null, node)) },
      { title: 'pulled', of: row => pulled(row) },
    ], pushed, { empty: 'No service has pushed its configs yet.', key: row => row.service })),
    section(`Refused in the last 24 hours: ${count(summary.total)}`,
      [button('Clean up', () => page.act(() => page.gateway.send('POST', 'failed-configs/cleanup'), answer => `Removed ${count(answer.removed)} that were older than 24 hours.`)),
        ' ', button('Clear', () => page.act(() => page.gateway.send('DELETE', 'failed-configs'), answer => `Removed ${count(answer.removed)}.`,
          'Remove all failed configs, with the reasons why they were refused?'), { class: 'danger' })],
      h('div', { class: 'bar' },
        h('select', { 'aria-label': 'Source', value: state.source, onchange: filter('source') }, option('', 'all sources'), Object.entries(summary.by_source).map(([name, number]) => option(name, `${name} (${number})`))),
        h('select', { 'aria-label': 'Service', value: state.service, onchange: filter('service') }, option('', 'all services'), Object.entries(summary.by_service).map(([name, number]) => option(name, `${name} (${number})`)))),
      table([
        { title: 'refused', of: row => date(row.inserted_at_ms) },
        { title: 'function', of: row => `${row.service}/${row.request_type ?? '?'}${row.version ? `@${row.version}` : ''}` },
        { title: 'from', of: row => [row.source, row.node && h('div', { class: 'dim' }, row.node)] },
        { title: 'why', of: row => h('ul', { class: 'plain' }, row.reason.map(reason => h('li', null, reason))) },
        { title: '', of: row => h('details', null, h('summary', null, 'config'), json(row.config)) },
      ], failed, { empty: 'Nothing was refused.', key: row => row.id })),
    section('What callers are told when a function fails', null,
      check('the function’s own words (they may tell secrets)', detail.enabled, enabled => page.act(
        () => page.gateway.send('PUT', 'detail-error', { enabled }), () => enabled ? 'Callers are told what functions say.' : 'Callers are told only that the function failed.'))),
  ];
}

const option = (value, text) => h('option', { value }, text);

function pulled({ auto_pull: isPulled, pull }) {
  if (!isPulled) {
    return h('span', { class: 'dim' }, 'no');
  }
  return pull.state.consecutive_failures > 0
    ? [badge('fails', 'warn'), h('div', { class: 'dim' }, pull.state.last_error)]
    : [badge('yes', 'good'), h('div', { class: 'dim' }, `every ${millis(pull.interval)}`)];
}
