// The rate limits in force, how far somebody has used them, and changing them.

import { h } from '../dom.js';
import { badge, button, check, field, section, table } from '../parts.js';
import { count, millis } from '../text.js';

const keys = ['user_id', 'device_id', 'ip_address'];

export default {
  title: 'Rate limits',

  open(page) {
    const state = { draft: emptyDraft(), look: { value: '', key: keys[0] }, asked: null, use: null };
    page.follow(
      async signal => {
        const config = await page.gateway.get('rate-limits', signal);
        if (state.asked) {
          state.use = await page.gateway.get(`rate-limits/status?${new URLSearchParams({ key_value: state.asked.value, rate_limit_key: state.asked.key })}`, signal);
        }
        return config;
      },
      config => view(config, state, page));
  },
};

const emptyDraft = () => ({ key: 'user_id', source: '', max: '', window: '60', service: '', type: '' });

function view(config, state, page) {
  return [
    h('h1', null, 'Rate limits ', badge(config.enabled ? 'on' : 'off', config.enabled ? 'good' : 'warn')),
    h('div', { class: 'bar' },
      check('enforced', config.enabled, enabled => change({ enabled }, `Limits are ${enabled ? '' : 'no longer '}enforced.`)),
      check('calls pass while the limiter cannot count', config.fail_open, open => change({ fail_open: open }, `Calls ${open ? 'pass' : 'are refused'} while the limiter cannot count.`)),
      button('Reset all counters', () => page.act(() => page.gateway.send('POST', 'rate-limits/reset-all'), answer => `Reset ${count(answer.reset)} counters.`,
        'Forget all calls that were counted, so that every caller starts afresh? The limits themselves stay.'), { class: 'danger' })),
    section('Over all functions', null, limits(config.global, 'There is none.', limit =>
      remove(limit, () => page.gateway.send('DELETE', `rate-limits/global/${encodeURIComponent(limit.key)}`)))),
    section('Of single functions', null, limits(config.api, 'There is none.', limit =>
      remove(limit, () => replaceApiLimit(page, limit, [])))),
    section('Add or replace a limit', null, form(state, page)),
    section('How far somebody has used them', null,
      h('form', { class: 'bar', onsubmit: look },
        h('input', { 'aria-label': 'Value', placeholder: 'such as alice', required: true, value: state.look.value, oninput: event => { state.look.value = event.target.value; } }),
        h('input', { 'aria-label': 'Key', list: 'keys', required: true, value: state.look.key, oninput: event => { state.look.key = event.target.value; } }),
        h('button', { class: 'main' }, 'Look'),
        state.asked && button('Reset', () => page.act(
          () => page.gateway.send('POST', 'rate-limits/reset', { key_value: state.asked.value, rate_limit_key: state.asked.key }), () => `The counters of ${state.asked.value} are reset.`))),
      state.use && table([
        { title: 'scope', of: row => row.scope },
        { title: 'by', of: row => [h('code', null, row.key), ` ${row.key_value}`] },
        { title: 'used', of: row => h('meter', { min: 0, max: row.max_requests, high: row.max_requests * 0.8, value: Math.min(row.current, row.max_requests) }) },
        { title: '', number: true, of: row => `${count(row.current)} of ${count(row.max_requests)}` },
        { title: 'in', number: true, of: row => millis(row.window_ms) },
        { title: '', of: row => row.retry_after_ms ? badge(`denied for ${millis(row.retry_after_ms)}`, 'bad') : badge('admitted', 'good') },
      ], state.use, { empty: `No limit counts by ${state.asked.key}.`, key: row => `${row.scope} ${row.key}` })),
    h('datalist', { id: 'keys' }, keys.map(key => h('option', { value: key }))),
  ];

  function change(body, said) {
    page.act(() => page.gateway.send('PUT', 'rate-limits', body), () => said);
  }

  function remove(limit, work) {
    page.act(work, () => 'The limit is removed.', `Remove the limit of ${count(limit.max_requests)} calls in ${millis(limit.window_ms)} by ${limit.key}?`);
  }

  function look(event) {
    event.preventDefault();
    state.asked = { ...state.look };
    page.refresh();
  }
}

const limits = (list, empty, remove) => table([
  { title: 'function', of: row => row.service ? `${row.service}/${row.request_type}` : 'all' },
  { title: 'by', of: row => [h('code', null, row.key), row.source && ` (${row.source})`] },
  { title: 'at most', number: true, of: row => count(row.max_requests) },
  { title: 'in any', number: true, of: row => millis(row.window_ms) },
  { title: '', of: row => button('Remove', () => remove(row), { class: 'quiet' }) },
], list, { empty, key: row => `${row.service ?? ''}/${row.request_type ?? ''} ${row.key}` });

/** The limits of functions are set as one list: as it is now, not as it was when the page was shown, since others may have changed it. */
async function replaceApiLimit(page, limit, replacements) {
  const { api } = await page.gateway.get('rate-limits');
  const others = api.filter(other => other.key !== limit.key || other.service !== limit.service || other.request_type !== limit.request_type);
  return page.gateway.send('PUT', 'rate-limits', { api_limits: [...others, ...replacements] });
}

function form(state, page) {
  const { draft } = state;
  const input = (name, more) => h('input', { value: draft[name], oninput: event => { draft[name] = event.target.value; }, ...more });
  return h('form', { class: 'form row', onsubmit: add },
    field('By', input('key', { list: 'keys', required: true }), 'Or a claim or argument of your own.'),
    field('Taken from', h('select', { value: draft.source, onchange: event => { draft.source = event.target.value; } },
      [['', 'wherever it is'], ['claim', 'a claim'], ['argument', 'an argument']].map(([value, text]) => h('option', { value }, text)))),
    field('Calls', input('max', { type: 'number', min: 1, required: true })),
    field('Seconds', input('window', { type: 'number', min: 0.1, step: 'any', required: true })),
    field('Service', input('service'), 'Empty: over all functions.'),
    field('Function', input('type', { required: draft.service !== '' })),
    h('button', { class: 'main' }, 'Set'));

  function add(event) {
    event.preventDefault();
    const limit = {
      key: draft.key, max_requests: Number(draft.max), window_ms: Math.round(Number(draft.window) * 1000), source: draft.source || null,
      service: draft.service || null, request_type: draft.type || null,
    };
    page.act(
      async () => {
        await (limit.service
          ? replaceApiLimit(page, limit, [limit])
          : page.gateway.send('POST', 'rate-limits/global', limit));
        state.draft = emptyDraft();
      },
      () => 'The limit is in force.');
  }
}
