// The npm SignalR client under the command of a test; see commands.mjs, and `operations` below.
// While a loop of calls runs, it also writes {"event":"answerer"|"failure",…}.
import { HttpTransportType, HubConnectionBuilder, JsonHubProtocol, LogLevel } from '@microsoft/signalr';
import { obeyCommands, write } from './commands.mjs';

const completionMessage = 3;
const connections = new Map();
const loops = new Map();
let lastHandle = 0;

// Counts what is sent and received, across all connections, so that the order of two of them can be told.
let clock = 0;

// The client itself overlooks a second answer to the same invocation. Here every one is counted.
class CountingProtocol extends JsonHubProtocol {
  answers = new Map();

  parseMessages(input, logger) {
    const messages = super.parseMessages(input, logger);
    for (const message of messages) {
      if (message.type === completionMessage) {
        this.answers.set(message.invocationId, (this.answers.get(message.invocationId) ?? 0) + 1);
      }
    }
    return messages;
  }
}

function connectionOf(command) {
  const connection = connections.get(command.connection);
  if (!connection) {
    throw new Error(`There is no connection ${command.connection}.`);
  }
  return connection;
}

async function invoke(connection, method, args) {
  connection.invocations++;
  return await connection.hub.invoke(method, ...args);
}

async function callAgainAndAgain(loop) {
  while (!loop.stopping && loop.calls.length < loop.limit) {
    const call = { request_id: `${loop.prefix}-${loop.calls.length}`, sent: ++clock };
    loop.calls.push(call);
    try {
      const answer = await invoke(loop.connection, 'Call', [{ ...loop.request, request_id: call.request_id }]);
      call.answered = ++clock;
      call.success = answer.success;
      call.own_id = answer.request_id === call.request_id;
      call.code = answer.code ?? null;
      call.can_retry = answer.can_retry ?? null;
      call.process_id = answer.result?.process_id ?? null;
    } catch (fault) {
      call.answered = ++clock;
      call.success = false;
      call.fault = String(fault);
    }

    if (!call.success) {
      write({ event: 'failure', request_id: call.request_id, code: call.code, fault: call.fault });
    } else if (call.process_id !== null && !loop.answerers.has(call.process_id)) {
      loop.answerers.add(call.process_id);
      write({ event: 'answerer', process_id: call.process_id });
    }
  }
}

const operations = {
  // url, token, token_by: "header" | "query", transport: a name of HttpTransportType → the connection's handle
  async connect({ url, token, token_by, transport }) {
    const options = { transport: HttpTransportType[transport ?? 'WebSockets'] };
    let address = url;
    if (token && token_by === 'query') {
      address = `${url}?access_token=${encodeURIComponent(token)}`;
    } else if (token) {
      options.headers = { Authorization: `Bearer ${token}` };
    }

    const protocol = new CountingProtocol();
    const hub = new HubConnectionBuilder().withUrl(address, options).withHubProtocol(protocol).configureLogging(LogLevel.None).build();
    const connection = { hub, protocol, invocations: 0, events: [], closed: null };
    hub.on('genapi', (message) => connection.events.push(message));
    hub.onclose((fault) => (connection.closed = fault ? String(fault) : 'closed'));
    await hub.start();
    connections.set(++lastHandle, connection);
    return lastHandle;
  },

  // connection, method, args → what the hub method answers
  async invoke(command) {
    return await invoke(connectionOf(command), command.method, command.args);
  },

  // connection, method, args → null, as soon as it is sent
  async send(command) {
    await connectionOf(command).hub.send(command.method, ...command.args);
    return null;
  },

  // connection → what has happened on it
  report(command) {
    const { protocol, invocations, events, closed } = connectionOf(command);
    const counts = [...protocol.answers.values()];
    return { invocations, answered: counts.length, answered_twice: counts.filter((count) => count > 1).length, events, closed };
  },

  // connection, request, prefix, parallel, limit → the loop's handle; so many calls are under way at any time
  start_loop(command) {
    const { request, prefix, parallel, limit } = command;
    const loop = { connection: connectionOf(command), request, prefix, limit, calls: [], answerers: new Set(), stopping: false };
    loop.done = Promise.all(Array.from({ length: parallel }, () => callAgainAndAgain(loop)));
    loops.set(++lastHandle, loop);
    return lastHandle;
  },

  // loop → its calls, when the last one is answered
  async stop_loop(command) {
    const loop = loops.get(command.loop);
    loop.stopping = true;
    await loop.done;
    return loop.calls;
  },

  async close(command) {
    await connectionOf(command).hub.stop();
    return null;
  },
};

obeyCommands(operations);
