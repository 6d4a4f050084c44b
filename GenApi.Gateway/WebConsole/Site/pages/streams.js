// The streams under way on this gateway.

import { h } from '../dom.js';
import { button, functionLink, table } from '../parts.js';
import { count, many, millis } from '../text.js';

export default {
  title: 'Streams',

  open(page) {
    page.follow(signal => page.gateway.get('streams', signal), streams => [
      h('h1', null, 'Streams ', h('small', null, `${many(streams.length, 'stream')} under way on this gateway`)),
      table([
        { title: 'request', of: row => h('code', null, row.request_id) },
        { title: 'function', of: row => [h('span', { class: 'dim' }, `${row.service}/`), functionLink(row)] },
        { title: 'user', of: row => row.user_id ?? '' },
        { title: 'node', of: row => row.node ?? '' },
        { title: 'age', number: true, of: row => millis(row.age_ms) },
        { title: 'chunks', number: true, of: row => count(row.chunks) },
        { title: '', of: row => button('Stop', () => page.act(
          () => page.gateway.send('POST', `streams/${encodeURIComponent(row.request_id)}/stop`), () => `Stopped ${row.request_id}.`,
          `Stop the stream ${row.request_id}?`), { class: 'quiet' }) },
      ], streams, { empty: 'No stream is under way.', key: row => `${row.request_id} ${row.user_id}` }),
    ]);
  },
};
