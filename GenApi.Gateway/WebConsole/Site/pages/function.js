// One function: the way of its calls, what is set for it, and a call to try.

import { h } from '../dom.js';
import { exactJson } from '../gateway.js';
import { badge, brief, button, facts, field, json, link, section, status, table, tile } from '../parts.js';
import { soon } from '../soon.js';
import { count, functionName, micros, millis } from '../text.js';

/** The most chunks of a stream that are shown. */
const mostAnswers = 200;

/** Shows the function that the page's address names: service, name, and version or - for none. */
export function openFunction(page) {
  const [service, requestType, version = '-'] = page.parts;
  const path = `${encodeURIComponent(service)}/${encodeURIComponent(requestType)}`;
  const trial = { args: null, proposed: null, user: 'alice', roles: '', plan: null, answers: [], answered: 0, running: null };
  page.signal.addEventListener('abort', () => trial.running?.abort());
  page.follow(
    async signal => {
      const flow = await page.gateway.get(`flows/${path}?${new URLSearchParams({ version: version === '-' ? '' : version, user_id: trial.user })}`, signal);
      trial.proposed ??= propose(trial, page, flow);
      return flow;
    },
    // An address without a version may show one that has a version; what is done, is done to that.
    flow => view(flow, trial, page, `functions/${path}/${encodeURIComponent(flow.version ?? '-')}`));
}

/** To the list, without asking once more for what is no longer there. */
function goBack(page) {
  page.leave();
  location.hash = '#/functions';
}

/** Arguments that fit, from the gateway's own examples. */
async function propose(trial, page, flow) {
  let args = {};
  try {
    const examples = await page.gateway.examples(page.signal);
    args = examples.find(of => functionName(of) === functionName(flow))?.args ?? {};
  } catch {
    // The examples are a convenience; without them one types.
  }
  trial.args ??= JSON.stringify(args, null, 2);
  page.draw();
}

function view(flow, trial, page, path) {
  const { config } = flow;
  return [
    h('h1', null, link('Functions', 'functions'), ' / ', functionName(flow), ' ', flow.disabled && badge('disabled', 'warn')),
    config.description && h('p', null, config.description),
    flow.error && !flow.disabled && h('p', { class: 'notice trouble' }, flow.error),
    h('div', { class: 'bar' },
      link('Trace its calls', 'traces', flow.service, flow.request_type, flow.version ?? '-'),
      flow.disabled
        ? button('Enable', () => page.act(() => page.gateway.send('POST', `${path}/enable`), () => 'It can be called again.'))
        : button('Disable', () => page.act(() => page.gateway.send('POST', `${path}/disable`), () => 'Its calls are refused now.', `Refuse all calls of ${functionName(flow)}?`)),
      button('Delete', () => page.act(() => page.gateway.send('DELETE', path).then(() => goBack(page)), () => 'It is removed.',
        `Remove ${functionName(flow)}, until its service pushes a new config version?`), { class: 'danger' })),
    h('div', { class: 'tiles' },
      tile('calls', count(flow.calls.calls), 'on this gateway'),
      tile('failures', count(flow.calls.failures), '', flow.calls.failures > 0 ? 'warn' : null),
      tile('mean', flow.calls.calls ? micros(flow.calls.mean_us) : '–', flow.calls.calls ? `p99 about ${micros(flow.calls.p99_us)}, since start` : ''),
      tile('nodes', flow.local ? 'local' : `${flow.reachable_nodes.length} of ${flow.nodes.length}`, 'reachable', flow.reachable_nodes.length < flow.nodes.length ? 'warn' : null)),
    section('The way of a call', null, steps(trial.plan?.steps ?? flow.steps)),
    section('Try it', null, tryOut(flow, trial, page)),
    section('Settings', null, facts([
      ['answers', flow.response_type],
      ['node is chosen by', chosenBy(flow.choose_node_mode)],
      ['timeout', typeof flow.timeout === 'number' ? millis(flow.timeout) : flow.timeout],
      ['runs', [flow.function.name, flow.function.fixed_args && [' with ', brief(flow.function.fixed_args)]]],
      ['permission', flow.permission.description],
      ['before hook', hook(flow.hooks.before_execute)],
      ['after hook', hook(flow.hooks.after_execute)],
      ['retry', flow.retry.configured ? `${flow.retry.attempts} more, ${flow.retry.mode.replaceAll('_', ' ')}` : 'none'],
    ])),
    section('Arguments', null, table([
      { title: 'argument', of: ([name]) => h('code', null, name) },
      { title: 'type', of: ([, type]) => typeof type === 'string' ? type : type.type },
      { title: 'constraints', of: ([, type]) => typeof type === 'string' ? '' : Object.entries(type).filter(([name]) => name !== 'type').map(([name, value]) => h('span', { class: 'constraint' }, `${name} ${JSON.stringify(value)}`)) },
    ], Object.entries(config.arg_types ?? {}), { empty: 'It takes none.', key: ([name]) => name })),
    !flow.local && section('Nodes', null, table([
      { title: 'node', of: row => row.address },
      { title: 'link', of: row => [badge(row.reachable ? 'reachable' : 'unreachable', row.reachable ? 'good' : 'bad'), row.last_failure && h('div', { class: 'dim' }, row.last_failure)] },
      { title: 'breaker', of: row => status(row.breaker) },
      { title: 'in flight', number: true, of: row => count(row.in_flight) },
    ], flow.node_states, { empty: 'No node has it now.', key: row => row.address })),
    section('Rate limits', link('limits', 'limits'), !flow.rate_limit.enabled ? h('p', { class: 'empty' }, 'Rate limits are switched off.') : table([
      { title: 'scope', of: row => row.scope },
      { title: 'by', of: row => h('code', null, row.key) },
      { title: 'at most', number: true, of: row => count(row.max_requests) },
      { title: 'in any', number: true, of: row => millis(row.window_ms) },
      { title: trial.user ? `used by ${trial.user}` : 'used', number: true, of: row => row.use ? count(row.use.current) : '' },
    ], [...flow.rate_limit.global, ...flow.rate_limit.api], { empty: 'None applies.', key: row => `${row.scope} ${row.key}` })),
    h('details', null, h('summary', null, 'The whole config'), json(config)),
  ];
}

/** The stations in their order; after an inspection, with how each would go. */
const steps = list => h('ol', { class: 'steps' }, list.map(step =>
  h('li', { key: step.phase, class: step.outcome ?? '', title: step.desc },
    h('strong', null, step.phase.replaceAll('_', ' ')),
    step.outcome && badge({ pass: 'passes', fail: step.code ?? 'fails', unknown: 'depends' }[step.outcome] ?? step.outcome, { pass: 'good', fail: 'bad' }[step.outcome]),
    h('span', null, step.error ?? step.note ?? step.desc),
    step.details && brief(step.details))));

const chosenBy = mode => typeof mode === 'string' ? mode.replaceAll('_', ' ') : Object.entries(mode ?? {}).map(([name, value]) => `${name} ${value}`).join();

const hook = ({ configured, hook: what }) => configured ? Object.entries(what).map(([where, name]) => `${name} on the ${where === 'gateway' ? 'gateway' : 'node'}`).join() : 'none';

function tryOut(flow, trial, page) {
  const set = name => event => { trial[name] = event.target.value; };
  return [
    h('div', { class: 'form' },
      field('Arguments, a JSON object', h('textarea', { rows: 6, spellcheck: 'false', value: trial.args ?? '', oninput: set('args') })),
      h('div', null,
        field('User', h('input', { value: trial.user, oninput: set('user') }), 'Empty: nobody in particular; only for Inspect.'),
        field('Roles', h('input', { value: trial.roles, oninput: set('roles') }), 'Separated by commas.'))),
    h('div', { class: 'bar' },
      button('Inspect', () => inspect(flow, trial, page), { title: 'Says what would become of the call, without making it' }),
      trial.running ? button('Stop', () => trial.running.abort()) : button('Call', () => call(flow, trial, page), { class: 'main' }),
      (trial.plan || trial.answers.length > 0) && button('Clear', () => { trial.plan = null; trial.answers = []; trial.answered = 0; page.draw(); }, { class: 'quiet' })),
    trial.plan && h('p', { class: `notice ${trial.plan.would_run ? 'done' : 'failed'}` }, trial.plan.would_run
      ? `It would run${trial.plan.target ? `, on ${trial.plan.target}` : ''}.`
      : `It would end at ${trial.plan.stops_at.replaceAll('_', ' ')}: the way of a call above says why.`),
    trial.answered > mostAnswers && h('p', { class: 'dim' }, `The last ${mostAnswers} of ${count(trial.answered)} answers:`),
    trial.answers.map(answer => h('div', { class: 'answer', key: answer.number },
      h('span', null, badge(answer.status, answer.status < 400 ? 'good' : 'bad'), ` after ${millis(Math.round(answer.after))}`), answer.shown)),
  ];
}

/** The arguments as typed; undefined, and said so, where they are no JSON object. */
function argsOf(trial, page) {
  try {
    const args = exactJson(trial.args || '{}');
    if (args && typeof args === 'object' && !Array.isArray(args)) {
      page.say(null);
      return args;
    }
    page.say('The arguments must be a JSON object, such as {"message":"hello"}.', 'failed');
  } catch (error) {
    page.say(`The arguments are no JSON: ${error.message}`, 'failed');
  }
  return undefined;
}

const rolesOf = trial => trial.roles.split(',').map(role => role.trim()).filter(role => role !== '');

async function inspect(flow, trial, page) {
  const args = argsOf(trial, page);
  if (args === undefined) {
    return;
  }
  try {
    trial.plan = await page.gateway.send('POST', 'inspect', {
      service: flow.service, request_type: flow.request_type, version: flow.version, user_id: trial.user || null, user_roles: rolesOf(trial), args,
    });
  } catch (error) {
    page.say(error.message, 'failed');
  }
  page.draw();
}

async function call(flow, trial, page) {
  if (argsOf(trial, page) === undefined) {
    return;
  }
  const running = new AbortController();
  trial.running = running;
  trial.answers = [];
  trial.answered = 0;
  page.draw();
  const drawSoon = soon(() => page.draw());
  const started = performance.now();
  try {
    // As typed: a number that JavaScript cannot hold reaches the function all the same.
    const request = { service: flow.service, requestType: flow.request_type, version: flow.version, args: trial.args || '{}', userId: trial.user, roles: rolesOf(trial) };
    for await (const { status, response } of page.gateway.call(request, running.signal)) {
      trial.answers.push({ number: ++trial.answered, status, shown: json(response), after: performance.now() - started });
      trial.answers.splice(0, trial.answers.length - mostAnswers);
      drawSoon();
    }
  } catch (error) {
    if (!running.signal.aborted) {
      page.say(error.message, 'failed');
    }
  }
  trial.running = null;
  page.draw();
}
