// The console: who is signed in, the list of pages, and the page that the address names.

import { GatewayChoice } from './choice.js';
import { h, show } from './dom.js';
import { Gateway } from './gateway.js';
import { Page } from './page.js';
import * as session from './session.js';
import cluster from './pages/cluster.js';
import configs from './pages/configs.js';
import debug from './pages/debug.js';
import events from './pages/events.js';
import functions from './pages/functions.js';
import health from './pages/health.js';
import limits from './pages/limits.js';
import overview from './pages/overview.js';
import streams from './pages/streams.js';
import traces from './pages/traces.js';

const pages = { overview, functions, cluster, health, limits, configs, streams, traces, events, debug };
const start = 'overview';

let open = null;
let gateway = null;
let choice = null;

function route() {
  try {
    const [name, ...parts] = location.hash.replace(/^#\//, '').split('/').map(decodeURIComponent);
    if (Object.hasOwn(pages, name)) {
      return { name, parts };
    }
  } catch {
    // A mistyped address, with a % that stands for nothing.
  }
  return { name: start, parts: [] };
}

function showPage() {
  open?.leave();
  open = null;
  const token = session.token();
  if (!token) {
    showSignIn();
    return;
  }

  if (!gateway) {
    let gone = null;
    gateway = new Gateway(token, session.gateway(), {
      refused: error => leave(error.message),
      asks: id => {
        session.lookAt(id);
        if (gone) {
          sayMoved(gone, id);
          gone = null;
        }
      },
      lost: id => {
        gone = choice.nameOf(id);
      },
    });
    choice = new GatewayChoice(gateway, showPage);
  }

  const { name, parts } = route();
  document.title = [parts.slice(0, 2).join('/'), pages[name].title, 'GenApi'].filter(Boolean).join(' · ');
  show(document.body,
    h('aside', { key: 'pages' },
      h('a', { class: 'brand', href: '#/' }, h('img', { src: 'icon.svg', alt: '', width: 22, height: 22 }), 'GenApi'),
      h('div', { key: 'gateway', class: 'choice' }),
      h('nav', { 'aria-label': 'Pages' }, Object.entries(pages).map(([path, page]) =>
        h('a', { href: `#/${path}`, 'aria-current': path === name ? 'page' : null }, page.title))),
      h('footer', null,
        h('button', { type: 'button', class: 'quiet', onclick: showOpenApi }, 'OpenAPI'),
        h('button', { type: 'button', class: 'quiet', onclick: () => leave(null) }, 'Sign out'))),
    h('main', { key: 'page', tabindex: -1 }));
  open = new Page(document.querySelector('main'), gateway, parts);
  choice.follow(document.querySelector('.choice'), open.signal);
  pages[name].open(open);
}

async function sayMoved(gone, id) {
  const page = open;
  await choice.refresh(page?.signal);
  page?.say(`The gateway ${gone} is gone. ${choice.nameOf(id)} answers now.`, 'failed');
}

/** The document in a tab of its own. It may need the token, which a plain link would not send. */
async function showOpenApi() {
  try {
    const document = new Blob([JSON.stringify(await gateway.openApi(), null, 2)], { type: 'application/json' });
    const address = URL.createObjectURL(document);
    window.open(address, '_blank');

    // The new tab has read it long before.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    open?.say(error.message, 'failed');
  }
}

function leave(problem) {
  session.signOut();
  gateway = null;
  open?.leave();
  open = null;
  showSignIn(problem);
}

function showSignIn(problem) {
  document.title = 'Sign in · GenApi';
  const signIn = async event => {
    event.preventDefault();
    const token = event.target.elements.token.value.trim();
    try {
      await new Gateway(token).get('detail-error');
    } catch (error) {
      showSignIn(error.message);
      return;
    }
    session.signIn(token);
    showPage();
  };
  show(document.body, h('form', { key: 'sign-in', class: 'sign-in', onsubmit: signIn },
    h('h1', null, h('img', { src: 'icon.svg', alt: '', width: 28, height: 28 }), 'GenApi console'),
    problem && h('p', { class: 'notice failed', role: 'alert' }, problem),
    h('label', { class: 'field' }, h('span', null, 'Admin token'),
      h('input', { name: 'token', type: 'password', autocomplete: 'current-password', required: true })),
    h('button', { class: 'main' }, 'Sign in'),
    h('p', { class: 'hint' }, 'The AppHost prints it when the cluster starts; elsewhere it is the setting ', h('code', null, 'GenApi:AdminToken'),
      '. The token of a user with the role ', h('code', null, 'genapi-admin'), ' does as well. It is kept until this tab is closed.')));
  document.querySelector('input').focus();
}

window.addEventListener('hashchange', () => {
  if (session.signInByAddress()) {
    gateway = null;
  }
  showPage();

  // So that who reads by ear or goes by keys is in the new page, not still in the list of pages.
  document.querySelector('main')?.focus({ preventScroll: true });
});
session.signInByAddress();
showPage();
