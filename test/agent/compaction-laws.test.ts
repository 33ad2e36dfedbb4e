/** The laws of compaction over random sessions: by itself, by hand, taken back, in one process and in the next. */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { compactNow, undoCompaction } from "../../src/agent/compaction/manual.ts";
import { previewCompaction } from "../../src/agent/compaction/preview.ts";
import type { AgentEvent } from "../../src/core/event.ts";
import type { Message } from "../../src/core/message.ts";
import { type Bench, fakeTool, makeBench, memoryStorage, ofType } from "../support/agent.ts";
import { assertPaired } from "../support/agent-laws.ts";
import { fails, says } from "../support/scripted-upstream.ts";
import { foldSession } from "../support/tree.ts";

// Thousands of sessions take a while on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

const words = (count: number): string => "word ".repeat(count).trim();
const tools = [fakeTool("read", "read", ({ n }) => words(n ?? 1))];
const options = {
  tools,
  info: { contextWindow: 3_000, maxOutput: 400 },
  settings: { compactAt: 0.6 },
};

type Happening =
  | { do: "turn"; reads: number[]; answer: number; summary: boolean }
  | { do: "compact"; summary: boolean }
  | { do: "undo" }
  | { do: "restart" };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("turn" as const),
      reads: fc.array(fc.constantFrom(5, 300, 900), { maxLength: 2 }),
      // No pruning frees an answer: long ones are what makes a summary, or what stands in for it, necessary.
      answer: fc.constantFrom(1, 600, 1_200),
      summary: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("compact" as const), summary: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("undo" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
);

const textIn = (messages: readonly Message[]): string =>
  messages.flatMap(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : ""))).join("\n");

const isSummaryCall = (messages: readonly Message[]): boolean =>
  textIn(messages.slice(-1)).includes("Write the summary");

/** Answers steps by the plan of a turn, and summary calls as told, whenever one comes. */
function answer(bench: Bench, reads: readonly number[], words: string, summary: boolean): void {
  const steps = [
    ...reads.map((n) => says({ calls: [{ name: "read", input: { n } }], usage: null })),
    says({ text: words, usage: null }),
  ];
  for (let n = 0; n < 30; n++) {
    bench.upstream.script(({ messages }) => {
      if (!isSummaryCall(messages)) return steps.shift() ?? says({ text: "ok", usage: null });
      return summary ? says({ text: "what was done", usage: null }) : fails("context_overflow");
    });
  }
}

/** Without the cache breakpoints, which move. */
const plain = (message: Message | undefined): string =>
  JSON.stringify(message, (key, value: unknown) => (key === "cache" ? undefined : value));

describe("laws pairing, prefix and replay, and every word of the user", () => {
  it("hold through compactions, their undoing and new processes (1,000 sessions)", async () => {
    const seen = { compactions: 0, undone: 0, mechanical: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 4, maxLength: 12, size: "max" }),
        async (happenings) => {
          let bench = await makeBench({ ...options, storage: memoryStorage() });
          const said: string[] = [];
          /** Requests before which the history was cut or made whole. */
          let changes = new Set<number>();
          const watch = ({ type }: AgentEvent): void => {
            if (type.startsWith("compaction.")) changes.add(bench.upstream.requests.length);
          };
          const drain = async <Outcome>(generator: AsyncGenerator<AgentEvent, Outcome>): Promise<Outcome> => {
            for (;;) {
              const next = await generator.next();
              if (next.done) return next.value;
              watch(next.value);
            }
          };
          const run = () => ({ ...bench.run, signal: new AbortController().signal });
          for (const next of happenings) {
            if (next.do === "turn") {
              answer(bench, next.reads, words(next.answer), next.summary);
              said.push(`wish-${said.length};`);
              const { result, events } = await bench.turn(said.at(-1) ?? "", { watch });
              expect(result.reason).toBe("done");
              const last = bench.upstream.requests.findLast(({ messages }) => !isSummaryCall(messages));
              for (const sentence of said)
                expect(textIn(last?.messages ?? []).split(sentence), sentence).toHaveLength(2);
              const made = ofType(events, "compaction.finished");
              seen.compactions += made.length;
              seen.mechanical += made.filter(({ method }) => method === "mechanical").length;
            } else if (next.do === "compact") {
              answer(bench, [], "", next.summary);
              const before = foldSession(await bench.entries());
              const plan = previewCompaction(bench.run, null);
              const { ending, compaction } = await drain(compactNow(run(), null));
              if (plan === null || plan.refused !== null) expect(ending.reason).toBe("usage");
              if (compaction) expect(compaction.keptFrom).toBe(plan?.kept.from);
              else expect(bench.run.session.state.messages()).toEqual(before.messages);
            } else if (next.do === "undo") {
              const { undone } = await drain(undoCompaction(run(), bench.entries));
              if (undone) seen.undone += 1;
            } else {
              assertRequests(bench, changes);
              bench = await makeBench({
                ...options,
                storage: memoryStorage(),
                resume: await bench.entries(),
              });
              changes = new Set();
            }
            const entries = await bench.entries();
            expect(foldSession(entries)).toEqual(bench.run.session.state.state());
            for (const sentence of said)
              expect(textIn(bench.run.session.state.messages()).split(sentence), sentence).toHaveLength(2);
          }
          assertRequests(bench, changes);
        },
      ),
      { numRuns: 1_000 },
    );
    // What the law is about has to have happened; all counts at once, so that none hides another.
    const rare = Object.entries(seen).filter(([, count]) => count < 100);
    expect(rare, JSON.stringify(seen)).toEqual([]);
  });
});

/** Pairs in every request; and each request of a step begins with the one before unless the history changed between. */
function assertRequests({ upstream }: Bench, changes: ReadonlySet<number>): void {
  let before: readonly string[] = [];
  for (const [index, { messages }] of upstream.requests.entries()) {
    assertPaired(messages);
    if (changes.has(index)) before = [];
    if (isSummaryCall(messages)) continue;
    const now = messages.map(plain);
    expect(now.slice(0, before.length)).toEqual(before);
    before = now;
  }
}
