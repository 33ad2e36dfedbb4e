import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ModelEvent, ModelRequest } from "../../src/core/model.ts";
import { redactor } from "../../src/policy/redactor.ts";
import { connectionOf } from "../../src/providers/connection.ts";
import type { Timeouts } from "../../src/providers/provider.ts";
import { resolveModel } from "../../src/providers/registry.ts";
import { makeFetch } from "../../src/providers/transport/fetch.ts";
import { makeUpstream, maxStreamBytes, maxStreamEvents } from "../../src/providers/upstream.ts";
import { all, frame, loopback, messagesAnswer, openSse, sse } from "./loopback.ts";

const key = "sk-test-0123456789";

const request: ModelRequest = {
  model: "ignored",
  system: [{ type: "text", text: "Be brief." }],
  messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
  tools: [],
  maxOutputTokens: 100,
  stream: true,
};

type Setup = { name?: string; timeouts?: Partial<Timeouts>; options?: Record<string, never> };

/** An upstream of a provider whose address is replaced by a loopback one. */
function upstreamAt(baseUrl: string, { name = "anthropic/claude-test", timeouts = {} }: Setup = {}) {
  const { provider, model } = resolveModel(name, { [name.split("/")[0] ?? ""]: { baseUrl } });
  const env = Object.fromEntries(provider.keys.slice(0, 1).map(({ variable }) => [variable, key]));
  return makeUpstream({
    provider: { ...provider, timeouts: { ...provider.timeouts, ...timeouts } },
    model,
    connection: connectionOf(provider, env, {}),
    fetch: makeFetch({ env: {}, connectMs: 2_000 }),
    now: () => Date.parse("2026-11-24T12:00:00Z"),
    redact: redactor([key]).text,
  });
}

const run = (url: string, setup?: Setup, signal = new AbortController().signal): Promise<ModelEvent[]> =>
  all(upstreamAt(url, setup).stream(request, { signal }));

const textOf = (events: ModelEvent[]): string =>
  events.map((event) => (event.type === "part.delta" ? event.delta : "")).join("");

/** The terminal event; there is exactly one and it is the last. */
function ending(events: ModelEvent[]): Extract<ModelEvent, { type: "end" | "error" }> {
  const terminal = events.filter((event) => event.type === "end" || event.type === "error");
  expect(terminal).toHaveLength(1);
  const [last] = terminal;
  expect(events.at(-1)).toBe(last);
  if (last?.type !== "end" && last?.type !== "error") throw new Error("no terminal event");
  return last;
}

const errorOf = (events: ModelEvent[]) => {
  const last = ending(events);
  if (last.type !== "error") throw new Error(`ended with ${JSON.stringify(last)}`);
  return last.error;
};

describe("a request as it reaches each kind of provider", () => {
  const chat = [
    {
      id: "c1",
      object: "chat.completion.chunk",
      model: "m",
      choices: [{ index: 0, delta: { role: "assistant", content: "Hello" } }],
    },
    {
      id: "c1",
      object: "chat.completion.chunk",
      model: "m",
      choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
    },
  ].map((chunk) => JSON.stringify(chunk));
  const responses = [
    {
      type: "response.created",
      response: { id: "r1", object: "response", status: "in_progress", model: "m", output: [] },
    },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { id: "i", type: "message", role: "assistant", status: "in_progress", content: [] },
    },
    {
      type: "response.content_part.added",
      item_id: "i",
      output_index: 0,
      content_index: 0,
      part: { type: "output_text", text: "", annotations: [] },
    },
    { type: "response.output_text.delta", item_id: "i", output_index: 0, content_index: 0, delta: "Hello" },
    { type: "response.output_text.done", item_id: "i", output_index: 0, content_index: 0, text: "Hello" },
    {
      type: "response.output_item.done",
      output_index: 0,
      item: {
        id: "i",
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "Hello", annotations: [] }],
      },
    },
    {
      type: "response.completed",
      response: {
        id: "r1",
        object: "response",
        status: "completed",
        model: "m",
        output: [],
        usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
      },
    },
  ];
  const gemini = [
    JSON.stringify({
      candidates: [
        { content: { role: "model", parts: [{ text: "Hello" }] }, finishReason: "STOP", index: 0 },
      ],
      modelVersion: "m",
      responseId: "g1",
    }),
  ];

  test.each([
    [
      "anthropic/claude-test",
      "/v1/messages",
      "x-api-key",
      key,
      messagesAnswer("Hello"),
      { model: "claude-test" },
    ],
    ["openai/gpt-test", "/responses", "authorization", `Bearer ${key}`, responses, { model: "gpt-test" }],
    [
      "google/gemini-test",
      "/v1beta/models/gemini-test:streamGenerateContent?alt=sse",
      "x-goog-api-key",
      key,
      gemini,
      {},
    ],
    [
      "openrouter/a/b",
      "/chat/completions",
      "authorization",
      `Bearer ${key}`,
      [...chat, "[DONE]"],
      { model: "a/b", usage: { include: true } },
    ],
    [
      "ollama/qwen",
      "/chat/completions",
      "authorization",
      `Bearer ${key}`,
      [...chat, "[DONE]"],
      { model: "qwen" },
    ],
  ] as const)("%s", async (name, path, header, value, events, body) => {
    const server = await loopback((response) => sse(response, ...events));
    const received = await run(server.url, { name });
    expect(textOf(received)).toBe("Hello");
    expect(ending(received)).toMatchObject({ type: "end", reason: "stop" });
    expect(received[0]).toMatchObject({ type: "start", requestId: "req_1" });
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: "POST", url: path });
    expect(seen?.headers[header]).toBe(value);
    expect(seen?.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(seen?.body ?? "")).toMatchObject(body);
    const carriers = Object.values(seen?.headers ?? {}).filter((text) => String(text).includes(key));
    expect(carriers).toHaveLength(1);
  });

  test("what an SDK would read from variables of the process does not travel to other vendors", async () => {
    const poison = {
      OPENAI_CUSTOM_HEADERS: "x-gateway-key: poison",
      OPENAI_ORG_ID: "poison",
      OPENAI_API_KEY: "poison",
      OPENAI_BASE_URL: "http://poison.invalid",
      ANTHROPIC_CUSTOM_HEADERS: "x-gateway-key: poison",
      ANTHROPIC_AUTH_TOKEN: "poison",
    };
    const before = { ...process.env };
    Object.assign(process.env, poison);
    onTestFinished(() => {
      for (const name of Object.keys(poison)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    });
    const server = await loopback((response) => void response.writeHead(500).end());
    await run(server.url, { name: "deepseek/deepseek-chat" });
    await run(server.url, { name: "anthropic/claude-test" });
    expect(server.seen).toHaveLength(2);
    expect(JSON.stringify(server.seen)).not.toContain("poison");
  });

  test("the body is the codec's bytes, not an SDK's re-print of them", async () => {
    const server = await loopback((response) => sse(response, ...messagesAnswer("x")));
    await run(server.url);
    await run(server.url);
    expect(server.seen[0]?.body).toBe(server.seen[1]?.body);
    expect(server.seen[0]?.body).toMatch(/^\{"model":"claude-test"/);
  });

  test("OpenRouter's own figure of what it charged comes with the usage", async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 0.00123 };
    const last = JSON.stringify({
      id: "c1",
      object: "chat.completion.chunk",
      model: "m",
      choices: [],
      usage,
    });
    const server = await loopback((response) => sse(response, ...chat, last, "[DONE]"));
    const events = await run(server.url, { name: "openrouter/a/b" });
    expect(events.findLast((event) => event.type === "usage")).toMatchObject({ cost: 1_230_000 });
  });

  test("nothing is sent twice: the SDKs' own retries are off", async () => {
    const server = await loopback(
      (response) => void response.writeHead(503, { "retry-after-ms": "1" }).end(),
    );
    for (const name of ["anthropic/m", "openai/m", "google/m", "groq/m"]) await run(server.url, { name });
    expect(server.seen).toHaveLength(4);
  });
});

describe("trouble ends in its code, once, with what came before it", () => {
  const [start = {}, open = {}, delta = {}] = messagesAnswer("partial");

  test.each([
    [429, { "retry-after": "7" }, "rate_limited", { retryAfterMs: 7_000 }],
    [
      429,
      { "retry-after": "Tue, 24 Nov 2026 12:00:30 GMT", date: "Tue, 24 Nov 2026 12:00:00 GMT" },
      "rate_limited",
      { retryAfterMs: 30_000 },
    ],
    [529, {}, "overloaded", {}],
    [500, {}, "overloaded", {}],
    [401, {}, "auth", {}],
    [400, {}, "invalid_request", {}],
  ] as const)("HTTP %i with %o", async (status, headers, code, rest) => {
    const body = JSON.stringify({ type: "error", error: { type: "some_error", message: "Why it was." } });
    const server = await loopback((response) => {
      response.writeHead(status, { "content-type": "application/json", "request-id": "req_9", ...headers });
      response.end(body);
    });
    const error = errorOf(await run(server.url));
    expect(error).toMatchObject({ code, status, requestId: "req_9", ...rest });
    expect(error.message).toContain("Why it was.");
    expect(error.raw).toBe(body);
  });

  test.each([
    [401, "application/json"],
    [502, "text/html"],
    [200, "text/html"],
    [200, "text/event-stream"],
  ])(
    "a key in an error (%i, %s) is taken out of sentence and body, also where the body is cut",
    async (status, type) => {
      const message = `no such key ${key}, ${encodeURIComponent(key)}`;
      const error = { type: "error", error: { type: "authentication_error", message } };
      // The kept part of the body ends in the middle of the key.
      const filler = "x".repeat(8192 - JSON.stringify(error).length - 20);
      const text = JSON.stringify({ ...error, filler, key });
      const server = await loopback((response) => {
        response.writeHead(status, { "content-type": type });
        response.end(
          type === "text/event-stream" ? frame(error) : type === "text/html" ? `<p>${text}` : text,
        );
      });
      const events = await run(server.url);
      expect(JSON.stringify(events)).not.toContain(key.slice(0, 12));
      expect(JSON.stringify(errorOf(events))).toContain("no such key [redacted]");
    },
  );

  describe("an answer without end", () => {
    /** Gives one chunk after another for as long as it is asked. */
    async function endless(first: string, chunk: string): Promise<{ events: ModelEvent[]; chunks: number }> {
      const { provider, model } = resolveModel("anthropic/claude-test", {});
      let chunks = 0;
      async function* body() {
        yield Buffer.from(first);
        const bytes = Buffer.from(chunk);
        for (;;) {
          chunks += 1;
          yield bytes;
        }
      }
      const upstream = makeUpstream({
        provider,
        model,
        connection: connectionOf(provider, { ANTHROPIC_API_KEY: key }, {}),
        fetch: async () => ({
          status: 200,
          headers: { "content-type": "text/event-stream" },
          body: body(),
          release: () => undefined,
        }),
        now: () => 0,
        redact: (text) => text,
      });
      const events: ModelEvent[] = [];
      for await (const event of upstream.stream(request, { signal: new AbortController().signal })) {
        if (event.type !== "part.delta" || events.length < 100) events.push(event);
      }
      return { events, chunks };
    }

    test.each([
      ["bytes", maxStreamBytes, `: ${"comment ".repeat(2 ** 17)}\n\n`, 2 ** 20],
      [
        "events",
        maxStreamEvents,
        frame({ ...delta, delta: { type: "text_delta", text: "x" } }).repeat(5_000),
        5_000,
      ],
      ["bytes of one event", 16 * 2 ** 20, `data: ${"x".repeat(2 ** 20)}\n`, 2 ** 20],
    ])(
      "ends at the bound of %s, with what came before it",
      { timeout: 120_000 },
      async (_, bound, chunk, each) => {
        const { events, chunks } = await endless(frame(start) + frame(open) + frame(delta), chunk);
        expect(errorOf(events)).toMatchObject({
          code: "oversized",
          message: expect.stringMatching(/larger|longer/),
        });
        expect(textOf(events)).toMatch(/^partial/);
        expect(events.at(-2)).toMatchObject({
          type: "part.end",
          part: { text: expect.stringMatching(/^partial/) },
        });
        expect(chunks).toBeLessThanOrEqual(bound / each + 2);
        expect(chunks).toBeGreaterThanOrEqual(bound / each - 2);
      },
    );

    test("in one piece is not taken for a wrong address", async () => {
      const server = await loopback((response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const piece = Buffer.alloc(2 ** 20, 32);
        const more = (): void => {
          while (!response.destroyed && response.write(piece));
          response.once("drain", more);
        };
        more();
      });
      const error = errorOf(await run(server.url));
      expect(error).toMatchObject({ code: "oversized", message: expect.stringContaining("64 MB") });
    });
  });

  test("an error in mid-stream keeps the parts before it", async () => {
    const failure = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const server = await loopback((response) => sse(response, start, open, delta, failure));
    const events = await run(server.url);
    expect(textOf(events)).toBe("partial");
    expect(errorOf(events)).toMatchObject({ code: "overloaded", requestId: "req_1" });
  });

  test("no response in time is a timeout", async () => {
    const server = await loopback(() => undefined);
    const error = errorOf(await run(server.url, { timeouts: { firstByteMs: 40 } }));
    expect(error).toMatchObject({ code: "timeout", message: "No response within 0.04 s." });
    await server.closed(0);
  });

  test("silence in mid-stream is a stall, and pings do not hide it", async () => {
    const server = await loopback((response) => {
      openSse(response);
      response.write(frame(start) + frame(open) + frame(delta));
      const pings = setInterval(() => response.write(`: comment\n\n${frame({ type: "ping" })}`), 10);
      response.once("close", () => clearInterval(pings));
    });
    const events = await run(server.url, { timeouts: { idleMs: 120 } });
    expect(textOf(events)).toBe("partial");
    expect(errorOf(events)).toMatchObject({ code: "stalled", message: "The stream was silent for 0.12 s." });
    await server.closed(0);
  });

  test("a reset in mid-stream is the network's", async () => {
    const tcp = createTcpServer((socket) => {
      socket.once("data", () => {
        const head =
          "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        const text = frame(start) + frame(open) + frame(delta);
        socket.write(`${head}${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`, () =>
          socket.resetAndDestroy(),
        );
      });
    }).listen(0, "127.0.0.1");
    await once(tcp, "listening");
    onTestFinished(() => void tcp.close());
    const { port } = tcp.address() as AddressInfo;
    const events = await run(`http://127.0.0.1:${port}`);
    expect(errorOf(events)).toMatchObject({
      code: "network",
      message: expect.stringContaining("ECONNRESET"),
    });
  });

  test("a stream that ends before its terminal event is truncated", async () => {
    const server = await loopback((response) => sse(response, start, open, delta));
    const events = await run(server.url);
    expect(textOf(events)).toBe("partial");
    expect(errorOf(events).code).toBe("truncated");
  });

  test.each([
    ["text/html", "<html>Sign in to the hotel network</html>", "unknown"],
    ["application/json", "{ not json", "unknown"],
    ["text/event-stream", "\u0000\u0001garbage\n\nmore", "truncated"],
  ])("garbage as %s", async (type, body, code) => {
    const server = await loopback((response) => {
      response.writeHead(200, { "content-type": type });
      response.end(body);
    });
    expect(errorOf(await run(server.url)).code).toBe(code);
  });

  test("a local server that is not running is named, with the question that matters", async () => {
    const tcp = createTcpServer().listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const { port } = tcp.address() as AddressInfo;
    tcp.close();
    await once(tcp, "close");
    const error = errorOf(await run(`http://127.0.0.1:${port}`, { name: "ollama/m" }));
    expect(error).toEqual({
      code: "network",
      message: `127.0.0.1:${port}: the connection was refused (ECONNREFUSED); is Ollama running?`,
    });
  });

  test("a redirect to another host is refused and the key stays", async () => {
    const thief = await loopback((response) => sse(response, ...messagesAnswer("stolen")));
    const server = await loopback((response) => {
      response.writeHead(307, { location: `${thief.url}/v1/messages` });
      response.end();
    });
    const error = errorOf(await run(server.url));
    expect(error).toMatchObject({ code: "invalid_request", status: 307 });
    expect(error.message).toContain(`redirects to ${thief.url}`);
    expect(thief.seen).toEqual([]);
  });

  test("abort closes the socket and is told as abort, with what had come", async () => {
    const controller = new AbortController();
    const server = await loopback((response) => {
      openSse(response);
      response.write(frame(start) + frame(open) + frame(delta));
    });
    const events: ModelEvent[] = [];
    for await (const event of upstreamAt(server.url).stream(request, { signal: controller.signal })) {
      events.push(event);
      if (event.type === "part.delta") controller.abort();
    }
    expect(textOf(events)).toBe("partial");
    expect(errorOf(events).code).toBe("aborted");
    await server.closed(0);
  });

  test("aborted before it began, nothing is sent", async () => {
    const server = await loopback((response) => void response.end());
    expect(errorOf(await run(server.url, {}, AbortSignal.abort())).code).toBe("aborted");
    expect(server.seen).toEqual([]);
  });

  test("a reader that walks away lets go of the connection", async () => {
    const server = await loopback((response: ServerResponse) => {
      openSse(response);
      response.write(frame(start) + frame(open) + frame(delta));
    });
    const signal = new AbortController().signal;
    for await (const event of upstreamAt(server.url).stream(request, { signal })) {
      if (event.type === "part.delta") break;
    }
    await server.closed(0);
  });
});

describe("answers that are not streams", () => {
  test("a whole response gives the events its stream would have given", async () => {
    const server = await loopback((response) => {
      response.writeHead(200, { "content-type": "application/json", "request-id": "req_2" });
      response.end(
        JSON.stringify({
          id: "msg_2",
          type: "message",
          role: "assistant",
          model: "claude-test",
          content: [{ type: "text", text: "Whole" }],
          stop_reason: "end_turn",
          stop_sequence: null,
          usage: { input_tokens: 3, output_tokens: 2 },
        }),
      );
    });
    const signal = new AbortController().signal;
    const events = await all(upstreamAt(server.url).stream({ ...request, stream: false }, { signal }));
    expect(events).toContainEqual(
      expect.objectContaining({ type: "part.end", part: { type: "text", text: "Whole" } }),
    );
    expect(events[0]).toMatchObject({ type: "start", requestId: "req_2" });
    expect(ending(events)).toMatchObject({ type: "end", reason: "stop" });
  });
});
