/** Everything an upstream can do wrong, in each dialect: the right code, the right events, in time, with work kept. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../src/core/event.ts";
import { addUsage, type Usage, zeroUsage } from "../../src/core/usage.ts";
import { conversationOf, pairingFaults, prefixFault } from "../support/upstream/conversation.ts";
import type { FakeAnswer, FakeUsage, Fault } from "../support/upstream/script.ts";
import { isEntry, ledgerOf, ofType, type Told, told, until } from "./support/run.ts";
import { call, type Scene, scene } from "./support/scene.ts";
import { type Running, startTau } from "./support/tau.ts";

type Kind =
  | "rate_limited"
  | "overloaded"
  | "auth"
  | "forbidden"
  | "malformed"
  | "no model"
  | "too long"
  | "too large"
  | "no credit";

type Dialect = {
  name: string;
  model: string;
  path: RegExp;
  /** What the vendor has counted of an answer that broke off after its text; only two count before the end. */
  counted(usage: Partial<FakeUsage>): Partial<Usage>;
  /** The vendor's own words for each failure: status and body. */
  says: Record<Kind, [number, object]>;
};

const anthropic = (type: string, message: string): object => ({ type: "error", error: { type, message } });
const openai = (code: string | null, type: string, message: string): object => ({
  error: { message, type, param: null, code },
});
const google = (code: number, status: string, message: string, details: object[] = []): object => ({
  error: { code, message, status, ...(details.length > 0 && { details }) },
});
const openrouter = (code: number, message: string): object => ({
  error: { code, message },
  user_id: "user_1",
});
const detail = (type: string, fields: object): object => ({
  "@type": `type.googleapis.com/google.rpc.${type}`,
  ...fields,
});

const dialects: Dialect[] = [
  {
    name: "messages",
    model: "anthropic/claude-sonnet-4-5",
    path: /\/messages$/,
    counted: ({ input = 0, cached = 0 }) => ({ input, cacheRead: cached, output: 1 }),
    says: {
      rate_limited: [
        429,
        anthropic("rate_limit_error", "This request would exceed your rate limit of 50 requests"),
      ],
      overloaded: [529, anthropic("overloaded_error", "Overloaded")],
      auth: [401, anthropic("authentication_error", "invalid x-api-key")],
      forbidden: [403, anthropic("permission_error", "Your API key does not have permission to use this")],
      malformed: [400, anthropic("invalid_request_error", "messages.0: unexpected field")],
      "no model": [404, anthropic("not_found_error", "model: claude-sonnet-4-5")],
      "too long": [
        400,
        anthropic("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
      ],
      "too large": [413, anthropic("request_too_large", "Request exceeds the maximum size")],
      "no credit": [
        400,
        anthropic("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
      ],
    },
  },
  {
    name: "responses",
    model: "openai/gpt-5",
    path: /\/responses$/,
    counted: () => ({}),
    says: {
      rate_limited: [
        429,
        openai("rate_limit_exceeded", "requests", "Rate limit reached for gpt-5 on requests per min"),
      ],
      overloaded: [503, openai(null, "server_error", "The server is overloaded or not ready yet.")],
      auth: [
        401,
        openai("invalid_api_key", "invalid_request_error", "Incorrect API key provided: test-ope***6789."),
      ],
      forbidden: [
        403,
        openai(
          "unsupported_country_region_territory",
          "request_forbidden",
          "Country, region, or territory not supported",
        ),
      ],
      malformed: [
        400,
        openai("unknown_parameter", "invalid_request_error", "Unknown parameter: 'surprise'."),
      ],
      "no model": [
        404,
        openai("model_not_found", "invalid_request_error", "The model `gpt-5` does not exist"),
      ],
      "too long": [
        400,
        openai(
          "context_length_exceeded",
          "invalid_request_error",
          "Your input exceeds the context window of this model.",
        ),
      ],
      "too large": [413, openai(null, "invalid_request_error", "Request body too large")],
      "no credit": [
        429,
        openai(
          "insufficient_quota",
          "insufficient_quota",
          "You exceeded your current quota, please check your plan",
        ),
      ],
    },
  },
  {
    name: "generate-content",
    model: "google/gemini-2.5-pro",
    path: /:streamGenerateContent/,
    counted: ({ input = 0, cached = 0, output = 0 }) => ({ input, cacheRead: cached, output }),
    says: {
      rate_limited: [
        429,
        google(
          429,
          "RESOURCE_EXHAUSTED",
          "You exceeded your current quota, please check your plan and billing details.",
          [
            detail("QuotaFailure", {
              violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel" }],
            }),
          ],
        ),
      ],
      overloaded: [503, google(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")],
      auth: [
        400,
        google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
          detail("ErrorInfo", { reason: "API_KEY_INVALID", domain: "googleapis.com" }),
        ]),
      ],
      forbidden: [403, google(403, "PERMISSION_DENIED", "The caller does not have permission")],
      malformed: [
        400,
        google(400, "INVALID_ARGUMENT", 'Invalid JSON payload received. Unknown name "surprise"'),
      ],
      "no model": [
        404,
        google(404, "NOT_FOUND", "models/gemini-2.5-pro is not found for API version v1beta"),
      ],
      "too long": [
        400,
        google(
          400,
          "INVALID_ARGUMENT",
          "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        ),
      ],
      "too large": [
        413,
        google(413, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."),
      ],
      "no credit": [
        429,
        google(
          429,
          "RESOURCE_EXHAUSTED",
          "You exceeded your current quota, please check your plan and billing details.",
          [
            detail("QuotaFailure", {
              violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }],
            }),
          ],
        ),
      ],
    },
  },
  {
    name: "chat",
    model: "openrouter/anthropic/claude-sonnet-4.5",
    path: /\/chat\/completions$/,
    counted: () => ({}),
    says: {
      rate_limited: [429, openrouter(429, "Rate limit exceeded: free-models-per-min.")],
      overloaded: [502, openrouter(502, "Provider returned error")],
      auth: [401, openrouter(401, "No auth credentials found")],
      forbidden: [403, openrouter(403, "You do not have permission to use this model")],
      malformed: [400, openrouter(400, "Input validation error: unknown field surprise")],
      "no model": [404, openrouter(404, "No endpoints found for anthropic/claude-sonnet-4.5.")],
      "too long": [
        400,
        openrouter(
          400,
          "This endpoint's maximum context length is 200000 tokens. However, you requested about 300000.",
        ),
      ],
      "too large": [413, openrouter(413, "Request entity too large")],
      "no credit": [
        402,
        openrouter(402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits"),
      ],
    },
  },
];
const [messages, responses] = dialects as [Dialect, Dialect, ...Dialect[]];

/** Three attempts, close together. */
const brisk = { retry: { attempts: 3, baseDelaySeconds: 0.05, maxSeconds: 20 } };

/** A scene whose settings keep retries short. A function makes its answer when it is asked for. */
async function stageFor(
  answers: readonly (FakeAnswer | (() => FakeAnswer))[],
  settings: object = brisk,
): Promise<Scene> {
  const stage = await scene((_, index) => {
    const answer = answers[index] ?? { text: "All done." };
    return typeof answer === "function" ? answer() : answer;
  });
  stage.settings(settings);
  return stage;
}

const start = ({ world }: Scene, model: string, ...flags: string[]): Running =>
  startTau(world, ["exec", "do it", "--json", "--mode", "full", "--model", model, ...flags]);

const run = async (stage: Scene, model: string, ...flags: string[]): Promise<Told> =>
  told(await start(stage, model, ...flags).finished);

/** The story of a call in short: what failed, what was waited for, who took over. */
const story = (events: readonly AgentEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.type === "attempt.failed") return [`failed ${event.error.code}`];
    if (event.type === "retry.scheduled") return ["retry"];
    if (event.type === "upstream.switched") return [`${event.from} -> ${event.to}`];
    if (event.type === "model.mismatched") return [`answered by ${event.answered}`];
    return [];
  });

const status = (code: number, body?: object, headers: Record<string, string> = {}): Fault => ({
  type: "status",
  status: code,
  headers,
  ...(body !== undefined && { body }),
});
const refusal = ({ says }: Dialect, kind: Kind, headers?: Record<string, string>): FakeAnswer => ({
  fault: status(...says[kind], headers),
});
const bash = (command: string, id: string): FakeAnswer => ({ calls: [call("bash", { command }, id)] });

type Trouble = {
  name: string;
  code: string;
  /** `seen` tells whether the run has printed the answer's text. */
  fault(dialect: Dialect, seen: () => boolean): Fault;
  /** The answer's text arrives before it goes wrong; else nothing of it does. */
  begins: boolean;
};

const passing: Trouble[] = [
  { name: "a reset before a byte", code: "network", begins: false, fault: () => ({ type: "hang-up" }) },
  { name: "429", code: "rate_limited", begins: false, fault: ({ says }) => status(...says.rate_limited) },
  { name: "overload", code: "overloaded", begins: false, fault: ({ says }) => status(...says.overloaded) },
  { name: "529 without a body of its own", code: "overloaded", begins: false, fault: () => status(529) },
  {
    name: "500 by a proxy",
    code: "overloaded",
    begins: false,
    fault: () => status(500, { html: "<h1>500" }),
  },
  {
    name: "an error in the stream",
    code: "overloaded",
    begins: true,
    fault: () => ({ type: "error-in-stream" }),
  },
  {
    name: "an error after a whole call",
    code: "overloaded",
    begins: true,
    fault: () => ({ type: "error-in-stream", after: "calls" }),
  },
  { name: "a truncated stream", code: "truncated", begins: true, fault: () => ({ type: "truncated" }) },
  {
    name: "a stream truncated after a whole call",
    code: "truncated",
    begins: true,
    fault: () => ({ type: "truncated", after: "calls" }),
  },
  { name: "garbage", code: "unknown", begins: false, fault: () => ({ type: "garbage" }) },
  { name: "silence", code: "stalled", begins: true, fault: () => ({ type: "silence", pings: false }) },
  {
    name: "silence with pings",
    code: "stalled",
    begins: true,
    fault: () => ({ type: "silence", pings: true }),
  },
  {
    name: "a reset after text",
    code: "network",
    begins: true,
    fault: (_, seen) => ({ type: "reset", once: seen }),
  },
];

describe.each(dialects)("$name", (dialect) => {
  const { model, says } = dialect;

  it("meets every passing trouble, one a step, and finishes: nothing of a failed attempt is acted on", async () => {
    let going: Running | null = null;
    const usage = (index: number): Partial<FakeUsage> => ({
      input: 100 + index,
      cached: 10 * index,
      output: 30 + index,
    });
    const answers = passing.flatMap(({ fault }, at): FakeAnswer[] => {
      const text = `partial-${at}.`;
      const seen = (): boolean => going?.stdoutSoFar().includes(text) === true;
      return [
        {
          text,
          ...bash(`echo wrong-${at} >> side.log`, `wrong-${at}`),
          fault: fault(dialect, seen),
          usage: usage(2 * at),
        },
        { ...bash(`echo right-${at} >> side.log`, `right-${at}`), usage: usage(2 * at + 1) },
      ];
    });
    const stage = await stageFor([...answers, { text: "Finished.", usage: usage(2 * passing.length) }]);
    going = start(stage, model, "--idle-timeout", "1");
    const { result, events, sessionId } = told(await going.finished);

    expect([result.reason, result.text, result.steps]).toEqual(["done", "Finished.", passing.length + 1]);
    expect(story(events)).toEqual(passing.flatMap(({ code }) => [`failed ${code}`, "retry"]));
    const failed = ofType(events, "attempt.failed");
    expect(failed.map(({ step }) => step)).toEqual(passing.map((_, at) => at + 1));
    for (const [at, { begins }] of passing.entries()) {
      const [said] = failed[at]?.parts ?? [];
      expect(said?.type === "text" ? said.text : null).toBe(begins ? `partial-${at}.` : null);
      expect(failed[at]?.error.message).toMatch(/\w/);
    }
    for (const { delayMs } of ofType(events, "retry.scheduled")) expect(delayMs).toBeLessThanOrEqual(50);

    // What was begun and failed is paid for like the rest.
    const owed = passing.map(({ begins }, at) => ({
      ...zeroUsage,
      ...(begins && dialect.counted(usage(2 * at))),
    }));
    const whole = [...passing.keys(), passing.length].map((at) => {
      const { input = 0, cached = 0, output = 0 } = usage(at === passing.length ? 2 * at : 2 * at + 1);
      return { ...zeroUsage, input, cacheRead: cached, output };
    });
    expect(failed.map((event) => event.usage)).toEqual(owed);
    expect(result.usage).toEqual([...owed, ...whole].reduce(addUsage));
    expect(await ledgerOf(stage.world, sessionId)).toEqual(events.filter(isEntry));

    // Calls of failed attempts never ran; the model hears of nothing but what happened.
    expect(readFileSync(join(stage.world.project, "side.log"), "utf8").split("\n").filter(Boolean)).toEqual(
      passing.map((_, at) => `right-${at}`),
    );
    const asked = stage.fake.requests.map(conversationOf);
    expect(asked.flatMap(pairingFaults)).toEqual([]);
    expect(asked.slice(1).flatMap((later, at) => prefixFault(asked[at] ?? later, later) ?? [])).toEqual([]);
    expect(
      asked
        .at(-1)
        ?.items.map(({ raw }) => raw)
        .join(),
    ).not.toMatch(/partial|wrong/);
  });

  it.each<[Kind, string, number, RegExp]>([
    ["auth", "auth", 4, /key|auth/i],
    ["forbidden", "auth", 4, /permission|not supported/i],
    ["malformed", "invalid_request", 5, /unexpected|unknown/i],
    ["no model", "invalid_request", 5, /model:|does not exist|not found|no endpoints/i],
    ["no credit", "quota", 7, /credit|quota/i],
  ])(
    "%s: ends at once with error %s and exit code %i in the vendor's words",
    async (kind, code, exit, words) => {
      const stage = await stageFor([bash("echo kept", "kept"), ...Array(6).fill(refusal(dialect, kind))]);
      const { result, events } = await run(stage, model);
      expect([result.exitCode, result.error?.code]).toEqual([exit, code]);
      expect(result.error?.message).toMatch(words);
      expect(result.error?.message).toContain(`HTTP ${says[kind][0]}`);
      expect(story(events)).toEqual([]);
      expect(stage.fake.requests).toHaveLength(2);
      expect(ofType(events, "tool.finished").map(({ status }) => status)).toEqual(["ok"]);
    },
  );

  it("too long a prompt: makes room and goes on; too large for any room: ends in code 11", async () => {
    const worked = Array.from({ length: 3 }, (_, at) => bash(`seq ${at} 4000`, `seq-${at}`));
    const stage = await stageFor([
      ...worked,
      refusal(dialect, "too long"),
      ...Array(4).fill({ text: "Went on." }),
    ]);
    const { result, events } = await run(stage, model);
    expect([result.reason, result.text]).toEqual(["done", "Went on."]);
    const made = ofType(events, "compaction.finished");
    expect(made.length).toBeGreaterThan(0);
    for (const { trigger } of made) expect(trigger).toBe("overflow");
    const [refusedSize, lastSize] = [worked.length, -1].map(
      (at) => stage.fake.requests.at(at)?.raw.length ?? 0,
    );
    expect(lastSize).toBeLessThan((refusedSize ?? 0) * 0.8);
    expect(stage.fake.requests.map(conversationOf).flatMap(pairingFaults)).toEqual([]);

    const worse = await stageFor([...worked, ...Array(12).fill(refusal(dialect, "too large"))]);
    const end = await run(worse, model);
    expect([end.result.exitCode, end.result.error?.code]).toEqual([11, "context_overflow"]);
    expect(end.result.error?.message).toMatch(/too large|exceeds/i);
    expect(worse.fake.requests.length).toBeLessThan(worked.length + 8);
    expect(await ledgerOf(worse.world, end.sessionId)).toEqual(end.events.filter(isEntry));
    expect(worse.fake.requests.map(conversationOf).flatMap(pairingFaults)).toEqual([]);
  });

  it("comes back when Retry-After says, in seconds and as a date, and not before", async () => {
    const at = (ms: number): string => new Date(ms).toUTCString();
    const now = Date.now();
    const stage = await stageFor([
      refusal(dialect, "rate_limited", { "retry-after": "1" }),
      bash("echo on", "on"),
      refusal(dialect, "overloaded", { date: at(now), "retry-after": at(now + 1_000) }),
    ]);
    const { result, events } = await run(stage, model);
    expect(result.reason).toBe("done");
    const delays = ofType(events, "retry.scheduled").map(({ delayMs }) => delayMs);
    expect(delays).toHaveLength(2);
    const arrivals = stage.fake.requests.map((request) => request.at);
    const waits = [0, 2].map((index) => (arrivals[index + 1] ?? 0) - (arrivals[index] ?? 0));
    for (const [index, wait] of waits.entries()) {
      expect(delays[index]).toBeGreaterThanOrEqual(1_000);
      // Up to a quarter more, so that many clients do not come back at one instant, but never of more than the base.
      expect(delays[index]).toBeLessThanOrEqual(1_050);
      expect(wait).toBeGreaterThanOrEqual(1_000);
      expect(wait).toBeLessThan(3_000);
    }
  });
});

describe("An upstream that does not recover", () => {
  it.each(passing.map((trouble, at) => ({ ...trouble, dialect: dialects[at % dialects.length] as Dialect })))(
    "$name, three times over in $dialect.name: gives up in time, with the work before it kept",
    async ({ code, fault, begins, dialect }) => {
      let going: Running | null = null;
      // A kept connection that is reset before a byte was stale, perhaps: the first time it is asked again without a word.
      const times = begins || code !== "network" ? 3 : 4;
      const broken = Array.from({ length: times }, (_, at): FakeAnswer => {
        const text = `partial-${at}.`;
        const seen = (): boolean => going?.stdoutSoFar().includes(text) === true;
        return { text, ...bash("echo wrong >> side.log", `wrong-${at}`), fault: fault(dialect, seen) };
      });
      const stage = await stageFor([{ ...bash("echo kept", "kept"), text: "First." }, ...broken]);
      const began = performance.now();
      going = start(stage, dialect.model, "--idle-timeout", "1");
      const { result, events, sessionId } = told(await going.finished);
      expect(performance.now() - began).toBeLessThan(10_000);
      expect([result.exitCode, result.reason, result.error?.code]).toEqual([
        ...(code === "rate_limited" ? [7, "rate_limited"] : [6, "unavailable"]),
        code,
      ]);
      expect(story(events)).toEqual([`failed ${code}`, "retry", `failed ${code}`, "retry"]);
      const ledger = await ledgerOf(stage.world, sessionId);
      expect(ledger).toEqual(events.filter(isEntry));
      const last = ofType(ledger, "assistant.message").at(-1);
      expect([last?.attempt, last?.end.reason, last?.end.error?.code]).toEqual([3, "error", code]);
      const [said] = last?.parts ?? [];
      // A kept connection that is reset before a byte is asked again without a word, so the text's number may differ.
      expect(said?.type === "text" ? said.text : "").toMatch(begins ? /^partial-\d\.$/ : /^$/);
      expect(ofType(ledger, "tool.finished").map(({ status }) => status)).toEqual(["ok"]);
      expect(ledger.at(-1)?.type).toBe("turn.ended");
      expect(existsSync(join(stage.world.project, "side.log"))).toBe(false);
      const next = told(await startTau(stage.world, ["exec", "try again", "--json", "-c"]).finished);
      expect(next.result.reason).toBe("done");
      expect(stage.fake.requests.map(conversationOf).flatMap(pairingFaults)).toEqual([]);
    },
  );

  it("that is not there at all is named, with its address, after three attempts", async () => {
    const stage = await stageFor([]);
    await stage.fake.close();
    const { result, events } = await run(stage, messages.model);
    expect([result.exitCode, result.error?.code]).toEqual([6, "network"]);
    expect(result.error?.message).toMatch(/127\.0\.0\.1:\d+.*refused/);
    expect(story(events)).toEqual(["failed network", "retry", "failed network", "retry"]);
  });
});

/** A usage limit that resets in so many seconds, as its vendor says it. */
const limits: { dialect: Dialect; limited(seconds: number): FakeAnswer }[] = [
  {
    dialect: messages,
    limited: (seconds) =>
      refusal(messages, "rate_limited", {
        "anthropic-ratelimit-unified-status": "rejected",
        "anthropic-ratelimit-unified-reset": String(Math.ceil(Date.now() / 1000) + seconds),
      }),
  },
  {
    dialect: responses,
    limited: (seconds) => ({
      fault: status(429, {
        error: {
          type: "usage_limit_reached",
          message: "The usage limit has been reached",
          resets_at: Math.ceil(Date.now() / 1000) + seconds,
        },
      }),
    }),
  },
];

describe.each(limits)("A usage limit in $dialect.name", ({ dialect, limited }) => {
  it("ends the run with the time of its reset by default", async () => {
    const before = Date.now();
    const stage = await stageFor([limited(3_600)]);
    const { result } = await run(stage, dialect.model);
    expect([result.exitCode, result.reason, result.error?.code]).toEqual([7, "rate_limited", "quota"]);
    expect(result.resetsAt).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(result.resetsAt).toBeLessThan(Date.now() + 3_602_000);
    expect(stage.fake.requests).toHaveLength(1);
  });

  it("is waited for with --on-limit wait, with a countdown, and the run goes on by itself", async () => {
    const stage = await stageFor([() => limited(1)]);
    const { result, events } = await run(stage, dialect.model, "--on-limit", "wait");
    expect([result.reason, result.text]).toEqual(["done", "All done."]);
    const waits = ofType(events, "limit.waiting");
    expect(waits.length).toBeGreaterThan(0);
    const [{ resetsAt, at }] = waits as [(typeof waits)[0], ...typeof waits];
    const [first, second] = stage.fake.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(resetsAt - at);
    expect(waits.map(({ remainingMs }) => remainingMs)).toEqual(
      waits.map(({ remainingMs }) => remainingMs).toSorted((a, b) => b - a),
    );
    expect(story(events)).toEqual(["failed quota"]);
  });

  it("that is waited for can be interrupted at once", async () => {
    const stage = await stageFor([limited(3_600)]);
    const going = start(stage, dialect.model, "--on-limit", "wait");
    await until("the wait", () => going.stdoutSoFar().includes('"limit.waiting"'));
    const stopped = performance.now();
    going.child.kill("SIGINT");
    const { result } = told(await going.finished);
    expect(performance.now() - stopped).toBeLessThan(2_000);
    expect(result.exitCode).toBe(130);
  });

  it("hands over to the fallback of another vendor, which is billed and named", async () => {
    const heir = dialect === messages ? responses : messages;
    const stage = await stageFor([
      bash("echo first", "first"),
      limited(3_600),
      { ...bash("echo second", "second") },
    ]);
    const flags = ["--on-limit", "fallback", "--fallback", heir.model];
    const { result, events } = await run(stage, dialect.model, ...flags);
    expect([result.reason, result.text]).toEqual(["done", "All done."]);
    expect(story(events).slice(0, 3)).toEqual([
      "failed quota",
      `${dialect.model} -> ${heir.model}`,
      `answered by ${heir.model}`,
    ]);
    const answers = ofType(events, "assistant.message");
    expect(answers[1]?.model.requested).toBe(heir.model);
    expect(stage.fake.requests.map(conversationOf).flatMap(pairingFaults)).toEqual([]);
    expect(stage.fake.requests[2]?.path).toMatch(heir.path);
    const { stdout } = await startTau(stage.world, ["cost", "all", "--json"]).finished;
    const { rows } = JSON.parse(stdout) as { rows: { key: string; usage: Usage }[] };
    const billed = rows.filter(({ usage }) => usage.output > 0).map(({ key, usage }) => [key, usage.input]);
    const by = (name: string): number => answers.filter(({ model }) => model.requested === name).length;
    expect(Object.fromEntries(billed)).toEqual({
      [dialect.model]: 100 * by(dialect.model),
      [heir.model]: 100 * by(heir.model),
    });
  });
});

describe("A fallback chain", () => {
  const chain = ["--fallback", responses.model, "--fallback", (dialects[2] as Dialect).model];

  it("goes on where retries end, vendor by vendor, each with its own attempts", async () => {
    const down = (dialect: Dialect): FakeAnswer[] => Array(3).fill(refusal(dialect, "overloaded"));
    const stage = await stageFor([...down(messages), ...down(responses), { text: "Third time lucky." }]);
    const { result, events } = await run(stage, messages.model, ...chain);
    expect([result.reason, result.text]).toEqual(["done", "Third time lucky."]);
    const attempts = ["failed overloaded", "retry", "failed overloaded", "retry", "failed overloaded"];
    const google = (dialects[2] as Dialect).model;
    expect(story(events)).toEqual([
      ...attempts,
      `${messages.model} -> ${responses.model}`,
      ...attempts,
      `${responses.model} -> ${google}`,
      `answered by ${google}`,
    ]);
  });

  it("is not taken once something was shown: the same upstream is asked again", async () => {
    const cut: FakeAnswer = { text: "Seen.", fault: { type: "truncated" } };
    const stage = await stageFor([cut, cut, cut]);
    const { result, events } = await run(stage, messages.model, ...chain);
    expect([result.exitCode, result.error?.code]).toEqual([6, "truncated"]);
    expect(story(events)).toEqual(["failed truncated", "retry", "failed truncated", "retry"]);
  });

  it("is not taken for a key that is wrong", async () => {
    const stage = await stageFor([refusal(messages, "auth")]);
    const { result } = await run(stage, messages.model, ...chain);
    expect([result.exitCode, stage.fake.requests.length]).toEqual([4, 1]);
  });
});
