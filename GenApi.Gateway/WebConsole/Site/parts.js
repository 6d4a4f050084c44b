// The parts that pages are made of.

import { h } from './dom.js';
import { count } from './text.js';

/** A heading, what belongs beside it, and what stands below. */
export const section = (title, beside, ...content) =>
  h('section', null, h('header', null, h('h2', null, title), beside && h('div', { class: 'beside' }, beside)), content);

/**
 * A table; a sentence where there is nothing to show.
 * @param {{title: string, of: (row: any) => any, number?: boolean}[]} columns
 * @param {any[]} rows
 * @param {{empty: string, key?: (row: any) => string, class?: (row: any) => string|null}} options
 */
export function table(columns, rows, { empty, key, class: classOf }) {
  if (rows.length === 0) {
    return h('p', { class: 'empty' }, empty);
  }
  return h('div', { class: 'scroll' }, h('table', null,
    h('thead', null, h('tr', null, columns.map(column => h('th', { scope: 'col', class: column.number ? 'number' : null }, column.title)))),
    h('tbody', null, rows.map(row => h('tr', { key: key?.(row), class: classOf?.(row) },
      columns.map(column => h('td', { class: column.number ? 'number' : null }, column.of(row))))))));
}

/** Names and values, one pair below the other. Pairs without a value are left out. */
export const facts = pairs => h('dl', null, pairs
  .filter(([, value]) => value !== null && value !== undefined && value !== '')
  .map(([name, value]) => [h('dt', null, name), h('dd', null, value)]));

/** A figure with its name. */
export const tile = (name, value, more, level) =>
  h('div', { class: `tile ${level ?? ''}` }, h('span', { class: 'name' }, name), h('strong', null, value), more && h('span', { class: 'more' }, more));

/** A word in the colour of how good it is: good, warn, bad or plain. */
export const badge = (text, level = 'plain') => h('span', { class: `badge ${level}` }, text);

const levels = { ok: 'good', degraded: 'warn', error: 'bad', closed: 'good', half_open: 'warn', open: 'bad' };

/** A status as a badge, such as that of a health check or a breaker. */
export const status = name => badge(name.replaceAll('_', ' '), levels[name]);

/** @param {string} text @param {() => any} onclick @param {object} more More attributes, such as class. */
export const button = (text, onclick, more) => h('button', { type: 'button', onclick, ...more }, text);

/** An input with its name. */
export const field = (name, input, hint) =>
  h('label', { class: 'field' }, h('span', null, name), input, hint && h('small', null, hint));

/** A box to tick. */
export const check = (name, checked, onchange) =>
  h('label', { class: 'check' }, h('input', { type: 'checkbox', checked, onchange: event => onchange(event.target.checked) }), ` ${name}`);

/** The most characters of JSON that are shown. */
const mostCharacters = 100_000;

/** JSON with its indentation; the beginning of it where it is very long. */
export function json(value) {
  const text = JSON.stringify(value, null, 2);
  return h('pre', { class: 'json' }, text.slice(0, mostCharacters), text.length > mostCharacters && `\n… and ${count(text.length - mostCharacters)} characters more`);
}

/** JSON in one line, shortened where it is long; the whole is in the tooltip. */
export function brief(value, most = 160) {
  const text = JSON.stringify(value) ?? '';
  return text.length <= most ? h('code', null, text) : h('code', { title: text.slice(0, 4000) }, `${text.slice(0, most)}…`);
}

/** Names and values in one line, for what is told of something that happened. */
export const pairs = (object, without = new Set()) => h('span', { class: 'pairs' }, Object.entries(object)
  .filter(([name, value]) => !without.has(name) && value !== null)
  .map(([name, value]) => h('span', { key: name }, h('span', { class: 'dim' }, `${name} `), typeof value === 'string' ? value : brief(value, 300))));

/** A link to a page of the console. */
export const link = (text, ...parts) => h('a', { href: `#/${parts.map(encodeURIComponent).join('/')}` }, text);

/** A link to a function's page. A function without a version is named by - there. */
export const functionLink = of => link(of.request_type, 'functions', of.service, of.request_type, of.version ?? '-');

/** The same by what figures call it: service/function@version. */
export function functionNamed(name) {
  const [path, version] = name.split('@');
  const [service, type] = path.split('/');
  return [h('span', { class: 'dim' }, `${service}/`), functionLink({ service, request_type: type, version }), version && h('span', { class: 'dim' }, `@${version}`)];
}
