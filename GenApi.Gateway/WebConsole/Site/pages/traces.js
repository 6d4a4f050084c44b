// Traces of functions and of connections: start one, follow it, stop it.

import { h } from '../dom.js';
import { Lines } from '../lines.js';
import { badge, button, check, field, pairs, section, table } from '../parts.js';
import { clock, count, millis } from '../text.js';

/** What a trace can show, and what that means. */
const flags = {
  call: 'calls with their arguments',
  return_to: 'where answers go',
  return_trace: 'answers with their results',
  procs: 'connections, streams and workers, start and end',
  ports: 'frames on the links to nodes',
  timestamp: 'the time',
  cpu_timestamp: 'processor time used so far',
  arity: 'names and sizes in place of values',
  silent: 'counts only',
};

const shownByTable = new Set(['type', 'trace_id', 'time', 'service', 'request_type', 'version', 'request_id', 'user_id', 'key']);

export default {
  title: 'Traces',

  /** The address may name a function to propose. */
  open(page) {
    const [service = '', type = '', version = ''] = page.parts;
    const state = {
      draft: { target: 'functions', service, type, version, connections: 'all', user: '', id: '', seconds: '60', flags: new Set(['call', 'return_trace', 'timestamp']) },
      followed: null, following: null,
    };
    const lines = new Lines(() => page.draw());
    page.follow(signal => page.gateway.get('trace', signal), status => view(status, state, lines, page));
  },
};

function view(status, state, lines, page) {
  return [
    h('h1', null, 'Traces ', h('small', null, status.enabled
      ? `${count(status.active)} of at most ${count(status.max_traces)} run on this gateway`
      : 'GenApi:Tracing:Enabled is false on this gateway')),
    section('Start one', null, form(state, page, follow)),
    section('Traces', status.active > 1 && button('Stop all', () => page.act(() => page.gateway.send('DELETE', 'trace/all'), () => 'All traces are stopped.')), table([
      { title: 'id', of: row => h('code', null, row.id) },
      { title: 'what', of: row => what(row.traced) },
      { title: 'shows', of: row => row.flags.join(', ') },
      { title: 'until', of: row => row.ended ? badge(row.ended) : [clock(row.ends_at).slice(0, 8), ' ', h('span', { class: 'dim' }, `${millis(Math.max(0, new Date(row.ends_at) - Date.now()))} left`)] },
      { title: 'events', number: true, of: row => count(Object.values(row.counts).reduce((sum, number) => sum + number, 0)) },
      { title: 'dropped', number: true, of: row => count(row.dropped) },
      { title: '', of: row => [
        row.id !== state.followed && !row.followed && button('Follow', () => follow(row.id), { class: 'quiet' }),
        !row.ended && button('Stop', () => page.act(() => page.gateway.send('DELETE', `trace/${encodeURIComponent(row.id)}`), () => `Trace ${row.id} is stopped.`), { class: 'quiet' })] },
    ], status.traces, { empty: 'There is none.', key: row => row.id })),
    state.followed && section(`What ${state.followed} sees`, [
      button(lines.paused ? 'Go on' : 'Pause', () => { lines.paused = !lines.paused; lines.changed(); }), ' ',
      button('Clear', () => lines.clear(), { class: 'quiet' })],
    lines.ended && h('p', { class: 'dim' }, lines.ended),
    table([
      { title: 'time', of: row => row.time && h('code', null, clock(row.time)) },
      { title: 'what', of: row => row.type.replaceAll('_', ' ') },
      { title: 'function', of: row => row.service && `${row.service}/${row.request_type ?? ''}${row.version ? `@${row.version}` : ''}` },
      { title: 'request', of: row => row.request_id && h('code', null, row.request_id) },
      { title: 'user', of: row => row.user_id },
      { title: 'more', of: row => pairs(row, shownByTable) },
    ], lines.items, { empty: 'Nothing yet.', key: row => row.key, class: row => row.success === false || row.type === 'dropped' ? 'bad' : null })),
  ];

  function follow(id) {
    state.following?.abort();
    state.following = new AbortController();
    state.followed = id;
    lines.clear();

    // Also when the page was left while the trace was started.
    const signal = AbortSignal.any([page.signal, state.following.signal]);
    lines.take(page.gateway.lines(`trace/${encodeURIComponent(id)}/events`, signal), signal);
  }
}

function form({ draft }, page, follow) {
  const input = (name, more) => h('input', { value: draft[name], oninput: event => { draft[name] = event.target.value; }, ...more });
  const choose = name => event => {
    draft[name] = event.target.value;
    page.draw();
  };
  const select = (name, options) => h('select', { value: draft[name], onchange: choose(name) }, options.map(value => h('option', { value }, value)));
  return h('form', { onsubmit: start },
    h('div', { class: 'form row' },
      field('Trace', select('target', ['functions', 'connections'])),
      draft.target === 'functions'
        ? [field('Service', input('service', { placeholder: '*' })), field('Function', input('type', { placeholder: '*' })), field('Version', input('version', { placeholder: '*' }))]
        : [field('Which', select('connections', ['all', 'existing', 'new'])), field('Of user', input('user', { placeholder: 'anybody' })), field('With id', input('id', { placeholder: 'any' }))],
      field('Seconds', input('seconds', { type: 'number', min: 1, max: 3600, required: true }))),
    h('div', { class: 'checks' }, Object.entries(flags).map(([name, meaning]) =>
      h('div', { key: name }, check(name, draft.flags.has(name), ticked => { draft.flags[ticked ? 'add' : 'delete'](name); }), h('small', null, meaning)))),
    h('div', { class: 'bar' }, h('button', { class: 'main' }, 'Start and follow')));

  async function start(event) {
    event.preventDefault();
    const which = draft.target === 'functions'
      ? { service: draft.service || null, request_type: draft.type || null, version: draft.version || null }
      : { connections: draft.connections, user_id: draft.user || null, connection_id: draft.id || null };
    await page.act(
      async () => {
        const trace = await page.gateway.send('POST', 'trace', { target: draft.target, ...which, flags: [...draft.flags], duration_ms: Number(draft.seconds) * 1000 });
        follow(trace.id);
        return trace;
      },
      trace => `Trace ${trace.id} runs.`);
  }
}

function what(traced) {
  if (traced.target === 'functions') {
    return `${traced.service ?? '*'}/${traced.request_type ?? '*'}${traced.version ? `@${traced.version}` : ''}`;
  }
  return ['connections', traced.connections, traced.user_id && `of ${traced.user_id}`, traced.connection_id].filter(Boolean).join(' ');
}
