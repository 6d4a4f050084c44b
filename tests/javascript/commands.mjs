// A program under the command of a test.
//
// In:  one JSON command per line on standard input, {"id":1,"op":"connect",…}.
// Out: one JSON answer per line, {"id":1,"result":…} or {"id":1,"error":"…"}, in the order in which they are ready;
//      and whatever else the program writes in between.
// It ends when its input ends, and in any case after five minutes.
import { createInterface } from 'node:readline';

const longest = 5 * 60 * 1000;

/** Writes a line that the test reads. */
export const write = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

/**
 * Obeys until the input ends.
 * @param {Record<string, (command: any) => any>} operations What can be done, by name. A command's other members are what it is done with.
 * @param {() => Promise<void>} [leave] Done before the program ends.
 */
export function obeyCommands(operations, leave = async () => {}) {
  async function obey(line) {
    const { id, op, ...command } = JSON.parse(line);
    try {
      if (!Object.hasOwn(operations, op)) {
        throw new Error(`There is no operation ${op}.`);
      }
      write({ id, result: (await operations[op](command)) ?? null });
    } catch (fault) {
      write({ id, error: String(fault) });
    }
  }

  const end = (code) => leave().finally(() => process.exit(code));
  setTimeout(() => end(3), longest).unref();
  createInterface({ input: process.stdin }).on('line', obey).on('close', () => end(0));
}
