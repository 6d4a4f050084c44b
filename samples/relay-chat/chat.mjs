// A chat in the terminal. Whoever starts it first creates the group; the others join.
//
//   npm install
//   TOKEN=… node chat.mjs [ROOM] [GATEWAY]       (default: lobby http://localhost:5080)
//
// docs/relay.md shows how to get a token. Each line you type is sent to all; /who lists the members; /accept USER,
// /mute USER and /unmute USER are for groups that are not public; Ctrl-D leaves.
import { createInterface } from 'node:readline';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const [room = 'lobby', gateway = 'http://localhost:5080'] = process.argv.slice(2);
const hub = new HubConnectionBuilder()
  .withUrl(`${gateway}/genapi`, {
    accessTokenFactory: () => process.env.TOKEN ?? '',
    skipNegotiation: true, transport: HttpTransportType.WebSockets, // one request, so any gateway will do
  })
  .withAutomaticReconnect()
  .configureLogging(LogLevel.Error)
  .build();

const show = (answer) => console.log(answer.success ? JSON.stringify(answer.result) : `! ${answer.error}`);

async function enter() {
  const joined = await hub.invoke('JoinGroup', room);
  show(joined.code === 'not_found' ? await hub.invoke('CreateGroup', room, process.env.ROOM_TYPE ?? 'public') : joined);
}

hub.on('genapi', ({ result }) => console.log(`${result.timestamp.slice(11, 19)} ${result.from_user_id}: ${result.message}`));
hub.onreconnected(enter);
hub.onclose(() => process.exit(1));
await hub.start();
await enter();

for await (const line of createInterface({ input: process.stdin })) {
  const [command, user] = line.split(' ');
  const actions = {
    '/who': ['GroupInfo', room],
    '/accept': ['AcceptMember', room, user ?? ''],
    '/mute': ['MuteMember', room, user ?? ''],
    '/unmute': ['UnmuteMember', room, user ?? ''],
  };
  const answer = await hub.invoke(...(actions[command] ?? ['Relay', room, line]));
  if (command in actions || !answer.success) {
    show(answer);
  }
}

await hub.invoke('LeaveGroup', room);
process.exit(0);
