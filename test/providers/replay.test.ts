import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { TauError } from "../../src/core/errors.ts";
import type { Json } from "../../src/core/message.ts";
import type { ModelEvent, ModelRequest } from "../../src/core/model.ts";
import { redactor } from "../../src/policy/redactor.ts";
import { connectionOf } from "../../src/providers/connection.ts";
import { resolveModel } from "../../src/providers/registry.ts";
import { divergence } from "../../src/providers/replay/divergence.ts";
import { parseRecording } from "../../src/providers/replay/recording.ts";
import type { Fetch } from "../../src/providers/transport/fetch.ts";
import { openTransport } from "../../src/providers/transport/open.ts";
import { makeUpstream } from "../../src/providers/upstream.ts";
import { all, loopback, messagesAnswer, openSse, sse } from "./loopback.ts";

const key = "sk-very-secret-0123456789";
const now = () => 1_764_000_000_000;
const redact = redactor([key]).text;

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "tau-replay-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "run.jsonl");
}

function ask(
  fetch: Fetch,
  baseUrl: string,
  text: string,
  signal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const { provider, model } = resolveModel("anthropic/claude-test", { anthropic: { baseUrl } });
  const connection = connectionOf(provider, { ANTHROPIC_API_KEY: key }, {});
  const request: ModelRequest = {
    model,
    system: [],
    messages: [{ role: "user", parts: [{ type: "text", text }] }],
    tools: [],
    maxOutputTokens: 10,
    stream: true,
  };
  return all(makeUpstream({ provider, model, connection, fetch, now, redact }).stream(request, { signal }));
}

describe("a recorded run", () => {
  test("replays to the same events with no server, errors and broken streams included", async () => {
    const path = scratch();
    const [start = {}, open = {}] = messagesAnswer("x");
    const server = await loopback((response, _, index) => {
      if (index === 0) return sse(response, ...messagesAnswer("grüße 🙂"));
      if (index === 1) {
        response.writeHead(429, {
          "content-type": "application/json",
          "retry-after": "9",
          "set-cookie": "private=1",
        });
        response.end('{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}');
        return;
      }
      openSse(response);
      const text = `event: a\ndata: ${JSON.stringify(start)}\n\nevent: b\ndata: ${JSON.stringify(open)}\n\n`;
      response.write(text, () => response.destroy());
    });
    const recording = openTransport({ env: {}, now, redact, record: path });
    const live = [];
    for (const text of ["one", "two", "three"]) live.push(await ask(recording.fetch, server.url, text));
    expect(live.map((events) => events.at(-1))).toMatchObject([
      { type: "end" },
      { type: "error", error: { code: "rate_limited", retryAfterMs: 9_000 } },
      { type: "error", error: { code: "network" } },
    ]);

    const replaying = openTransport({ env: {}, now, redact, replay: path });
    expect(replaying.replayedAt).toBe(now());
    const replayed = [];
    for (const text of ["one", "two", "three"]) replayed.push(await ask(replaying.fetch, server.url, text));
    expect(replayed).toEqual(live);
    expect(server.seen).toHaveLength(3);
  });

  test("holds no credential, whatever the server echoes, and only headers that matter", async () => {
    const path = scratch();
    const server = await loopback((response, request) => {
      response.writeHead(401, {
        "content-type": "application/json",
        "set-cookie": "private=1",
        "x-internal": "private",
      });
      response.end(JSON.stringify({ error: { message: `bad key ${String(request.headers["x-api-key"])}` } }));
    });
    const transport = openTransport({ env: {}, now, redact, record: path });
    await ask(transport.fetch, server.url, `my key is ${key}`);
    await transport
      .fetch(`${server.url.replace("http://", "http://user:pw@")}/x?key=${key}&alt=sse`, {
        method: "GET",
        headers: {},
        signal: new AbortController().signal,
      })
      .then((response) => response.release());
    const text = readFileSync(path, "utf8");
    for (const secret of [key, "private", "x-api-key", "user:pw"]) expect(text).not.toContain(secret);
    expect(text).toContain("bad key [redacted]");
    expect(text).toContain("/x?alt=sse");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is readable for its owner alone, also in place of a file that was open to all", async () => {
    const path = scratch();
    writeFileSync(path, "an old recording", { mode: 0o644 });
    const held = openSync(path, "r");
    onTestFinished(() => closeSync(held));
    const transport = openTransport({ env: {}, now, redact, record: path });
    await transport.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).toBe(`{"type":"recording","v":1,"at":${now()}}\n`);
    // Who had opened the old file reads nothing of the new one.
    expect(readFileSync(held, "utf8")).toBe("an old recording");
  });

  test.each([
    ["a link to a file", (path: string) => symlinkSync(join(path, "..", "target"), path)],
    ["a link to nothing", (path: string) => symlinkSync("nowhere", path)],
    ["a folder", (path: string) => mkdirSync(path)],
  ])("is refused where %s stands, which is left as it is", (_, make) => {
    const path = scratch();
    const target = join(path, "..", "target");
    writeFileSync(target, "precious");
    make(path);
    expect(() => openTransport({ env: {}, now, redact, record: path })).toThrow(/no plain file/);
    expect(readFileSync(target, "utf8")).toBe("precious");
    expect(lstatSync(path).isFile()).toBe(false);
  });

  test("keeps an aborted exchange as one", async () => {
    const path = scratch();
    const controller = new AbortController();
    const server = await loopback((response) => {
      openSse(response);
      response.write("data: x\n\n", () => controller.abort());
    });
    const transport = openTransport({ env: {}, now, redact, record: path });
    const events = await ask(transport.fetch, server.url, "hi", controller.signal);
    expect(events.at(-1)).toMatchObject({ error: { code: "aborted" } });
    const [exchange] = parseRecording(readFileSync(path, "utf8"), path).exchanges;
    expect(exchange?.failure?.code).toBe("AbortError");
  });

  test("a last line that was cut off is left out; any other bad line is named", () => {
    const header = '{"type":"recording","v":1,"at":5}\n';
    expect(parseRecording(`${header}{"type":"exch`, "run.jsonl")).toEqual({
      header: { type: "recording", v: 1, at: 5 },
      exchanges: [],
    });
    expect(() => parseRecording(`${header}{"type":"other"}\n`, "run.jsonl")).toThrow(
      /^run\.jsonl:2 is not a line/,
    );
    expect(() => parseRecording("plain text\n", "run.jsonl")).toThrow(/^run\.jsonl:1 is not a line/);
  });

  test("files that cannot be written or read are refused before anything is asked", () => {
    expect(() => openTransport({ env: {}, now, redact, record: "/nowhere/run.jsonl" })).toThrow(TauError);
    expect(() => openTransport({ env: {}, now, redact, replay: "/nowhere/run.jsonl" })).toThrow(
      /cannot read the recording/,
    );
  });
});

describe("divergence", () => {
  async function recorded(...texts: string[]) {
    const path = scratch();
    const server = await loopback((response, request) => sse(response, ...messagesAnswer(request.body)));
    const transport = openTransport({ env: {}, now, redact, record: path });
    for (const text of texts) await ask(transport.fetch, server.url, text);
    return { fetch: openTransport({ env: {}, now, redact, replay: path }).fetch, url: server.url, path };
  }

  test("names the exchange and the first differing path, with both values", async () => {
    const { fetch, url } = await recorded("first task", "a long text that ends one way");
    await ask(fetch, url, "first task");
    await expect(ask(fetch, url, "a long text that ends another way")).rejects.toMatchObject({
      reason: "failure",
      message:
        'the replay left the recording at exchange 2: messages[0].content[0].text was "long text that ends one way" and is "long text that ends another way"',
    });
  });

  test("says so when the run asks for more than was recorded", async () => {
    const { fetch, url } = await recorded("only");
    await ask(fetch, url, "only");
    await expect(ask(fetch, url, "only")).rejects.toThrow("it has 1 exchanges and the run asks for number 2");
  });

  test("requests that ran beside each other may come in another order", async () => {
    const { fetch, url } = await recorded("a", "b");
    const text = JSON.stringify(await ask(fetch, url, "b"));
    expect(text).toContain('\\"b\\"');
    await ask(fetch, url, "a");
  });

  test("a different path of the URL is a divergence too", async () => {
    const { fetch, path } = await recorded("a");
    writeFileSync(path, "");
    await expect(ask(fetch, "http://127.0.0.1:1/other", "a")).rejects.toThrow(
      'the URL\'s path was "/v1/messages" and is "/other/v1/messages"',
    );
  });

  test("ids drawn anew by each run are not compared", () => {
    expect(
      divergence(
        { prompt_cache_key: "a", metadata: { user_id: "x" } },
        { prompt_cache_key: "b", metadata: { user_id: "y" } },
      ),
    ).toBeNull();
    expect(divergence({ messages: [{ user: "a" }] }, { messages: [{ user: "b" }] })).toMatchObject({
      path: "messages[0].user",
    });
  });

  test("law: equal values never diverge, and a divergence points at unequal values", () => {
    const at = (value: Json | undefined, path: string): Json | undefined => {
      let found = value;
      for (const [, key, index] of path.matchAll(/\.?([^.[\]]+)|\[(\d+)\]/g)) {
        if (Array.isArray(found)) found = found[Number(index)];
        else if (typeof found === "object" && found !== null) found = found[key ?? ""];
      }
      return found;
    };
    const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Json>(null, true, 1, "a", "b", ""),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("p", "q", "r"), tie("value"), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(divergence(a, structuredClone(a))).toBeNull();
        const found = divergence(a, b);
        if (found === null) {
          expect(b).toEqual(a);
          return;
        }
        expect(found.recorded).not.toEqual(found.now);
        if (found.path === "the whole body") return;
        expect(at(a, found.path)).toEqual(found.recorded);
        expect(at(b, found.path)).toEqual(found.now);
      }),
      { numRuns: 1_000 },
    );
  });
});
