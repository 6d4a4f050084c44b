// A line over time, drawn as SVG.

import { h } from './dom.js';

const width = 600;
const height = 80;

/**
 * @param {string} label What it shows, for those who cannot see it.
 * @param {number} length How many values the whole width has room for; fewer stand at the right.
 * @param {{values: number[], class: string}[]} lines
 */
export function chart(label, length, lines) {
  const top = Math.max(1, ...lines.flatMap(line => line.values));
  const x = (index, count) => width - ((count - 1 - index) * width) / (length - 1);
  const y = value => height - 2 - (value / top) * (height - 6);
  return h('figure', { class: 'chart' },
    h('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      lines.map(line => h('polyline', {
        class: line.class,
        points: line.values.map((value, index) => `${x(index, line.values.length).toFixed(1)},${y(value).toFixed(1)}`).join(' '),
      }))));
}
