// Checks a gateway's OpenAPI document with a validator that knows nothing of GenApi, generates a typed client from it, compiles
// that together with caller.ts, and has it call. Writes one JSON object: {"version","valid","errors","calls"}.
// Run as: node openapi.mjs GATEWAY TOKEN
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Validator } from "@seriousme/openapi-schema-validator";

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const [gateway, token] = process.argv.slice(2);

function run(script, ...args) {
  const result = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  if (result.status !== 0) {
    throw new Error(`${path.basename(script)} ended with ${result.status}:\n${result.stdout}\n${result.stderr}`);
  }
}

const response = await fetch(new URL("/openapi/v1.json", gateway), { headers: { Authorization: `Bearer ${token}` } });
if (!response.ok) {
  throw new Error(`The document cannot be fetched: ${response.status} ${await response.text()}`);
}

const text = await response.text();
const validator = new Validator();
const { valid, errors } = await validator.validate(JSON.parse(text));

// Beside node_modules, so that the packages are found from there; removed at the end.
const parent = path.join(here, "obj");
mkdirSync(parent, { recursive: true });
const folder = mkdtempSync(path.join(parent, "client-"));
try {
  const file = (name) => path.join(folder, name);
  writeFileSync(file("openapi.json"), text);
  writeFileSync(file("package.json"), '{"type":"module"}');
  copyFileSync(path.join(here, "caller.ts"), file("caller.ts"));
  run(path.join(here, "node_modules", "oazapfts", "dist", "cli.js"), file("openapi.json"), file("client.ts"));
  writeFileSync(file("tsconfig.json"), JSON.stringify({
    compilerOptions: { strict: true, target: "es2022", lib: ["es2022", "dom", "dom.iterable"], module: "esnext", moduleResolution: "bundler", skipLibCheck: true, types: [] },
    files: ["caller.ts"],
  }));
  run(require.resolve("typescript/lib/tsc.js"), "--project", folder);
  const { callAll } = await import(pathToFileURL(file("caller.js")));
  process.stdout.write(JSON.stringify({ version: validator.version, valid, errors, calls: await callAll(gateway, token) }));
} finally {
  rmSync(parent, { recursive: true, force: true });
}
