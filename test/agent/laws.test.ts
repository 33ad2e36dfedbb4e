/** The laws of the loop over random scripts: what models say, how they fail, what people do meanwhile, when all stops. */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { QueuedInput } from "../../src/agent/queue.ts";
import type { Entry } from "../../src/core/event.ts";
import type { ModelErrorCode } from "../../src/core/model.ts";
import type { Usage } from "../../src/core/usage.ts";
import { addUsage, zeroUsage } from "../../src/core/usage.ts";
import { callOf } from "../../src/sessions/calls.ts";
import { type Bench, fakeTool, makeBench, memoryStorage } from "../support/agent.ts";
import { assertPaired, assertPrefixes } from "../support/agent-laws.ts";
import { fails, says, type Wish } from "../support/scripted-upstream.ts";
import { foldSession } from "../support/tree.ts";

// Thousands of sessions take a while on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

/** One answer of a random model. */
type Move = {
  text: string;
  reasoning: string | undefined;
  calls: Wish[];
  end: "whole" | "length" | ModelErrorCode;
  usage: Usage;
  /** Said by a person while the answer is written. */
  steer: boolean;
  followUp: boolean;
};

const words = fc.constantFrom("", "ok", "Let me look.", "über 😀", "x".repeat(400));
const count = fc.nat(2_000);
const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({ name: fc.constant("look"), input: fc.record({ n: fc.nat(3) }) }),
  fc.record({ name: fc.constant("act"), input: fc.record({ path: fc.constantFrom("a", "b") }) }),
  fc.record({ name: fc.constant("break"), input: fc.constant({}) }),
  fc.record({ name: fc.constant("forbidden"), input: fc.constant({}) }),
  fc.record({ name: fc.constantFrom("look", "gone"), malformed: fc.constant('{"n":') }),
  // Ids that upstreams repeat or leave out.
  fc.record({ name: fc.constant("look"), id: fc.constantFrom("", "x"), input: fc.record({ n: fc.nat(3) }) }),
);
const move: fc.Arbitrary<Move> = fc.record({
  text: words,
  reasoning: fc.option(fc.constant("thinking"), { nil: undefined, freq: 4 }),
  calls: fc.array(wish, { maxLength: 3 }),
  end: fc.oneof(
    { weight: 8, arbitrary: fc.constant("whole" as const) },
    { weight: 1, arbitrary: fc.constant("length" as const) },
    { weight: 1, arbitrary: fc.constantFrom("overloaded", "truncated", "auth", "stalled") },
  ),
  usage: fc.record({
    input: count,
    cacheRead: count,
    cacheWrite5m: count,
    cacheWrite1h: fc.constant(0),
    output: count,
    reasoning: fc.constant(0),
  }),
  steer: fc.boolean(),
  followUp: fc.boolean(),
});
const session = fc.record({
  moves: fc.array(move, { minLength: 1, maxLength: 8 }),
  turns: fc.integer({ min: 1, max: 3 }),
});

const tools = [
  fakeTool("look", "read", ({ n }) => `seen ${n}`),
  fakeTool("act", "edit", ({ path }) => `changed ${path}`),
  fakeTool("break", "execute", () => {
    throw new Error("broken");
  }),
  fakeTool("forbidden", "network", () => "never"),
];

async function play(
  script: { moves: Move[]; turns: number },
  more: Parameters<typeof makeBench>[0] = {},
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<{ bench: Bench; live: Entry[]; turns: number }> {
  const bench = await makeBench({ tools, storage: memoryStorage(), deny: ["forbidden"], ...more });
  const { queue } = bench.run;
  for (const { end, steer, followUp, reasoning, ...said } of script.moves) {
    bench.upstream.script(() => {
      if (steer) queue.add("steer", [{ type: "text", text: "by the way" }]);
      if (followUp) queue.add("follow_up", [{ type: "text", text: "and then" }]);
      const events = says({
        ...said,
        ...(reasoning !== undefined && { reasoning }),
        ...(end === "length" && { end }),
      });
      return end === "whole" || end === "length" ? events : fails(end, events.slice(0, -1));
    });
  }
  // Whatever is asked beyond the script is answered by one word, and repeated calls come to an end by themselves.
  for (let n = 0; n < 40; n++) bench.upstream.script(says("done"));
  const live: Entry[] = [];
  let events = 0;
  let turns = 0;
  let seq = 0;
  for (let n = 0; n < script.turns; n++) {
    // What is queued for after a turn begins the next one, as long as turns end well.
    for (let next: QueuedInput | "wish" | null = "wish"; next !== null; next = queue.take()) {
      const stop = new AbortController();
      const text = { type: "text" as const, text: `wish ${n}` };
      turns += 1;
      await bench.turn(next === "wish" ? { parts: [text] } : { parts: next.parts, queued: next.id }, {
        signal: stop.signal,
        watch: (event) => {
          expect(event.seq).toBeGreaterThan(seq);
          seq = event.seq;
          if ("id" in event) live.push(event);
          if (++events >= stopAfter) stop.abort("interrupted");
        },
      });
    }
  }
  return { bench, live, turns };
}

/** Sums over the ledger, as a cost report makes them. */
function usageOf(entries: readonly Entry[]): Usage {
  return entries.reduce((sum, entry) => addUsage(sum, callOf(entry)?.usage ?? zeroUsage), zeroUsage);
}

describe("law prefix", () => {
  it("each request of a session begins with the one before it, in every dialect (1,000 sessions)", async () => {
    await fc.assert(
      fc.asyncProperty(session, async (script) => {
        const { bench } = await play(script);
        await assertPrefixes(bench.upstream.requests);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("law pairing", () => {
  it("every call of every request has exactly one result, wherever the run is stopped (1,000 sessions)", async () => {
    await fc.assert(
      fc.asyncProperty(session, fc.nat(120), async (script, stopAfter) => {
        const { bench } = await play(script, {}, stopAfter);
        await bench.turn("one more");
        for (const { messages } of bench.upstream.requests) assertPaired(messages);
      }),
      { numRuns: 1_000 },
    );
  });

  it("also through compactions of every kind, in a window far too small (1,000 sessions)", async () => {
    let compactions = 0;
    await fc.assert(
      fc.asyncProperty(session, fc.nat(200), async (script, stopAfter) => {
        const { bench } = await play(script, { info: { contextWindow: 1_200, maxOutput: 300 } }, stopAfter);
        await bench.turn("one more");
        for (const { messages } of bench.upstream.requests) assertPaired(messages);
        const entries = await bench.entries();
        compactions += entries.filter(({ type }) => type === "compaction.finished").length;
        expect(foldSession(entries)).toEqual(bench.run.session.state.state());
      }),
      { numRuns: 1_000 },
    );
    expect(compactions).toBeGreaterThan(500);
  });
});

describe("laws usage, replay and durability", () => {
  it("the ledger sums to what the upstream reported, folds to what was watched, and had all that was shown (1,000 sessions)", async () => {
    await fc.assert(
      fc.asyncProperty(session, fc.nat(150), async (script, stopAfter) => {
        const { bench, live, turns: played } = await play(script, {}, stopAfter);
        const entries = await bench.entries();
        expect(usageOf(entries)).toEqual(bench.upstream.reported);
        expect(live).toEqual(entries.slice(1));
        expect(foldSession(entries)).toEqual(bench.run.session.state.state());
        const turns = entries.flatMap((entry) => (entry.type === "turn.ended" ? [entry] : []));
        expect(turns).toHaveLength(played);
        // Each message that was queued is said once, or waits.
        const queued = entries.flatMap((entry) => (entry.type === "input.queued" ? [entry.id] : []));
        const said = entries.flatMap((entry) => (entry.type === "user.message" ? (entry.queued ?? []) : []));
        const waiting = bench.run.queue.waiting.map(({ id }) => id);
        expect([...said, ...waiting].sort()).toEqual(queued.sort());
        expect(turns.reduce((sum, { usage }) => addUsage(sum, usage), zeroUsage)).toEqual(usageOf(entries));
      }),
      { numRuns: 1_000 },
    );
  });
});
