import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { loopback, messagesAnswer, sse } from "./loopback.ts";

/** Asks one model and prints what it said and which of the platform's heavy parts were loaded on the way. */
const program = (source: string): string => `
import { connectionOf } from "${source}/connection.ts";
import { resolveModel } from "${source}/registry.ts";
import { makeFetch } from "${source}/transport/fetch.ts";
import { makeUpstream } from "${source}/upstream.ts";
async function main() {
  const [, , name, baseUrl] = process.argv;
  const { provider, model } = resolveModel(name, { [name.split("/")[0]]: { baseUrl } });
  const env = { [provider.keys[0].variable]: "k" };
  const fetch = makeFetch({ env: {}, connectMs: 5000 });
  const upstream = makeUpstream({ provider, model, connection: connectionOf(provider, env, {}), fetch, now: Date.now, redact: (text) => text });
  const messages = [{ role: "user", parts: [{ type: "text", text: "Hi" }] }];
  const request = { model, system: [], tools: [], messages, maxOutputTokens: 10, stream: true };
  const events = [];
  for await (const event of upstream.stream(request, { signal: new AbortController().signal })) events.push(event);
  const heavy = process.moduleLoadList.filter((entry) => /undici/.test(entry));
  process.stdout.write(JSON.stringify({ heavy, last: events.at(-1) }));
}
main();
`;

test("bundled to CommonJS as the build does it, a first request loads no undici", {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "tau-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const entry = join(folder, "main.ts");
  writeFileSync(entry, program(resolve("src/providers")));
  const outfile = join(folder, "main.cjs");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    inject: [resolve("src/providers/transport/web.ts")],
    nodePaths: [resolve("node_modules")],
    logLevel: "error",
  });
  const server = await loopback((response, { url }) => {
    if (url === "/v1/messages") return sse(response, ...messagesAnswer("Hello"));
    response.writeHead(418, { "content-type": "application/json" });
    response.end('{"error":{"message":"teapot"}}');
  });
  for (const [name, last] of [
    ["anthropic/m", { type: "end" }],
    ["openai/m", { type: "error", error: { status: 418 } }],
    ["google/m", { type: "error", error: { status: 418 } }],
  ] as const) {
    const { stdout } = await promisify(execFile)(process.execPath, [outfile, name, server.url]);
    expect(JSON.parse(stdout), name).toMatchObject({ heavy: [], last });
  }
  expect(server.seen).toHaveLength(3);
});
