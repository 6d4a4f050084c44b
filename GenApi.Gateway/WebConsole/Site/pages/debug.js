// What takes the most on this gateway: connections, streams, links, functions, tables, and what its threads do.

import { h } from '../dom.js';
import { badge, button, functionNamed, section, table } from '../parts.js';
import { bytes, count, many, micros, millis, words } from '../text.js';

export default {
  title: 'Debug',

  open(page) {
    const state = { stacks: null, busy: false };
    page.follow(signal => page.gateway.get('debug', signal), report => view(report, state, page));
  },
};

function view(report, state, page) {
  return [
    h('h1', null, 'Debug ', h('small', null, report.gateway)),
    section('Connections', null, table([
      { title: 'id', of: row => h('code', null, row.id) },
      { title: 'user', of: row => row.user_id ?? '' },
      { title: 'age', number: true, of: row => millis(row.age_ms) },
      { title: 'calls', number: true, of: row => count(row.calls) },
      { title: 'in flight', number: true, of: row => count(row.in_flight) },
      { title: 'streams', number: true, of: row => count(row.streams) },
      { title: 'buffered', number: true, of: row => bytes(row.buffered_bytes) },
    ], report.connections, { empty: 'No hub connection is open.', key: row => row.id })),
    section('Links to nodes', null, table([
      { title: 'node', of: row => row.node.address },
      { title: '', of: row => badge(row.node.reachable ? 'reachable' : 'unreachable', row.node.reachable ? 'good' : 'bad') },
      { title: 'in flight', number: true, of: row => count(row.node.in_flight) },
      { title: 'unsent', number: true, of: row => bytes(row.unsent_bytes) },
      { title: 'frames sent', number: true, of: row => `${count(row.frames_sent)} (${bytes(row.bytes_sent)})` },
      { title: 'frames received', number: true, of: row => `${count(row.frames_received)} (${bytes(row.bytes_received)})` },
    ], report.links, { empty: 'There is no link.', key: row => row.node.address })),
    section('Streams', null, table([
      { title: 'request', of: row => h('code', null, row.request_id) },
      { title: 'function', of: row => row.function },
      { title: 'user', of: row => row.user_id ?? '' },
      { title: 'age', number: true, of: row => millis(row.age_ms) },
      { title: 'chunks', number: true, of: row => count(row.chunks) },
      { title: 'buffered', number: true, of: row => bytes(row.buffered_bytes) },
    ], report.streams, { empty: 'No stream is under way.', key: row => `${row.request_id} ${row.user_id}` })),
    section('Functions by the time they took', null, table([
      { title: 'function', of: row => functionNamed(row.function) },
      { title: 'all calls together', number: true, of: row => micros(row.total_us) },
      { title: 'calls', number: true, of: row => count(row.calls.calls) },
      { title: 'mean', number: true, of: row => micros(row.calls.mean_us) },
      { title: 'max', number: true, of: row => micros(row.calls.max_us) },
    ], report.functions, { empty: 'No call yet.', key: row => row.function })),
    section('Tables in memory', null, table([
      { title: 'table', of: ([name]) => words(name) },
      { title: 'entries', number: true, of: ([, row]) => row.exists ? count(row.size) : 'not there' },
      { title: 'room for', number: true, of: ([, row]) => row.capacity ? count(row.capacity) : '' },
      { title: 'memory', number: true, of: ([, row]) => row.memory_bytes === undefined ? '' : bytes(row.memory_bytes) },
      { title: '', of: ([, row]) => h('span', { class: 'dim' }, row.note ?? '') },
    ], Object.entries(report.tables), { empty: '', key: ([name]) => name })),
    section('Stacks of all managed threads',
      button(state.busy ? 'Taking them …' : 'Take them', () => take(state, page), { disabled: state.busy, title: 'Stops the gateway’s threads for some milliseconds' }),
      stacks(state.stacks)),
  ];
}

async function take(state, page) {
  state.busy = true;
  page.draw();
  try {
    state.stacks = (await page.gateway.get('debug?include_current_stacktrace=true&process_limit=100', page.signal)).stacks;
  } catch (error) {
    page.say(error.message, 'failed');
  }
  state.busy = false;
  page.draw();
}

function stacks(taken) {
  if (!taken) {
    return h('p', { class: 'empty' }, 'Not taken yet.');
  }
  return [
    h('p', { class: 'dim' }, taken.note),
    (taken.managed ?? []).map((place, index) => h('details', { key: `place ${index}` },
      h('summary', null, `${many(place.count, 'thread')} in `, h('code', null, place.frames[0] ?? 'no managed code'), ' ', badge(place.state)),
      h('pre', null, place.frames.join('\n'), place.more_frames && '\n…'))),
    taken.current_stacktrace && h('pre', null, taken.current_stacktrace.join('\n')),
  ];
}
