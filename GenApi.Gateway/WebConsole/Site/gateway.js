// The gateway's HTTP, as the console uses it: everything it shows and does is the admin API.

import { pause } from './soon.js';

/** How long the gateway may take to answer, in milliseconds: longer than it waits itself for Redis or for other gateways. */
const patience = 15_000;

/** An answer that is no success: the gateway's own sentence, its status and its code. */
export class GatewayError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Names the gateway that is to answer, and the one that has answered. */
const header = 'X-GenApi-Gateway';

export class Gateway {
  #token;
  #asked;
  #told;

  // The request that goes ahead of others while no gateway has answered yet, so that all come to the same.
  #first = null;

  // The console's folder is one below the gateway's own path, wherever a proxy puts that.
  static base = new URL('../', document.baseURI);

  /**
   * Asks one gateway, also where a proxy leads to several: that which is given, or else the first that answers, for as long as it lives.
   * @param {string} token The admin token, or that of a user with the role genapi-admin.
   * @param {string|null} asked The id of the gateway to ask; null: any.
   * @param {{refused?: (error: GatewayError) => void, asks?: (id: string) => void, lost?: (id: string) => void}} told
   * Told when the token is no longer taken, which gateway is asked from now on, and that it is gone; then another is asked.
   */
  constructor(token, asked = null, told = {}) {
    this.#token = token;
    this.#asked = asked;
    this.#told = told;
  }

  /** The id of the gateway that is asked; null: any, as none has answered yet. */
  get asked() {
    return this.#asked;
  }

  /** Asks that gateway from now on. */
  ask(id) {
    this.#asked = id;
    this.#told.asks?.(id);
  }

  /** What `GET /admin/{path}` answers. */
  get(path, signal) {
    return this.#json('GET', `admin/${path}`, undefined, signal);
  }

  /** Has something done. What is answered, or null for nothing. */
  send(method, path, body) {
    return this.#json(method, `admin/${path}`, body);
  }

  /** The objects of a live answer, one per line, until it ends or the signal aborts. */
  async *lines(path, signal) {
    const answer = await this.#ask('GET', `admin/${path}`, undefined, signal);
    for await (const line of linesOf(answer.body)) {
      if (line.trim() !== '') {
        yield exactJson(line);
      }
    }
  }

  /**
   * Makes a call as a user, and yields each answer: the HTTP status, and the response object if there is one. An async call yields
   * its acknowledgement first, and a stream each chunk.
   */
  async *call({ service, requestType, version, args, userId, roles }, signal) {
    const { access_token: token } = await this.send('POST', 'tokens', { user_id: userId, roles, expires_in: 600 });
    const path = `api/${encodeURIComponent(service)}/${encodeURIComponent(requestType)}${version ? `?version=${encodeURIComponent(version)}` : ''}`;
    let answer = await this.#fetch('POST', path, token, args, signal);
    if (answer.headers.get('Content-Type')?.startsWith('text/event-stream')) {
      for await (const line of linesOf(answer.body)) {
        if (line.startsWith('data: ')) {
          yield { status: answer.status, response: exactJson(line.slice(6)) };
        }
      }
      return;
    }

    yield { status: answer.status, response: await jsonOf(answer, exactJson) };
    const later = answer.headers.get('Location');
    while (answer.status === 202 && later) {
      await pause(500, signal);
      answer = await this.#fetch('GET', later.replace(/^\//, ''), token, undefined, signal);
      if (answer.status !== 202) {
        yield { status: answer.status, response: await jsonOf(answer, exactJson) };
      }
    }
  }

  /** An example request for each function. */
  async examples(signal) {
    return Object.values(await this.#json('GET', 'api/examples', undefined, signal)).map(example => example.data);
  }

  /** The OpenAPI document of all functions. */
  openApi() {
    return this.#json('GET', 'openapi/v1.json');
  }

  async #json(method, path, body, signal) {
    const late = AbortSignal.timeout(patience);
    try {
      const answer = await this.#ask(method, path, body, signal ? AbortSignal.any([signal, late]) : late);
      return answer.status === 204 ? null : await jsonOf(answer);
    } catch (error) {
      throw late.aborted && !signal?.aborted ? new GatewayError(0, 'unreachable',
        `The gateway has not answered within ${patience / 1000} s. If this browser has many Events or Traces pages of it open, close some: they may hold all its connections.`) : error;
    }
  }

  /** The answer of the gateway that is asked, if it is a success. */
  async #ask(method, path, body, signal) {
    while (!this.#asked && this.#first) {
      await this.#first;
    }
    if (this.#asked) {
      return this.#askOne(method, path, body, signal);
    }

    const { promise, resolve } = Promise.withResolvers();
    this.#first = promise;
    try {
      return await this.#askOne(method, path, body, signal);
    } finally {
      this.#first = null;
      resolve();
    }
  }

  async #askOne(method, path, body, signal) {
    const asked = this.#asked;
    const answer = await this.#fetch(method, path, this.#token, body, signal, asked);
    try {
      await this.#check(answer);
    } catch (error) {
      if (error.code !== 'unknown_gateway' || !this.#told.lost) {
        throw error;
      }

      // Of requests that find this out together, one tells.
      if (this.#asked === asked) {
        this.#asked = null;
        this.#told.lost(asked);
      }

      // Each gateway numbers its own traces: on another one the same id is somebody else's.
      if (path.startsWith('admin/trace/')) {
        throw error;
      }

      // It got no request, so another one may get this.
      return this.#ask(method, path, body, signal);
    }

    const answered = answer.headers.get(header);
    if (!this.#asked && answered) {
      this.ask(answered);
    }
    return answer;
  }

  async #fetch(method, path, token, body, signal, asked = null) {
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new GatewayError(401, 'unauthenticated', 'A token has no other characters than printable ASCII without spaces.');
    }
    const headers = { Authorization: `Bearer ${token}` };
    if (asked) {
      headers[header] = asked;
    }
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    try {
      return await fetch(new URL(path, Gateway.base), {
        method, headers, signal, cache: 'no-store', body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      });
    } catch (error) {
      throw signal?.aborted ? error : new GatewayError(0, 'unreachable', 'The gateway does not answer.');
    }
  }

  async #check(answer) {
    if (answer.ok) {
      return;
    }
    const problem = await jsonOf(answer);
    const error = new GatewayError(answer.status, problem?.code, problem?.error ?? `The gateway answered ${answer.status}.`);
    if (answer.status === 401) {
      this.#told.refused?.(error);
    }
    throw error;
  }
}

/**
 * JSON to be shown or sent on, not to be counted with: a number that JavaScript would round keeps its digits, which JSON.stringify writes
 * again. Browsers that cannot do so round it.
 */
export const exactJson = text => JSON.parse(text, (_, value, origin) =>
  typeof value === 'number' && JSON.rawJSON && origin.source !== String(value) ? JSON.rawJSON(origin.source) : value);

async function jsonOf(answer, parse = JSON.parse) {
  const text = await answer.text();
  try {
    return text === '' ? null : parse(text);
  } catch {
    return null;
  }
}

async function* linesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    while (true) {
      const { done, value } = await reader.read().catch(error => {
        throw error.name === 'TypeError' ? new GatewayError(0, 'unreachable', 'The connection to the gateway broke off.') : error;
      });
      if (done) {
        break;
      }
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      yield* lines;
    }
    if (rest !== '') {
      yield rest;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
