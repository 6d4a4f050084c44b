// How the gateway is, and what it does now.

import { h } from '../dom.js';
import { chart } from '../chart.js';
import { badge, brief, facts, functionNamed, link, section, status, table, tile } from '../parts.js';
import { byName, bytes, count, many, micros, millis, nameOf, rate, words } from '../text.js';

/** Two minutes, at one look every two seconds. */
const length = 60;

export default {
  title: 'Overview',

  open(page) {
    const past = { gateway: null, calls: [], failures: [], last: null };
    page.follow(
      async signal => {
        const [health, statistics, cluster] = await Promise.all([
          page.gateway.get('health', signal), page.gateway.get('statistics', signal), page.gateway.get('cluster', signal)]);
        remember(past, statistics);
        return { health, statistics, cluster };
      },
      data => view(data, past));
  },
};

/** Counters become rates by the difference of two looks. */
function remember(past, statistics) {
  if (past.gateway !== statistics.gateway) {
    // The one before is gone.
    Object.assign(past, { gateway: statistics.gateway, calls: [], failures: [], last: null });
  }

  const { last } = past;
  const now = { at: statistics.taken_at_ms, ...statistics.genapi.calls.all };

  // A gateway that started again counts from 0.
  if (last && now.at > last.at && now.calls >= last.calls) {
    const seconds = (now.at - last.at) / 1000;
    push(past.calls, (now.calls - last.calls) / seconds);
    push(past.failures, (now.failures - last.failures) / seconds);
  }
  past.last = now;
}

function push(values, value) {
  values.push(value);
  if (values.length > length) {
    values.shift();
  }
}

function view({ health, statistics, cluster }, past) {
  const { calls, links, configs, pools, rate_limiter: limiter } = statistics.genapi;
  const errors = Object.entries(calls.errors_by_code).sort((one, other) => other[1] - one[1]);
  return [
    h('h1', null, 'Overview ', status(health.status), h('small', null, nameOf(cluster.gateways.find(gateway => gateway.self) ?? { id: cluster.self }))),
    reasons(health),
    h('div', { class: 'tiles' },
      tile('calls/s', rate(past.calls.at(-1)), `${count(calls.all.calls)} since start`),
      tile('failures/s', rate(past.failures.at(-1)), `${count(calls.all.failures)} since start`, past.failures.at(-1) > 0 ? 'warn' : null),
      tile('in flight', count(calls.in_flight), many(statistics.genapi.streams, 'stream')),
      tile('mean', calls.all.calls ? micros(calls.all.mean_us) : '–', calls.all.calls ? `p99 about ${micros(calls.all.p99_us)}, since start` : ''),
      tile('nodes', `${links.reachable} of ${links.nodes}`, 'reachable', links.reachable < links.nodes ? 'warn' : null),
      tile('functions', count(configs.count), configs.disabled ? `${configs.disabled} disabled` : many(configs.services.length, 'service')),
      tile('connections', count(statistics.genapi.connections), 'to the hub'),
      tile('memory', bytes(statistics.runtime.figures.memory.total_bytes), `up ${millis(statistics.runtime.figures.uptime_ms)}`)),
    chart('Calls and failures per second over the last two minutes', length,
      [{ values: past.calls, class: 'calls' }, { values: past.failures, class: 'failures' }]),
    h('p', { class: 'legend' }, h('span', { class: 'calls' }, 'calls/s'), ' and ', h('span', { class: 'failures' }, 'failures/s'),
      ` of this gateway in the last two minutes, at most ${rate(Math.max(0, ...past.calls))}/s`),
    cluster.gateways.length > 1 && section('Gateways', null, table([
      { title: 'gateway', of: row => nameOf(row) },
      { title: 'status', of: row => row.figures ? status(row.figures.status) : badge('silent', 'warn') },
      { title: 'calls/s', number: true, of: row => rate(row.figures?.calls_per_second) },
      { title: 'in flight', number: true, of: row => count(row.figures?.in_flight) },
      { title: 'connections', number: true, of: row => count(row.figures?.connections) },
      { title: 'nodes', number: true, of: row => row.figures ? `${row.figures.reachable_nodes} of ${row.figures.nodes}` : '–' },
      { title: 'memory', number: true, of: row => bytes(row.figures?.memory_bytes) },
    ], byName(cluster.gateways), { empty: '', key: row => row.id, class: row => row.self ? 'self' : null })),
    section('Functions by calls', link('all functions', 'functions'), table([
      { title: 'function', of: row => functionNamed(row.function) },
      { title: 'calls', number: true, of: row => count(row.calls.calls) },
      { title: 'failures', number: true, of: row => count(row.calls.failures) },
      { title: 'mean', number: true, of: row => micros(row.calls.mean_us) },
      { title: 'p99', number: true, of: row => micros(row.calls.p99_us) },
      { title: 'max', number: true, of: row => micros(row.calls.max_us) },
    ], calls.functions.slice(0, 12), { empty: 'No call yet.', key: row => row.function })),
    errors.length > 0 && section('Failures by code', null, table([
      { title: 'code', of: ([code]) => h('code', null, code) },
      { title: 'failures', number: true, of: ([, number]) => count(number) },
    ], errors, { empty: '', key: ([code]) => code })),
    section('Limits and pools', link('limits', 'limits'), facts([
      ['rate limiter', limiter.enabled ? `${many(limiter.checks, 'check')}, ${count(limiter.denied)} denied, ${count(limiter.unavailable)} not possible` : 'off'],
      ...Object.entries(pools).map(([name, pool]) =>
        [words(name), [`${count(pool.busy_workers)} of ${count(pool.size)} busy, ${count(pool.queued)} queued, breaker `, status(pool.breaker)]]),
    ])),
  ];
}

/** What is not well, and why. */
function reasons(health) {
  const { genapi, ...others } = health.checks;
  const bad = [...Object.entries(others), ...Object.entries(genapi.checks)].filter(([, check]) => check.status !== 'ok');
  return bad.length > 0 && h('ul', { class: 'reasons' }, bad.map(([name, check]) =>
    h('li', { key: name }, status(check.status), ` ${words(name)}: ${check.reason ?? ''} `, !check.reason && check.figures && brief(check.figures))));
}
