import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelError, ModelErrorCode, ModelEvent, ModelRequest } from "../../src/core/model.ts";
import type { Admission, DispatchEvent, Upstream } from "../../src/core/upstream.ts";
import { Breakers } from "../../src/providers/breaker.ts";
import { type Dispatch, dispatch } from "../../src/providers/dispatch.ts";
import { defaultRetryPolicy, retryDelay } from "../../src/providers/retry.ts";

const request: ModelRequest = { model: "", system: [], messages: [], tools: [], stream: true };
const good: ModelEvent[] = [
  { type: "start", model: "m" },
  { type: "part.start", index: 0, part: { type: "text" } },
  { type: "part.delta", index: 0, delta: "Hi" },
  { type: "part.end", index: 0, part: { type: "text", text: "Hi" } },
  { type: "end", reason: "stop" },
];
const fails = (code: ModelErrorCode, rest: Partial<ModelError> = {}): ModelEvent[] => [
  { type: "error", error: { code, message: code, ...rest } },
];
const midway = (code: ModelErrorCode): ModelEvent[] => [...good.slice(0, 3), ...fails(code)];

/** An upstream that plays one script an attempt, the last for ever, and notes what it was asked. */
function scripted(name: string, ...scripts: ModelEvent[][]): Upstream & { asked: ModelRequest[] } {
  const asked: ModelRequest[] = [];
  return {
    name,
    provider: name.split("/")[0] ?? "",
    asked,
    async *stream(wanted) {
      asked.push(wanted);
      yield* scripts[Math.min(asked.length, scripts.length) - 1] ?? [];
    },
  };
}

/** A clock that only sleeping moves, and sleeps that take no time. */
function world(startsAt = 1_000_000) {
  let clock = startsAt;
  const slept: number[] = [];
  const controller = new AbortController();
  return {
    slept,
    controller,
    now: () => clock,
    sleep: async (ms: number, signal: AbortSignal) => {
      slept.push(ms);
      if (signal.aborted) throw new Error("aborted");
      clock += ms;
    },
  };
}

type Options = Partial<Dispatch<string>> & { world?: ReturnType<typeof world> };

async function run(upstreams: Upstream[], { world: given = world(), ...options }: Options = {}) {
  const events: DispatchEvent<string>[] = [];
  const call: Dispatch<string> = {
    upstreams,
    requestFor: (upstream) => ({ ...request, model: upstream.name }),
    admit: async () => ({ admitted: true, maxOutputTokens: 99 }),
    onLimit: "exit",
    signal: given.controller.signal,
    now: given.now,
    random: () => 0,
    sleep: given.sleep,
    ...options,
  };
  for await (const event of dispatch(call)) events.push(event);
  return { events, slept: given.slept };
}

const kinds = (events: DispatchEvent<string>[]): string[] =>
  events.filter(({ type }) => !type.startsWith("part.") && type !== "start").map(({ type }) => type);

describe("retry", () => {
  test("a first answer passes through unchanged, with the admitted cap in its request", async () => {
    const a = scripted("a/m", good);
    const { events } = await run([a]);
    expect(events).toEqual([{ type: "attempt.started", attempt: 1, upstream: "a/m" }, ...good]);
    expect(a.asked).toEqual([{ ...request, model: "a/m", maxOutputTokens: 99 }]);
  });

  test.each([
    ["rate_limited"],
    ["overloaded"],
    ["network"],
    ["timeout"],
    ["stalled"],
    ["truncated"],
    ["unknown"],
  ] as const)("%s is asked again, each wait an event", async (code) => {
    const { events, slept } = await run([scripted("a/m", fails(code), fails(code), good)]);
    expect(kinds(events)).toEqual([
      ...["attempt.started", "attempt.failed", "retry.scheduled"],
      ...["attempt.started", "attempt.failed", "retry.scheduled"],
      ...["attempt.started", "end"],
    ]);
    expect(events).toContainEqual({
      type: "retry.scheduled",
      attempt: 2,
      upstream: "a/m",
      delayMs: 1_000,
      error: { code, message: code },
    });
    expect(slept).toEqual([500, 1_000]);
  });

  test.each([
    ["auth"],
    ["context_overflow"],
    ["invalid_request"],
    ["refused"],
    ["quota"],
    ["aborted"],
  ] as const)("%s is final", async (code) => {
    const { events, slept } = await run([scripted("a/m", fails(code), good), scripted("b/m", good)]);
    expect(kinds(events)).toEqual(["attempt.started", "error"]);
    expect(slept).toEqual([]);
  });

  test("Retry-After is honoured", async () => {
    const { slept } = await run([scripted("a/m", fails("overloaded", { retryAfterMs: 7_000 }), good)]);
    expect(slept).toEqual([7_000]);
  });

  test("attempts are bounded, and the last error stands", async () => {
    const a = scripted("a/m", fails("overloaded"));
    const { events } = await run([a]);
    expect(a.asked).toHaveLength(defaultRetryPolicy.maxAttempts);
    expect(events.at(-1)).toEqual({ type: "error", error: { code: "overloaded", message: "overloaded" } });
    expect(events.filter(({ type }) => type === "error")).toHaveLength(1);
  });

  test("total time is bounded too", async () => {
    const a = scripted("a/m", fails("overloaded", { retryAfterMs: 40_000 }));
    const { slept } = await run([a], { policy: { ...defaultRetryPolicy, maxElapsedMs: 100_000 } });
    expect(slept).toEqual([40_000, 40_000]);
  });

  test("a wait can be aborted", async () => {
    const here = world();
    const sleep: typeof here.sleep = async () => {
      here.controller.abort();
      throw new Error("aborted");
    };
    const a = scripted("a/m", fails("overloaded"), good);
    const { events } = await run([a], { world: here, sleep });
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "aborted" } });
    expect(a.asked).toHaveLength(1);
  });

  test("a stream that just stops counts as truncated", async () => {
    const { events } = await run([scripted("a/m", good.slice(0, 1), good)]);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "attempt.failed",
        error: expect.objectContaining({ code: "truncated" }),
      }),
    );
    expect(events.at(-1)).toEqual(good.at(-1));
  });

  test("law: delays stay between half and all of the doubling ceiling, or within a quarter of what was asked", () => {
    const { baseDelayMs, maxDelayMs, maxRetryAfterMs } = defaultRetryPolicy;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.option(fc.integer({ min: 0, max: 10_000_000 }), { nil: undefined }),
        (failures, random, retryAfterMs) => {
          const error: ModelError = {
            code: "overloaded",
            message: "",
            ...(retryAfterMs !== undefined && { retryAfterMs }),
          };
          const delay = retryDelay(error, failures, random, defaultRetryPolicy);
          const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** (failures - 1));
          const low = retryAfterMs === undefined ? ceiling / 2 : Math.min(retryAfterMs, maxRetryAfterMs);
          const high = retryAfterMs === undefined ? ceiling : low * 1.25 + 1;
          expect(delay).toBeGreaterThanOrEqual(Math.floor(low));
          expect(delay).toBeLessThanOrEqual(high);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("output that was shown", () => {
  test("is not repeated unless the caller says that nothing was acted on", async () => {
    const { events } = await run([scripted("a/m", midway("network"), good), scripted("b/m", good)]);
    expect(kinds(events)).toEqual(["attempt.started", "error"]);
  });

  test("may be repeated at the same upstream while nothing was acted on, and never at another", async () => {
    let acted = false;
    const a = scripted("a/m", midway("network"), midway("network"), good);
    const first = await run([a, scripted("b/m", good)], { mayRepeatOutput: () => !acted });
    expect(kinds(first.events)).not.toContain("upstream.switched");
    expect(first.events.at(-1)).toEqual(good.at(-1));
    expect(a.asked).toHaveLength(3);
    acted = true;
    const second = await run([scripted("a/m", midway("network"), good)], { mayRepeatOutput: () => !acted });
    expect(kinds(second.events)).toEqual(["attempt.started", "error"]);
  });
});

describe("admission", () => {
  test("is asked before every attempt and may refuse a later one", async () => {
    const asked: [number, string][] = [];
    const admit = async (attempt: number, { name }: Upstream): Promise<Admission<string>> => {
      asked.push([attempt, name]);
      return attempt < 3
        ? { admitted: true, maxOutputTokens: 10 - attempt }
        : { admitted: false, refusal: "no money" };
    };
    const a = scripted("a/m", fails("overloaded"));
    const { events } = await run([a], { admit });
    expect(asked).toEqual([
      [1, "a/m"],
      [2, "a/m"],
      [3, "a/m"],
    ]);
    expect(a.asked.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([9, 8]);
    expect(events.at(-1)).toEqual({
      type: "attempt.refused",
      attempt: 3,
      upstream: "a/m",
      refusal: "no money",
    });
    expect(kinds(events)).not.toContain("error");
  });
});

describe("fallback", () => {
  test("comes after the retries, before anything was shown, and says so", async () => {
    const a = scripted("a/m", fails("overloaded"));
    const b = scripted("b/other", good);
    const { events } = await run([a, b], { policy: { ...defaultRetryPolicy, maxAttempts: 2 } });
    expect(kinds(events)).toEqual([
      ...["attempt.started", "attempt.failed", "retry.scheduled"],
      ...["attempt.started", "attempt.failed", "upstream.switched"],
      ...["attempt.started", "end"],
    ]);
    expect(events).toContainEqual({
      type: "upstream.switched",
      from: "a/m",
      to: "b/other",
      error: { code: "overloaded", message: "overloaded" },
    });
    expect(b.asked).toEqual([{ ...request, model: "b/other", maxOutputTokens: 99 }]);
    expect(events.filter((event) => event.type === "attempt.started").map((event) => event.attempt)).toEqual([
      1, 2, 3,
    ]);
  });

  test("goes on down the chain until somebody answers", async () => {
    const policy = { ...defaultRetryPolicy, maxAttempts: 1 };
    const chain = [
      scripted("a/m", fails("network")),
      scripted("b/m", fails("timeout")),
      scripted("c/m", good),
    ];
    const { events } = await run(chain, { policy });
    expect(events.filter(({ type }) => type === "upstream.switched")).toHaveLength(2);
    expect(events.at(-1)).toEqual(good.at(-1));
  });
});

describe("usage limits", () => {
  const resetsAt = 1_000_000 + 125_000;
  const limited = fails("rate_limited", { resetsAt, retryAfterMs: 125_000 });

  test("wait: counts down, then goes on by itself", async () => {
    const here = world();
    const { events, slept } = await run([scripted("a/m", limited, good)], {
      onLimit: "wait",
      world: here,
      random: () => 0.5,
    });
    const waits = events.filter((event) => event.type === "limit.waiting");
    expect(waits[0]).toEqual({ type: "limit.waiting", upstream: "a/m", resetsAt, remainingMs: 125_000 });
    expect(waits.map(({ remainingMs }) => remainingMs)).toEqual([
      ...[125_000, 115_000, 105_000, 95_000, 85_000, 75_000, 65_000],
      ...Array.from({ length: 55 }, (_, second) => (55 - second) * 1_000),
    ]);
    expect(slept.at(-1)).toBe(2_500);
    expect(here.now()).toBe(resetsAt + 2_500);
    expect(events.at(-1)).toEqual(good.at(-1));
  });

  test("wait: the wait does not eat the time for retries", async () => {
    const far = fails("quota", { resetsAt: 1_000_000 + 3_600_000 });
    const { events } = await run([scripted("a/m", far, fails("overloaded"), good)], { onLimit: "wait" });
    expect(events.at(-1)).toEqual(good.at(-1));
  });

  test("wait: a quota of which nobody knows when it resets is not waited for", async () => {
    const { events } = await run([scripted("a/m", fails("quota"), good)], { onLimit: "wait" });
    expect(kinds(events)).toEqual(["attempt.started", "error"]);
  });

  test("wait: can be aborted", async () => {
    const here = world();
    const sleep: typeof here.sleep = async (ms, signal) => {
      if (here.slept.length === 2) here.controller.abort();
      await here.sleep(ms, signal);
    };
    const { events } = await run([scripted("a/m", limited, good)], { onLimit: "wait", world: here, sleep });
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "aborted" } });
  });

  test("fallback: the next upstream at once, or the error when there is none", async () => {
    const both = await run([scripted("a/m", limited), scripted("b/m", good)], { onLimit: "fallback" });
    expect(kinds(both.events)).toEqual([
      "attempt.started",
      "attempt.failed",
      "upstream.switched",
      "attempt.started",
      "end",
    ]);
    expect(both.slept).toEqual([]);
    const alone = await run([scripted("a/m", limited)], { onLimit: "fallback" });
    expect(alone.events.at(-1)).toMatchObject({ type: "error", error: { code: "rate_limited", resetsAt } });
  });

  test("exit: the error with its reset time, also when a fallback is there", async () => {
    const { events, slept } = await run([scripted("a/m", limited), scripted("b/m", good)], {
      onLimit: "exit",
    });
    expect(kinds(events)).toEqual(["attempt.started", "error"]);
    expect(events.at(-1)).toMatchObject({ error: { resetsAt } });
    expect(slept).toEqual([]);
  });

  test("a short rate limit is just a retry", async () => {
    const { events } = await run([
      scripted("a/m", fails("rate_limited", { resetsAt: 1_010_000, retryAfterMs: 10_000 }), good),
    ]);
    expect(kinds(events)).toContain("retry.scheduled");
    expect(events.at(-1)).toEqual(good.at(-1));
  });
});

describe("circuit breaker", () => {
  const outage: ModelError = { code: "overloaded", message: "down" };

  test("opens after failures in a row, lets one probe through after its pause, and closes on its success", () => {
    let clock = 0;
    const breakers = new Breakers(() => clock, 2, 1_000);
    breakers.failed("a/m", outage);
    breakers.succeeded("a/m");
    breakers.failed("a/m", outage);
    expect(breakers.state("a/m")).toBe("closed");
    breakers.failed("a/m", outage);
    expect(breakers.state("a/m")).toBe("open");
    expect(breakers.refusal("a/m")).toEqual(outage);
    expect(breakers.state("b/m")).toBe("closed");
    clock = 1_000;
    expect(breakers.state("a/m")).toBe("half-open");
    expect(breakers.refusal("a/m")).toBeNull();
    breakers.began("a/m");
    expect(breakers.refusal("a/m")).toEqual(outage);
    breakers.failed("a/m", outage);
    expect(breakers.state("a/m")).toBe("open");
    clock = 2_000;
    breakers.began("a/m");
    breakers.abandoned("a/m");
    expect(breakers.refusal("a/m")).toBeNull();
    breakers.began("a/m");
    breakers.succeeded("a/m");
    expect(breakers.state("a/m")).toBe("closed");
  });

  test("an open one sends the next call straight to the fallback, visibly; the probe brings it back", async () => {
    const here = world();
    const breakers = new Breakers(here.now, 2, 60_000);
    const policy = { ...defaultRetryPolicy, maxAttempts: 2 };
    const a = scripted("a/m", fails("overloaded"), fails("overloaded"), fails("overloaded"), good);
    const b = scripted("b/m", good);
    await run([a, b], { breakers, policy, world: here });
    expect(a.asked).toHaveLength(2);

    const second = await run([a, b], { breakers, policy, world: here });
    expect(kinds(second.events)).toEqual(["upstream.switched", "attempt.started", "end"]);
    expect(second.events[0]).toMatchObject({ from: "a/m", to: "b/m", error: { code: "overloaded" } });
    expect(a.asked).toHaveLength(2);

    await here.sleep(60_000, here.controller.signal);
    const probe = await run([a, b], { breakers, policy, world: here });
    expect(kinds(probe.events)).toEqual([
      "attempt.started",
      "attempt.failed",
      "upstream.switched",
      "attempt.started",
      "end",
    ]);

    await here.sleep(60_000, here.controller.signal);
    const healed = await run([a, b], { breakers, policy, world: here });
    expect(kinds(healed.events)).toEqual(["attempt.started", "end"]);
    expect(breakers.state("a/m")).toBe("closed");
  });

  test("without a fallback nobody is turned away", async () => {
    const here = world();
    const breakers = new Breakers(here.now, 1, 60_000);
    breakers.failed("a/m", outage);
    const { events } = await run([scripted("a/m", good)], { breakers, world: here });
    expect(kinds(events)).toEqual(["attempt.started", "end"]);
  });

  test("usage limits and the caller's mistakes do not open it", async () => {
    const here = world();
    const breakers = new Breakers(here.now, 1, 60_000);
    const chain = (code: ModelErrorCode) => [scripted("a/m", fails(code)), scripted("b/m", good)];
    for (const code of [
      "quota",
      "auth",
      "invalid_request",
      "context_overflow",
      "refused",
      "aborted",
    ] as const) {
      await run(chain(code), { breakers, world: here });
    }
    await run(chain("rate_limited"), { breakers, world: here });
    expect(breakers.state("a/m")).toBe("closed");
  });

  test("a reader that walks away in the middle of a probe leaves it undecided", async () => {
    const here = world();
    const breakers = new Breakers(here.now, 1, 1_000);
    breakers.failed("a/m", outage);
    await here.sleep(1_000, here.controller.signal);
    const call: Dispatch<string> = {
      upstreams: [scripted("a/m", good), scripted("b/m", good)],
      requestFor: () => request,
      admit: async () => ({ admitted: true, maxOutputTokens: 1 }),
      onLimit: "exit",
      breakers,
      random: () => 0,
      now: here.now,
      sleep: here.sleep,
      signal: here.controller.signal,
    };
    for await (const event of dispatch(call)) if (event.type === "part.delta") break;
    expect(breakers.state("a/m")).toBe("half-open");
    expect(breakers.refusal("a/m")).toBeNull();
  });
});
