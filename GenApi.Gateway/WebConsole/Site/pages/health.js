// The checks of the gateway's health, each with its figures.

import { h } from '../dom.js';
import { button, facts, section, status, table } from '../parts.js';
import { bytes, count, date, millis, words } from '../text.js';

export default {
  title: 'Health',

  open(page) {
    page.follow(signal => page.gateway.get('health', signal), health => view(health, page));
  },
};

function view(health, page) {
  const { runtime, node, genapi } = health.checks;
  return [
    h('h1', null, 'Health ', status(health.status), h('small', null, `${health.gateway}, at ${date(health.checked_at_ms)}`)),
    section('Checks', button('Reconcile', () => reconcile(page), { title: 'Has all gateways compare configs, nodes and limits with what is stored, now' }), table([
      { title: 'check', of: ([name]) => words(name) },
      { title: 'status', of: ([, check]) => status(check.status) },
      { title: 'figures', of: ([, check]) => [
        check.reason && h('p', { class: 'reason' }, check.reason),
        h('ul', { class: 'figures' }, Object.entries(check.figures).map(([name, value]) => h('li', { key: name }, `${words(name)} `, h('b', null, count(value)))))] },
    ], Object.entries(genapi.checks), { empty: '', key: ([name]) => name })),
    section('Runtime', status(runtime.status), runtime.reason && h('p', null, runtime.reason), facts([
      ['memory of the process', bytes(runtime.figures.memory.total_bytes)],
      ['of it managed', bytes(runtime.figures.memory.managed_bytes)],
      ['memory there is', bytes(runtime.figures.memory.available_bytes)],
      ['allocated since start', bytes(runtime.figures.memory.allocated_bytes)],
      ['collections of generation 0, 1, 2', runtime.figures.gc.collections.map(count).join(', ')],
      ['paused for them', `${millis(runtime.figures.gc.pause_ms)}, ${runtime.figures.gc.pause_percent} %`],
      ['thread pool', `${count(runtime.figures.thread_pool.busy_threads)} of ${count(runtime.figures.thread_pool.threads)} threads busy, ${count(runtime.figures.thread_pool.pending_items)} items wait`],
      ['processors', count(runtime.figures.processors)],
      ['up for', millis(runtime.figures.uptime_ms)],
    ])),
    section('Nodes', status(node.status), node.reason && h('p', null, node.reason), facts([
      ['connected', node.connected_nodes.join(', ') || 'none'],
      ['unreachable', node.unreachable_nodes.join(', ') || 'none'],
    ])),
  ];
}

function reconcile(page) {
  page.act(() => page.gateway.send('POST', 'reconcile'), () => 'All gateways compared what they know with what is stored.');
}
