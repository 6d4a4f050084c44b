// All gateways and nodes, and what is where.

import { h } from '../dom.js';
import { badge, section, status, table } from '../parts.js';
import { byName, bytes, count, many, millis, nameOf, rate } from '../text.js';

export default {
  title: 'Cluster',

  open(page) {
    page.follow(signal => page.gateway.get('cluster', signal), view);
  },
};

function view(cluster) {
  return [
    h('h1', null, 'Cluster', h('small', null, `as ${cluster.self} sees it`)),
    section('Gateways', null, table([
      { title: 'gateway', of: row => [nameOf(row), row.self && ' ', row.self && badge('this one'), row.figures?.instance_id && h('div', { class: 'dim' }, row.id)] },
      { title: 'status', of: row => row.figures ? [status(row.figures.status), row.figures.reasons.map(reason => h('div', { class: 'dim' }, reason))] : badge('silent', 'warn') },
      { title: 'address', of: row => row.figures?.addresses.map(address => h('div', null, isReachable(address) ? h('a', { href: new URL('console/', address) }, address) : address)) },
      { title: 'up for', number: true, of: row => millis(row.figures?.uptime_ms) },
      { title: 'calls', number: true, of: row => count(row.figures?.calls) },
      { title: 'failures', number: true, of: row => count(row.figures?.failures) },
      { title: 'calls/s', number: true, of: row => rate(row.figures?.calls_per_second) },
      { title: 'connections', number: true, of: row => count(row.figures?.connections) },
      { title: 'streams', number: true, of: row => count(row.figures?.streams) },
      { title: 'functions', number: true, of: row => count(row.figures?.functions) },
      { title: 'memory', number: true, of: row => bytes(row.figures?.memory_bytes) },
    ], byName(cluster.gateways), { empty: 'No gateway has a lease.', key: row => row.id })),
    section('Nodes', null, table([
      { title: 'node', of: row => [row.state.address, h('div', { class: 'dim' }, row.state.node_id ?? '')] },
      { title: 'link', of: row => [badge(row.state.reachable ? 'reachable' : 'unreachable', row.state.reachable ? 'good' : 'bad'), row.state.last_failure && h('div', { class: 'dim' }, row.state.last_failure)] },
      { title: 'breaker', of: row => status(row.state.breaker) },
      { title: 'in flight', number: true, of: row => count(row.state.in_flight) },
      { title: 'services', of: row => row.leases.length === 0
        ? h('span', { class: 'dim' }, 'no lease; a config names it')
        : row.leases.map(lease => h('div', null, lease.service, ' ', h('span', { class: 'dim' }, `${many(lease.functions, 'function')}, config ${lease.config_version}`),
          !lease.answers && [' ', badge('another process answers', 'warn')])) },
    ], cluster.nodes, { empty: 'No node has a lease.', key: row => row.state.address })),
    section('What runs where', null, Object.entries(cluster.registered_processes).map(([place, names]) =>
      h('details', { key: place }, h('summary', null, place, ' ', h('span', { class: 'dim' }, count(names.length))), h('p', { class: 'names' }, names.join(', '))))),
  ];
}

/** Whether an address that a gateway listens on can be gone to: not one that stands for all of its machine's. */
const isReachable = address => /^https?:/.test(address) && URL.canParse(address) && !['0.0.0.0', '[::]', '*', '+'].includes(new URL(address).hostname);
