/** Compaction by hand: preview, focus, undo, and looking up what was dropped. */
import { describe, expect, it } from "vitest";
import { compactNow, undoCompaction } from "../../src/agent/compaction/manual.ts";
import { previewCompaction } from "../../src/agent/compaction/preview.ts";
import type { AgentEvent } from "../../src/core/event.ts";
import { textOf } from "../../src/core/message.ts";
import { usd } from "../../src/core/usage.ts";
import { type Bench, type BenchOptions, fakeTool, makeBench, ofType, textTold } from "../support/agent.ts";
import { assertPaired, assertPrefixes } from "../support/agent-laws.ts";
import { asks, fails, hangsAfter, says, smallUsage } from "../support/scripted-upstream.ts";
import { foldSession } from "../support/tree.ts";

const words = (count: number, word = "word"): string => `${word} `.repeat(count).trim();
const read = fakeTool("read", "read", ({ path }) => `content of ${path}: ${words(300, "code")}`);
const run = fakeTool("run", "execute", ({ text }) => `ran ${text}: ${words(150, "line")}`);

type Told<Outcome> = { events: AgentEvent[]; outcome: Outcome };

async function drain<Outcome>(generator: AsyncGenerator<AgentEvent, Outcome>): Promise<Told<Outcome>> {
  const events: AgentEvent[] = [];
  for (;;) {
    const next = await generator.next();
    if (next.done) return { events, outcome: next.value };
    events.push(next.value);
  }
}

const never = new AbortController().signal;
const compact = ({ run }: Bench, focus: string | null = null, signal: AbortSignal = never) =>
  drain(compactNow({ ...run, signal }, focus));
const undo = async ({ run, entries }: Bench) => drain(undoCompaction({ ...run, signal: never }, entries));

/** A conversation of three turns with some 1,300 tokens in it. */
async function talked(more: BenchOptions = {}): Promise<Bench> {
  const bench = await makeBench({ tools: [read, run], ...more });
  bench.upstream.script(
    asks({ name: "read", input: { path: "src/a.ts" } }, { name: "read", input: { path: "src/b.ts" } }),
    asks({ name: "run", input: { text: "npm test" } }),
    says(`All green. ${words(400, "detail")}`),
    says("Noted."),
    says("Three it is."),
  );
  await bench.turn("Build the thing.");
  await bench.turn("Never use tabs.");
  await bench.turn("Three spaces.");
  return bench;
}

describe("compacting by hand", () => {
  it("replaces the conversation by a summary with the focus asked for, between turns and with its cost", async () => {
    const bench = await talked();
    bench.upstream.script(says({ text: "## Goal\nthe thing", usage: { ...smallUsage, input: 3_000 } }));
    const { events, outcome } = await compact(bench, "the failing tests");
    expect(outcome).toMatchObject({ ending: { reason: "done" }, spent: { usage: { input: 3_000 } } });
    expect(ofType(events, "compaction.finished")).toMatchObject([
      {
        method: "summary",
        trigger: "manual",
        focus: "the failing tests",
        turnId: null,
        cost: 3_000 * 1000 + 5 * 10_000,
      },
    ]);
    expect(textTold(bench.upstream)).toContain("keep above all: the failing tests");
    bench.upstream.script(says("on it"));
    await bench.turn("Go on.");
    const told = textTold(bench.upstream);
    for (const said of ["the thing", "Build the thing.", "Never use tabs.", "Three spaces.", "Go on."])
      expect(told).toContain(said);
    expect(told).not.toContain("content of src/a.ts");
    expect(told).toContain("recall tool");
    const entries = await bench.entries();
    expect(foldSession(entries)).toEqual(bench.run.session.state.state());
  });

  it("does exactly what the preview says, which itself asks, records and spends nothing", async () => {
    const bench = await talked();
    const before = await bench.entries();
    const asked = bench.upstream.requests.length;
    const plan = previewCompaction(bench.run, null);
    expect(await bench.entries()).toEqual(before);
    expect(bench.upstream.requests).toHaveLength(asked);
    expect(plan).toMatchObject({
      refused: null,
      window: 200_000,
      verbatim: ["Build the thing."],
      dropped: {
        earlierSummary: false,
        tools: [
          { name: "read", results: 2 },
          { name: "run", results: 1 },
        ],
        files: [
          { name: expect.stringMatching(/^src/), results: 1 },
          { name: expect.stringMatching(/^src/), results: 1 },
        ],
      },
      kept: { messages: 4, begins: "Never use tabs." },
      call: { model: "test/model" },
    });
    const { dropped, kept, call } = plan ?? {};
    expect(call?.cost).toBeGreaterThan(0);
    expect(call?.costAtMost).toBeGreaterThan(call?.cost ?? 0);

    const shown = bench.run.session.state.messages();
    bench.upstream.script(says("the summary"));
    const { outcome } = await compact(bench);
    const request = bench.upstream.requests.at(-1)?.messages ?? [];
    expect(outcome.compaction).toMatchObject({ keptFrom: kept?.from, tokensBefore: plan?.tokensBefore });
    expect(request).toHaveLength((dropped?.messages ?? 0) + 1);
    const [opening, ...rest] = bench.run.session.state.messages();
    expect(rest).toEqual(shown.slice(dropped?.messages));
    expect(rest).toHaveLength(kept?.messages ?? 0);
    const verbatim = [...textOf(opening?.parts ?? []).matchAll(/<message>\n(.*)\n<\/message>/g)];
    expect(verbatim.map(([, text]) => text)).toEqual(plan?.verbatim);
    expect(outcome.compaction?.tokensAfter).toBeLessThan((plan?.tokensAfter ?? 0) * 1.2);
  });

  it.each([
    { name: "an empty session", turns: [] },
    { name: "a few words", turns: ["hi"] },
  ])("refuses $name without spending anything, and says so in the preview", async ({ turns }) => {
    const bench = await makeBench();
    for (const said of turns) {
      bench.upstream.script(says("hello"));
      await bench.turn(said);
    }
    const { events, outcome } = await compact(bench);
    expect(outcome).toMatchObject({ ending: { reason: "usage" }, compaction: null });
    expect(events).toEqual([]);
    expect(bench.upstream.requests).toHaveLength(turns.length);
    expect(previewCompaction(bench.run, null)?.refused ?? "nothing").toMatch(/nothing/);
  });

  it.each([
    { name: "refused for size", error: "context_overflow" as const, times: 2, reason: "context" },
    { name: "refused for its key", error: "auth" as const, times: 1, reason: "auth" },
  ])(
    "leaves the conversation whole when the summary is $name, and says why",
    async ({ error, times, reason }) => {
      const bench = await talked();
      const whole = bench.run.session.state.messages();
      for (let n = 0; n < times; n++) bench.upstream.script(fails(error));
      const { outcome } = await compact(bench);
      expect(outcome).toMatchObject({ ending: { reason }, compaction: null });
      expect(bench.run.session.state.messages()).toEqual(whole);
      bench.upstream.script(says("still here"));
      expect((await bench.turn("and?")).result.text).toBe("still here");
    },
  );

  it("is stopped by a budget and by a person, with the conversation whole and the spending on record", async () => {
    const poor = await talked();
    const gate = poor.storage.gate([{ scope: "session", unit: "usd", cap: usd(0.0001) }], poor.clock.now);
    const refused = await drain(compactNow({ ...poor.run, gate, signal: never }, null));
    expect(refused.outcome).toMatchObject({ ending: { reason: "budget" }, compaction: null });
    expect(ofType(await poor.entries(), "budget.refused")).toHaveLength(1);

    const bench = await talked();
    const stop = new AbortController();
    bench.upstream.script(
      hangsAfter([{ type: "start" }, { type: "usage", usage: { ...smallUsage, input: 2_000 } }], () =>
        stop.abort("interrupted"),
      ),
    );
    const { events, outcome } = await compact(bench, null, stop.signal);
    expect(outcome).toMatchObject({ ending: { reason: "interrupted" }, compaction: null });
    expect(ofType(events, "attempt.failed")).toMatchObject([{ usage: { input: 2_000 }, turnId: null }]);
  });
});

describe("taking a compaction back", () => {
  it("shows the whole conversation again, with what came after; the request goes on from the one before", async () => {
    const bench = await talked();
    const whole = bench.run.session.state.messages();
    bench.upstream.script(says("the summary"), says("after it"));
    await compact(bench);
    await bench.turn("Said since.");
    const { events, outcome } = await undo(bench);
    expect(outcome).toMatchObject({ fits: true, more: false });
    const [undone] = ofType(events, "compaction.undone");
    expect(undone?.tokensAfter).toBeGreaterThan(undone?.tokensBefore ?? 0);
    expect(bench.run.session.state.messages().slice(0, whole.length)).toEqual(whole);
    bench.upstream.script(says("whole again"));
    const turn = await bench.turn("And now?");
    expect(ofType(turn.events, "cache.missed")).toEqual([]);
    expect(ofType(turn.events, "compaction.finished")).toEqual([]);
    const told = textTold(bench.upstream);
    expect(told).toContain("content of src/a.ts");
    expect(told).toContain("Said since.");
    expect(told).not.toContain("the summary");
    const entries = await bench.entries();
    expect(foldSession(entries)).toEqual(bench.run.session.state.state());
    // Nothing to take back any more, and money spent stays spent.
    expect((await undo(bench)).outcome).toMatchObject({ undone: null });
    expect(ofType(entries, "compaction.finished")).toHaveLength(1);
    // What a person said is still known to the next compaction.
    bench.upstream.script(says("another summary"), says("yes"));
    await compact(bench);
    await bench.turn("Last.");
    for (const said of ["Build the thing.", "Never use tabs.", "Three spaces.", "Said since.", "Last."])
      expect(textTold(bench.upstream).split(said), said).toHaveLength(2);
  });

  it("holds in a process that was killed at any entry after it", async () => {
    const bench = await talked();
    bench.upstream.script(says("the summary"), says("after it"), says("whole again"));
    await compact(bench);
    await bench.turn("Said since.");
    await undo(bench);
    await bench.turn("And now?");
    const entries = await bench.entries();
    const compacted = entries.findIndex(({ type }) => type === "compaction.finished");
    const undone = entries.findIndex(({ type }) => type === "compaction.undone");
    for (let kept = compacted; kept <= entries.length; kept++) {
      const next = await makeBench({ tools: [read, run], resume: entries.slice(0, kept) });
      next.upstream.script(says("back"));
      expect((await next.turn("where were we?")).result.reason).toBe("done");
      const [request] = next.upstream.requests;
      assertPaired(request?.messages ?? []);
      const told = textTold(next.upstream);
      expect(told.includes("content of src/a.ts"), `after ${kept}`).toBe(kept === compacted || kept > undone);
      for (const said of ["Build the thing.", "Never use tabs.", "Three spaces."])
        expect(told).toContain(said);
      // From its undoing on each request goes on from the one before, also across processes.
      const last = bench.upstream.requests.at(-1);
      if (request && last && kept === entries.length) await assertPrefixes([last, request]);
    }
  });

  it("takes two compactions back one after the other", async () => {
    const bench = await talked();
    bench.upstream.script(says("first summary"), says(words(900, "long")), says("second summary"));
    await compact(bench);
    await bench.turn("In between.");
    const between = bench.run.session.state.messages();
    await compact(bench);
    expect((await undo(bench)).outcome).toMatchObject({ more: true });
    expect(bench.run.session.state.messages()).toEqual(between);
    expect((await undo(bench)).outcome).toMatchObject({ more: false });
    expect(JSON.stringify(bench.run.session.state.messages())).toContain("content of src/a.ts");
  });

  it("is not undone by the next step: only a conversation that does not fit is compacted anew", async () => {
    const bench = await makeBench({
      info: { contextWindow: 2_400, maxOutput: 300 },
      settings: { compactAt: 0.5 },
    });
    const say = (text: string) => bench.upstream.script(says({ text, usage: null }));
    say(words(600));
    say(words(500));
    say("the summary");
    say("gone on");
    await bench.turn("one");
    await bench.turn("two");
    expect(ofType((await bench.turn("three")).events, "compaction.finished")).toHaveLength(1);
    expect((await undo(bench)).outcome).toMatchObject({ fits: true });
    say("fits");
    expect(ofType((await bench.turn("four")).events, "compaction.finished")).toEqual([]);
    expect(textTold(bench.upstream)).toContain(words(500));
    say("another summary");
    say("compacted");
    const { events, result } = await bench.turn(words(1_200, "more"));
    expect(ofType(events, "compaction.finished")).toMatchObject([{ method: "summary" }]);
    expect(result.text).toBe("compacted");
    // That one taken back, the conversation is larger than the window, and the person is told.
    expect((await undo(bench)).outcome).toMatchObject({ fits: false });
  });
});

describe("recall", () => {
  it("is offered from the first compaction on, in a segment of its own, and finds what was dropped", async () => {
    const bench = await talked();
    const names = (index: number) => bench.upstream.requests.at(index)?.tools.map(({ name }) => name);
    expect(names(-1)).toEqual(["read", "run"]);
    bench.upstream.script(
      says("the summary"),
      asks({ name: "recall", input: { words: "npm test" } }),
      says("found"),
    );
    const { events } = await compact(bench);
    expect(names(-1)).toEqual(["read", "run"]);
    expect(ofType(events, "segment.started")).toMatchObject([
      { tools: ["read", "run", "recall"], system: "You are under test." },
    ]);
    const { result, events: turn } = await bench.turn("Which command did you run?");
    expect(result.reason).toBe("done");
    expect(names(-1)).toEqual(["read", "run", "recall"]);
    const [found] = ofType(turn, "tool.finished");
    expect(JSON.stringify(found?.output)).toMatch(/\[turn 1, entry \d+, run call\]/);
    expect(JSON.stringify(found?.output)).toMatch(/\[turn 1, entry \d+, run result\] ran npm test/);

    // A fresh process keeps the very list, and reads the same past.
    const next = await makeBench({ tools: [read, run], resume: await bench.entries() });
    next.upstream.script(asks({ name: "recall", input: { from: 1 } }), says("read it"));
    const again = await next.turn("Read it all.");
    expect(ofType(again.events, "segment.started")).toEqual([]);
    const [all] = ofType(again.events, "tool.finished");
    expect(JSON.stringify(all?.output)).toMatch(/\[turn 1, entry \d+, user\]\\nBuild the thing\./);
    expect(JSON.stringify(all?.output)).toContain("content of src/a.ts");
    const [before, after] = [bench.upstream.requests.at(-1), next.upstream.requests[0]];
    if (before && after) await assertPrefixes([before, after]);
  });

  it("gives full results that were shortened, and has nothing once the compaction is taken back", async () => {
    const bench = await makeBench({
      tools: [read, run],
      info: { contextWindow: 1_500, maxOutput: 200 },
      settings: { compactAt: 0.7 },
    });
    const reads = ["src/a.ts", "src/b.ts", "src/c.ts", "src/d.ts"].map((path) =>
      says({ calls: [{ name: "read", input: { path } }], usage: null }),
    );
    bench.upstream.script(...reads, says({ text: "done", usage: null }));
    const { events } = await bench.turn("read them");
    expect(ofType(events, "compaction.finished").map(({ method }) => method)).toContain("prune");
    bench.upstream.script(asks({ name: "recall", input: { words: "content src/a.ts" } }), says("ok"));
    const { events: second } = await bench.turn("what was in a?");
    expect(JSON.stringify(ofType(second, "tool.finished")[0]?.output)).toContain(
      "read result] content of src/a.ts",
    );
    for (let more = true; more; ) ({ more } = (await undo(bench)).outcome);
    const context = { callId: "c", cwd: "/", signal: never, emit: () => undefined };
    const recall = await bench.run.recall?.load();
    expect(await recall?.run({}, context)).toMatchObject({
      output: expect.stringMatching(/^Nothing like that was dropped/),
    });
  });
});
