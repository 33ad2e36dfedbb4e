import { describe, expect, it } from "vitest";
import type { Message } from "../../src/core/message.ts";
import type { ModelEvent, ModelRequest } from "../../src/core/model.ts";
import type { Usage } from "../../src/core/usage.ts";
import { zeroUsage } from "../../src/core/usage.ts";
import { callOf } from "../../src/sessions/calls.ts";
import {
  type Bench,
  type BenchOptions,
  fakeTool,
  makeBench,
  ofType,
  resultsTold,
  textTold,
} from "../support/agent.ts";
import { assertPaired } from "../support/agent-laws.ts";
import { fails, hangsAfter, says, type Wish } from "../support/scripted-upstream.ts";

const vocabulary = ["red", "fox", "sun", "map", "tree", "cold", "lake", "stone"];

/** Text of about this many tokens. */
const filler = (tokens: number, seed = 1): string =>
  Array.from({ length: tokens }, (_, n) => vocabulary[(n * n + seed * 3 + (n % seed)) % 8]).join(" ");

const big = fakeTool("big", "read", ({ n }) => `output ${n}: ${filler((n ?? 1) * 100, n)}`);
const read = fakeTool("read", "read", ({ path }) => `content of ${path}`);
const edit = fakeTool("edit", "edit", ({ path }) => `edited ${path}`);
const usage = (more: Partial<Usage>): Usage => ({ ...zeroUsage, ...more });

/** A wish for tools from an upstream that counts nothing, so that estimates stand. */
const uncounted = (...calls: Wish[]): ModelEvent[] => says({ calls, usage: null });

/** A model with a window of 20,000 tokens, which compacts at 16,000. */
const bench = (more: BenchOptions = {}): Promise<Bench> =>
  makeBench({ tools: [big, read, edit], info: { contextWindow: 20_000, maxOutput: 2_000 }, ...more });

const isSummaryCall = ({ messages }: ModelRequest): boolean =>
  JSON.stringify(messages.at(-1)).includes("Write the summary that will replace the conversation");

const firstText = (message: Message | undefined): string => {
  const part = message?.parts[0];
  return part?.type === "text" ? part.text : "";
};

describe("a window that fills", () => {
  it("first loses old tool output, which frees room without any call; the newest stays whole", async () => {
    const { turn, upstream } = await bench();
    upstream.script(
      uncounted({ name: "big", input: { n: 60 } }),
      uncounted({ name: "big", input: { n: 61 } }),
      uncounted({ name: "big", input: { n: 20 } }),
      says("done"),
    );
    const { events, result } = await turn("go");
    expect(result.reason).toBe("done");
    const [pruned] = ofType(events, "compaction.finished");
    expect(pruned).toMatchObject({
      method: "prune",
      trigger: "threshold",
      model: null,
      cost: 0,
      summary: null,
    });
    expect(pruned?.tokensAfter).toBeLessThan(16_000);
    expect(upstream.requests.some(isSummaryCall)).toBe(false);
    const told = textTold(upstream);
    expect(told).toMatch(/output 60: [a-z ]{150,200}\\n\[\d+ characters removed to free context/);
    expect(told).toContain(filler(20 * 100, 20));
    for (const request of upstream.requests) assertPaired(request.messages);
  });

  it("then gets one summary, over the request the model knows, with its cost shown", async () => {
    const { turn, upstream, entries } = await bench();
    upstream.script(
      says({ text: filler(4_000, 3), usage: usage({ input: 500, output: 5_000 }) }),
      says({ text: filler(4_000, 4), usage: usage({ input: 5_600, output: 5_000 }) }),
      says({ text: filler(4_000, 5), usage: usage({ input: 10_700, output: 5_400 }) }),
      says({ text: "## Goal\nbuild it", usage: usage({ input: 300, cacheRead: 12_000, output: 100 }) }),
      says("on it"),
    );
    await turn("Build the thing, in TypeScript.");
    await turn("No dependencies, please.");
    await turn("And tests.");
    const { events, result } = await turn("Go on.");
    expect(result).toMatchObject({ reason: "done", text: "on it", steps: 1 });
    const [compacted] = ofType(events, "compaction.finished");
    expect(compacted).toMatchObject({
      method: "summary",
      trigger: "threshold",
      model: "test/model",
      usage: { cacheRead: 12_000 },
      cost: 300 * 1000 + 12_000 * 100 + 100 * 10_000,
    });
    expect(result.usage.cacheRead).toBe(12_000);
    expect(compacted?.tokensAfter).toBeLessThan((compacted?.tokensBefore ?? 0) / 2);
    // The summary call is the known request and one question: tools, settings and history as they were.
    const [summary] = upstream.requests.filter(isSummaryCall);
    const before = upstream.requests[2];
    expect(summary?.messages.slice(0, 3).map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(summary?.tools).toEqual(before?.tools);
    expect(summary?.toolChoice).toBe(before?.toolChoice);
    expect(ofType(events, "text.delta").map(({ delta }) => delta)).toEqual(["on it"]);
    // Reversible: nothing left the tree.
    expect(ofType(await entries(), "user.message")).toHaveLength(4);
    const last = upstream.requests.at(-1);
    expect(firstText(last?.messages[0])).toContain("## Goal\nbuild it");
    for (const words of [
      "Build the thing, in TypeScript.",
      "No dependencies, please.",
      "And tests.",
      "Go on.",
    ])
      expect(textTold(upstream)).toContain(words);
  });

  it("keeps every word of the user and every file through two compactions, whatever the summaries say", async () => {
    const { turn, upstream, run } = await bench();
    const steering = "use tabs,\n  never spaces";
    upstream.script(
      uncounted({ name: "read", input: { path: "src/a.ts" } }, { name: "edit", input: { path: "src/b.ts" } }),
      says({ text: filler(7_000, 1), usage: null }),
      says({ text: filler(7_000, 2), usage: null }),
      says({ text: "first summary", usage: null }),
      uncounted({ name: "edit", input: { path: "src/a.ts" } }),
      says({ text: filler(7_000, 3), usage: null }),
      says({ text: filler(8_000, 4), usage: null }),
      says({ text: "second summary", usage: null }),
      says({ text: "ok", usage: null }),
    );
    run.queue.add("steer", [{ type: "text", text: steering }]);
    await turn("First wish: all of it.\nSecond line.");
    await turn("second wish");
    const first = await turn("third wish");
    expect(ofType(first.events, "compaction.finished").map(({ method }) => method)).toEqual(["summary"]);
    await turn("fourth wish");
    const second = await turn("fifth wish");
    expect(ofType(second.events, "compaction.finished").map(({ method }) => method)).toEqual(["summary"]);
    const last = upstream.requests.at(-1)?.messages ?? [];
    const opening = firstText(last[0]);
    const all = last
      .flatMap(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : "")))
      .join("\n");
    for (const words of [
      "First wish: all of it.\nSecond line.",
      steering,
      "second wish",
      "third wish",
      "fourth wish",
      "fifth wish",
    ])
      expect(all.split(words), words).toHaveLength(2);
    expect(opening).toContain("second summary");
    expect(opening).not.toContain("first summary");
    expect(opening).toContain("Files changed: src/b.ts, src/a.ts");
    assertPaired(last);
  });

  it("keeps results that nobody has read yet, and gives up the largest of them only when they do not fit", async () => {
    const pages = (...sizes: number[]) => uncounted(...sizes.map((n) => ({ name: "big", input: { n } })));
    const fitting = await bench();
    fitting.upstream.script(pages(35, 36, 37, 38), says("read them all"));
    const { events } = await fitting.turn("go");
    expect(ofType(events, "context.usage").at(-1)?.tokens).toBeGreaterThan(16_000);
    expect(ofType(events, "compaction.finished")).toEqual([]);

    const tooMany = await bench();
    tooMany.upstream.script(pages(35, 60, 36, 40), says("sorry"));
    const second = await tooMany.turn("go");
    expect(second.result.reason).toBe("done");
    expect(ofType(second.events, "compaction.finished")).toMatchObject([
      { method: "prune", prunedCalls: ["call_1"] },
    ]);
    expect(resultsTold(tooMany.upstream).map((text) => text.length > 5_000)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it("is left alone when its history is not what fills it", async () => {
    const { turn, upstream } = await bench({ system: filler(8_000), tools: [] });
    upstream.script(says("small"), says("talk"));
    await turn("hi");
    const { events, result } = await turn("there");
    expect(result.reason).toBe("done");
    expect(ofType(events, "compaction.finished")).toEqual([]);
  });
});

describe("a summary that cannot be had", () => {
  const overflow = () => fails({ code: "context_overflow", status: 400, message: "prompt is too long" });

  it("is put together from facts when the upstream refuses every summary, and the session goes on", async () => {
    const { turn, upstream, entries } = await bench();
    upstream.script(
      uncounted({ name: "edit", input: { path: "src/b.ts" } }),
      says({ text: filler(7_000, 1), usage: null }),
      says({ text: `I changed b. ${filler(7_000, 2)}`, usage: null }),
      overflow(),
      overflow(),
      says({ text: "still here", usage: null }),
      says({ text: filler(11_000, 3), usage: null }),
      overflow(),
      overflow(),
      says({ text: "and again", usage: null }),
    );
    await turn("first wish");
    await turn("second wish");
    const { events, result } = await turn("third wish");
    expect(result).toMatchObject({ reason: "done", text: "still here" });
    expect(ofType(events, "compaction.finished")).toMatchObject([
      { method: "mechanical", model: "test/model", error: { code: "context_overflow" } },
    ]);
    const opening = firstText(upstream.requests.at(-1)?.messages[0]);
    expect(opening).toContain('- edit {"path":"src/b.ts"}');
    expect(opening).toContain("I changed b.");
    expect(opening).toContain("first wish");
    await turn("fourth wish");
    expect((await turn("fifth wish")).result).toMatchObject({ reason: "done", text: "and again" });
    expect(textTold(upstream)).toContain("first wish");
    expect(firstText(upstream.requests.at(-1)?.messages[0])).toContain("I changed b.");
    expect(ofType(await entries(), "turn.ended").map(({ reason }) => reason)).toEqual(Array(5).fill("done"));
  });

  it("says what a summary cost that came to nothing", async () => {
    const made = await bench();
    made.upstream.script(
      says({ text: filler(7_000, 1), usage: null }),
      says({ text: filler(7_000, 2), usage: null }),
      says({ text: " ", usage: usage({ input: 9_000, output: 3 }) }),
      says({ text: "ok", usage: null }),
    );
    await made.turn("one");
    await made.turn("two");
    const { result } = await made.turn("three");
    expect(result).toMatchObject({ reason: "done", usage: { input: 9_000, output: 3 } });
    const calls = (await made.entries()).flatMap((entry) => callOf(entry) ?? []);
    expect(calls.filter(({ kind }) => kind === "compaction")).toMatchObject([{ usage: { input: 9_000 } }]);
  });

  it("is asked for once more, with tools forbidden, when the model calls tools instead", async () => {
    const { turn, upstream } = await bench();
    upstream.script(
      says({ text: filler(7_000, 1), usage: null }),
      says({ text: filler(7_000, 2), usage: null }),
      says({ calls: [{ name: "read" }], usage: usage({ input: 10 }) }),
      says({ text: "summary at last", usage: usage({ input: 20 }) }),
      says({ text: "ok", usage: null }),
    );
    await turn("one");
    await turn("two");
    const { events } = await turn("three");
    expect(ofType(events, "attempt.failed")).toMatchObject([
      { error: { code: "refused" }, usage: { input: 10 } },
    ]);
    expect(ofType(events, "compaction.finished")).toMatchObject([
      { method: "summary", usage: { input: 20 } },
    ]);
    expect(upstream.requests.filter(isSummaryCall).map(({ toolChoice }) => toolChoice)).toEqual([
      undefined,
      "none",
    ]);
    expect(ofType(events, "tool.started")).toEqual([]);
  });

  it("leaves the history as it was when the run is stopped meanwhile, with what was spent on record", async () => {
    const stop = new AbortController();
    const made = await bench();
    made.upstream.script(
      says({ text: filler(7_000, 1), usage: null }),
      says({ text: filler(7_000, 2), usage: null }),
      hangsAfter([{ type: "start" }, { type: "usage", usage: usage({ input: 9_000, output: 1 }) }], () =>
        stop.abort("interrupted"),
      ),
    );
    await made.turn("one");
    await made.turn("two");
    const { result, events } = await made.turn("three", { signal: stop.signal });
    expect(result).toMatchObject({ reason: "interrupted", usage: { input: 9_000 } });
    expect(ofType(events, "compaction.finished")).toEqual([]);
    const calls = (await made.entries()).flatMap((entry) => callOf(entry) ?? []);
    expect(calls.filter(({ usage: { input } }) => input === 9_000)).toHaveLength(1);
    made.upstream.script(says("summary"), says("ok"));
    expect((await made.turn("four")).result.reason).toBe("done");
  });
});

describe("what is pinned", () => {
  /** Throws on half a surrogate pair. */
  const wellFormed = (text: string): string => decodeURIComponent(encodeURIComponent(text));
  const summarised = (request: ModelRequest) =>
    says({ text: isSummaryCall(request) ? "the summary" : "yes", usage: null });

  it("is the instruction files in the system prompt, the same before and after", async () => {
    const system = "You are under test.\n\n# Project instructions\n\nUse pnpm, never npm.";
    const { turn, upstream } = await bench({ system });
    upstream.script(
      says({ text: filler(7_000, 1), usage: null }),
      says({ text: filler(7_000, 2), usage: null }),
      says({ text: "the summary", usage: null }),
      says({ text: "ok", usage: null }),
    );
    await turn("one");
    await turn("two");
    const { events } = await turn("three");
    expect(ofType(events, "compaction.finished")).toMatchObject([{ method: "summary" }]);
    expect(upstream.requests.at(-1)?.system[0]?.text).toBe(system);
    expect(ofType(events, "segment.started")).toMatchObject([{ system }]);
  });

  it("is every short sentence whole, and head and tail of a text larger than the window", async () => {
    const { turn, upstream } = await bench();
    for (let n = 0; n < 40; n++) upstream.script(summarised);
    await turn("Use tabs.");
    const paste = `FIRST LINE 😀${"😀".repeat(30_000)}😀 LAST LINE`;
    // It cannot be sent whole, by any means; the session can go on all the same.
    await turn(paste);
    for (const said of [
      "Use semicolons.",
      `Read this: ${filler(8_000)}`,
      "Do it.",
      `And: ${filler(8_000, 2)}`,
      "Go on.",
    ])
      expect((await turn(said)).result.reason, said).toBe("done");
    const told = firstText(upstream.requests.at(-1)?.messages[0]);
    for (const said of ["Use tabs.", "Use semicolons.", "FIRST LINE", "LAST LINE", "characters left out"])
      expect(told).toContain(said);
    expect(told.length).toBeLessThan(20_000);
    expect(wellFormed(textTold(upstream))).toContain("Go on.");
  });

  it("is the newest of more sentences than the window has room for, and the session goes on", async () => {
    const { turn, upstream } = await bench({ info: { contextWindow: 4_000, maxOutput: 300 } });
    for (let n = 0; n < 200; n++) upstream.script(summarised);
    for (let n = 0; n < 40; n++) {
      const { result } = await turn(`wish ${n}: ${"please do ".repeat(60)}`);
      expect(result.reason).toBe("done");
    }
    const told = textTold(upstream);
    expect(told).toContain("wish 38:");
    expect(told).toMatch(/\d+ earlier messages left out/);
    expect(told).toContain("recall tool");
  });

  it("leaves room for the rest, also of a summary that did not heed its cap", async () => {
    const { turn, upstream } = await bench();
    upstream.script(
      says({ text: filler(7_000, 1), usage: null }),
      says({ text: filler(7_000, 2), usage: null }),
      says({ text: `## Goal ${"long ".repeat(200_000)}`, usage: null }),
      says({ text: "ok", usage: null }),
    );
    await turn("one");
    await turn("two");
    const { events, result } = await turn("three");
    expect(result).toMatchObject({ reason: "done", text: "ok" });
    expect(ofType(events, "compaction.finished")[0]?.tokensAfter).toBeLessThan(10_000);
  });
});

describe("an upstream that refuses a request for its size", () => {
  const overflow = () => fails({ code: "context_overflow", status: 400, message: "prompt is too long" });

  it("is answered by a compaction and asked again, in a window that is smaller from then on", async () => {
    const { turn, upstream } = await bench({ info: { contextWindow: 200_000, maxOutput: 2_000 } });
    upstream.script(
      says({ text: filler(2_000, 1), usage: null }),
      says({ text: filler(2_000, 2), usage: null }),
      overflow(),
      says({ text: "the summary", usage: null }),
      says({ text: "fits now", usage: null }),
    );
    await turn("one");
    await turn("two");
    const { events, result } = await turn("three");
    expect(result).toMatchObject({ reason: "done", text: "fits now", steps: 2 });
    expect(ofType(events, "compaction.finished")).toMatchObject([{ method: "summary", trigger: "overflow" }]);
    const windows = ofType(events, "context.usage").map(({ window }) => window);
    expect(windows[0]).toBe(200_000);
    expect(windows[1]).toBeLessThan(10_000);
    expect(textTold(upstream)).toContain("three");
  });

  it("whatever its real window is: the session finds one that fits, or says that none does", async () => {
    const real = 3_000;
    const sizeOf = (request: ModelRequest): number => JSON.stringify(request.messages).length / 3;
    const { turn, upstream } = await bench({ info: { contextWindow: 200_000, maxOutput: 2_000 } });
    const local = (request: ModelRequest) =>
      sizeOf(request) > real
        ? overflow()
        : says({ text: isSummaryCall(request) ? "sum" : "yes", usage: null });
    for (let n = 0; n < 60; n++) upstream.script(local);
    for (let n = 0; n < 12; n++) {
      const { result } = await turn(`wish ${n} ${filler(300, n)}`);
      expect(result).toMatchObject({ reason: "done", text: "yes" });
    }
    const { result } = await turn(`too much at once ${filler(9_000)}`);
    expect(result).toMatchObject({ reason: "context", error: { code: "context_overflow" } });
    expect((await turn("small again")).result.reason).toBe("done");
  });
});
