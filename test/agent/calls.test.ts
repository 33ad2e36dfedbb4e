import { describe, expect, it } from "vitest";
import type { Usage } from "../../src/core/usage.ts";
import { addUsage, usd, zeroUsage } from "../../src/core/usage.ts";
import { callOf } from "../../src/sessions/calls.ts";
import { type Bench, fakeTool, makeBench, ofType } from "../support/agent.ts";
import { asks, fails, hangsAfter, partEvents, says, smallUsage } from "../support/scripted-upstream.ts";

const look = fakeTool("look", "read", ({ n }) => `seen ${n ?? ""}`);
const usage = (more: Partial<Usage>): Usage => ({ ...zeroUsage, ...more });

/** Everything the ledger says was used. */
async function ledgerUsage({ entries }: Bench): Promise<Usage> {
  return (await entries()).reduce(
    (sum, entry) => addUsage(sum, callOf(entry)?.usage ?? zeroUsage),
    zeroUsage,
  );
}

describe("a failed attempt", () => {
  it("is asked again after a visible wait, and its usage is in the ledger and in the turn's sums", async () => {
    const bench = await makeBench();
    const { upstream, turn, clock } = bench;
    upstream.script(
      fails({ code: "rate_limited", message: "slow down", retryAfterMs: 7_000 }),
      fails("truncated", says({ text: "half an", usage: usage({ input: 100, output: 7 }) }).slice(0, -1)),
      says({ text: "whole", usage: usage({ input: 100, output: 9 }) }),
    );
    const { result, events } = await turn("go");
    expect(result).toMatchObject({ reason: "done", text: "whole", usage: usage({ input: 200, output: 16 }) });
    expect(result.cost).toBe(200 * 1000 + 16 * 10_000);
    expect(ofType(events, "retry.scheduled").map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([
      [1, 7_125],
      [2, 1_500],
    ]);
    expect(clock.slept).toEqual([7_125, 1_500]);
    expect(ofType(events, "attempt.failed").map(({ error, parts }) => [error.code, parts])).toEqual([
      ["rate_limited", []],
      ["truncated", [{ type: "text", text: "half an" }]],
    ]);
    expect(ofType(events, "assistant.message")[0]?.attempt).toBe(3);
    expect(ofType(events, "step.started")).toHaveLength(1);
    expect(await ledgerUsage(bench)).toEqual(upstream.reported);
  });

  it("ends the turn with its code when the attempts are used up, partial work kept", async () => {
    const bench = await makeBench({ settings: { retry: { ...quickRetry, maxAttempts: 2 } } });
    bench.upstream.script(
      fails("overloaded"),
      fails("stalled", [{ type: "start" }, ...partEvents([{ type: "text", text: "so far" }])]),
    );
    const { result } = await bench.turn("go");
    expect(result).toMatchObject({ reason: "unavailable", error: { code: "stalled" } });
    const [answer] = ofType(await bench.entries(), "assistant.message");
    expect(answer).toMatchObject({ end: { reason: "error" }, parts: [{ type: "text", text: "so far" }] });
    bench.upstream.script(says("back"));
    expect((await bench.turn("go on")).result.reason).toBe("done");
  });

  it("whose wait is interrupted ends the turn as interrupted", async () => {
    const stop = new AbortController();
    const { turn, upstream } = await makeBench();
    upstream.script(fails("overloaded"));
    const { result } = await turn("go", {
      signal: stop.signal,
      watch: (event) => {
        if (event.type === "retry.scheduled") stop.abort("interrupted");
      },
    });
    expect(result.reason).toBe("interrupted");
  });
});

const quickRetry = {
  maxAttempts: 2,
  maxElapsedMs: 10_000,
  baseDelayMs: 10,
  maxDelayMs: 10,
  maxRetryAfterMs: 60_000,
  maxLimitWaitMs: 3_600_000,
};

describe("a fallback", () => {
  it("is never silent: switched, mismatched, named and billed as the one that answered", async () => {
    const bench = await makeBench({ fallbacks: ["other/second"], settings: { retry: quickRetry } });
    const [second] = bench.fallbacks;
    bench.upstream.script(fails("overloaded"), fails("overloaded"));
    second?.script(says({ text: "from the second", usage: usage({ input: 1000, output: 10 }) }));
    const { result, events } = await bench.turn("go");
    expect(result).toMatchObject({ reason: "done", text: "from the second" });
    expect(ofType(events, "upstream.switched")).toMatchObject([{ from: "test/model", to: "other/second" }]);
    expect(ofType(events, "model.mismatched")).toMatchObject([
      { requested: "test/model", answered: "other/second" },
    ]);
    const [answer] = ofType(events, "assistant.message");
    expect(answer).toMatchObject({
      model: { requested: "other/second" },
      upstream: "other",
      cost: 1000 * 3000 + 10 * 30_000,
    });
    expect(second?.requests[0]?.model).toBe("second");
    const billed = (await bench.entries()).flatMap((entry) => callOf(entry) ?? []);
    expect(billed.at(-1)).toMatchObject({ model: "other/second", upstream: "other" });
  });

  it("is a failure for who requires the model, with the answer on record", async () => {
    const bench = await makeBench({
      fallbacks: ["other/second"],
      tools: [look],
      settings: { retry: quickRetry },
    });
    bench.upstream.script(fails("overloaded"), fails("overloaded"));
    bench.fallbacks[0]?.script(asks({ name: "look" }));
    const { result, events } = await bench.turn({
      parts: [{ type: "text", text: "go" }],
      requireModel: true,
    });
    expect(result).toMatchObject({
      reason: "failure",
      error: { code: "model_mismatch", message: "asked for test/model, answered by other/second" },
    });
    expect(ofType(events, "tool.started")).toEqual([]);
  });
});

describe("the model that answers", () => {
  it("is an event once a turn when it is another one, and none when it is the same by another name", async () => {
    const { turn, upstream } = await makeBench({ info: { id: "claude-sonnet-4-5" }, tools: [look] });
    const by = (model: string) => says({ text: "x", calls: [{ name: "look", id: model }], model });
    upstream.script(
      by("claude-sonnet-4-5-20250929"),
      by("anthropic/claude-4.5-sonnet-20250929"),
      by("claude-haiku-4-5"),
      by("claude-haiku-4-5"),
      says({ text: "done", model: "Claude-Sonnet-4.5" }),
    );
    const { events, result } = await turn("go");
    expect(ofType(events, "model.mismatched")).toMatchObject([
      { step: 3, requested: "test/model", answered: "claude-haiku-4-5" },
    ]);
    expect(result.reason).toBe("done");
    expect(ofType(events, "assistant.message").map(({ model }) => model.answered)).toContain(
      "claude-haiku-4-5",
    );
  });
});

describe("a budget", () => {
  it("refuses before anything is sent, with the numbers, and nothing stays reserved", async () => {
    const bench = await makeBench({ caps: [{ scope: "run", unit: "usd", cap: usd(0.0001) }] });
    const { result, events } = await bench.turn("go");
    expect(result).toMatchObject({ reason: "budget", steps: 1, error: { code: "budget" } });
    expect(result.error?.message).toMatch(/of the run's cap of \$0\.0001 only \$0\.0001 is left/);
    expect(bench.upstream.requests).toEqual([]);
    expect(ofType(events, "step.started")).toEqual([]);
    expect(ofType(events, "budget.refused")).toMatchObject([
      { scope: "run", unit: "usd", cap: 100_000, spent: 0, reserved: 0, model: "test/model" },
    ]);
  });

  it("lowers the output cap to what is left, says so once, and refuses when that is too little", async () => {
    const bench = await makeBench({ caps: [{ scope: "run", unit: "usd", cap: usd(0.02) }], tools: [look] });
    const spends = usage({ input: 200, output: 800 });
    bench.upstream.script(
      says({ calls: [{ name: "look", input: { n: 1 } }], usage: spends }),
      says({ calls: [{ name: "look", input: { n: 2 } }], usage: spends }),
    );
    const { result, events } = await bench.turn("go");
    const caps = bench.upstream.requests.map(({ maxOutputTokens }) => maxOutputTokens ?? 0);
    expect(caps[0]).toBeGreaterThan(1_900);
    expect(caps[0]).toBeLessThan(2_000);
    // Each call cost 0.0082 dollars, which is 820 tokens of answer less for the next one.
    expect(caps[1]).toBeGreaterThan(1_000);
    expect(caps[1]).toBeLessThan(1_180);
    expect(result.reason).toBe("budget");
    expect(ofType(events, "step.started").map(({ maxOutputTokens }) => maxOutputTokens)).toEqual(caps);
    const notes = ofType(events, "note").filter(({ code }) => code === "output_cap");
    expect(notes.map(({ text }) => text)).toEqual([
      `The answer is capped at ${caps[0]} tokens instead of 16000, because $0.0200 of the budget is left.`,
    ]);
  });

  it("of tokens counts them all, and an unpriced model cannot run under one of money", async () => {
    const tokens = await makeBench({ caps: [{ scope: "session", unit: "tokens", cap: 1_000 }] });
    tokens.upstream.script(says({ text: "one", usage: usage({ input: 300, cacheRead: 300, output: 300 }) }));
    expect((await tokens.turn("go")).result.reason).toBe("done");
    expect((await tokens.turn("go")).result.reason).toBe("budget");
    const money = await makeBench({
      caps: [{ scope: "run", unit: "usd", cap: usd(5) }],
      info: { price: null },
    });
    const { result } = await money.turn("go");
    expect(result).toMatchObject({ reason: "budget", cost: 0 });
    expect(result.error?.message).toMatch(/no known price/);
  });

  it("is charged for what an interrupted answer had come to, though nobody reported it", async () => {
    const stop = new AbortController();
    const bench = await makeBench({ caps: [{ scope: "run", unit: "usd", cap: usd(0.05) }] });
    const long = "word ".repeat(3_000);
    bench.upstream.script(
      hangsAfter(
        [
          { type: "start" },
          { type: "usage", usage: usage({ input: 500, output: 1 }) },
          { type: "part.start", index: 0, part: { type: "text" } },
          { type: "part.delta", index: 0, delta: long },
        ],
        () => stop.abort("interrupted"),
      ),
    );
    await bench.turn("go", { signal: stop.signal });
    // About 3,000 tokens of answer at ten dollars a million: three of the five cents are gone.
    bench.upstream.script(says("short"));
    await bench.turn("again");
    const [, again] = bench.upstream.requests;
    expect(again?.maxOutputTokens).toBeLessThan(2_100);
    expect(await ledgerUsage(bench)).toEqual(bench.upstream.reported);
  });
});

describe("the cache watch", () => {
  const cached = (more: Partial<Usage>, n: number) =>
    says({ calls: [{ name: "look", input: { n } }], usage: usage({ output: 5, ...more }) });

  it("tells nothing while the cache serves, and nothing after failures or a compaction", async () => {
    const { turn, upstream } = await makeBench({ tools: [look] });
    upstream.script(
      cached({ cacheWrite5m: 5_000 }, 1),
      cached({ cacheRead: 5_000, cacheWrite5m: 300 }, 2),
      fails("truncated", cached({}, 3).slice(0, 3)),
      cached({ cacheRead: 5_300, cacheWrite5m: 300 }, 4),
      says({ text: "done", usage: usage({ cacheRead: 5_600 }) }),
    );
    expect(ofType((await turn("go")).events, "cache.missed")).toEqual([]);
    upstream.script(fails("auth"), says({ text: "back", usage: usage({ cacheRead: 5_600 }) }));
    expect(ofType((await turn("rejected")).events, "cache.missed")).toEqual([]);
    expect(ofType((await turn("again")).events, "cache.missed")).toEqual([]);
  });

  it("names what changed in the prefix, and what the miss cost more than a hit", async () => {
    const { turn, upstream } = await makeBench({ tools: [look], settings: { maxSteps: 2 } });
    upstream.script(
      cached({ cacheWrite5m: 5_000 }, 1),
      says({ text: "done", usage: usage({ cacheWrite5m: 5_100, output: 1 }) }),
    );
    const { events } = await turn("go");
    // The wrap-up forbids tools, which is a setting Anthropic keeps its cache by.
    expect(ofType(events, "cache.missed")).toMatchObject([
      { step: 2, changed: "settings", expectedTokens: 5_000, readTokens: 0, cost: 5_000 * (1_250 - 100) },
    ]);
  });

  it("tells an expired cache from an upstream that lost it", async () => {
    const { turn, upstream, clock } = await makeBench();
    const full = says({ text: "x", usage: usage({ input: 5_000 }) });
    upstream.script(says({ text: "x", usage: usage({ cacheWrite5m: 5_000 }) }), full);
    await turn("one");
    clock.at += 6 * 60_000;
    expect(ofType((await turn("two")).events, "cache.missed")).toMatchObject([
      { changed: "expired", cost: 5_000 * 900 },
    ]);
    upstream.script(says({ text: "x", usage: usage({ cacheWrite5m: 5_000 }) }), full);
    await turn("three");
    expect(ofType((await turn("four")).events, "cache.missed")).toMatchObject([{ changed: "upstream" }]);
  });
});

describe("what is sent", () => {
  it("carries breakpoints where it ends and where the request before it ended, and a key of the session", async () => {
    const { turn, upstream, run } = await makeBench({ tools: [look], settings: { cacheTtl: "1h" } });
    const many = Array.from({ length: 30 }, (_, n) => ({ name: "look", input: { n } }));
    upstream.script(asks(...many), says("done"));
    await turn("go");
    const marked = upstream.requests.map(({ messages }) =>
      messages.flatMap(({ role, parts }) =>
        parts.flatMap((part, at) => ("cache" in part && part.cache ? [`${role} ${at}`] : [])),
      ),
    );
    expect(marked).toEqual([["user 0"], ["user 0", "tool 29"]]);
    expect(upstream.requests[0]?.system).toEqual([
      { type: "text", text: "You are under test.", cache: "1h" },
    ]);
    expect(upstream.requests.map(({ cacheKey }) => cacheKey)).toEqual([run.session.id, run.session.id]);
  });

  it("asks for effort in the model's own way: words, a budget, or not at all", async () => {
    const steered = async (reasoning: Parameters<typeof makeBench>[0] extends infer O ? O : never) => {
      const { turn, upstream } = await makeBench({ ...reasoning, effort: "high" });
      upstream.script(says("x"));
      await turn("go");
      return upstream.requests[0]?.reasoning;
    };
    expect(await steered({ info: { reasoning: { efforts: ["low", "medium"], budget: null } } })).toEqual({
      effort: "medium",
      visible: true,
    });
    expect(await steered({ info: { reasoning: { efforts: [], budget: { min: 0, max: 10_000 } } } })).toEqual({
      budgetTokens: 10_000,
      visible: true,
    });
    expect(await steered({ info: { reasoning: null } })).toBeUndefined();
  });

  it("says before each step how full the window is, by what fills it", async () => {
    const { turn, upstream } = await makeBench({ tools: [look], system: "s".repeat(4_000) });
    upstream.script(
      says({ calls: [{ name: "look" }], usage: usage({ input: 20_000, output: 500 }) }),
      says({ text: "x", usage: smallUsage }),
    );
    const { events } = await turn("go");
    const [before, after] = ofType(events, "context.usage");
    expect(before?.breakdown.system).toBeGreaterThan(400);
    expect(before?.breakdown.tools).toBeGreaterThan(300);
    // What the upstream counted replaces the estimate.
    expect(after?.tokens).toBeGreaterThan(20_500);
    expect(after?.tokens).toBeLessThan(20_600);
    expect(after?.window).toBe(200_000);
  });
});
