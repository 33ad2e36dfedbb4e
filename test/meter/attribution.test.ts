import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DurableEvent, Entry } from "../../src/core/event.ts";
import type { NewEntry } from "../../src/core/store.ts";
import { type NanoUsd, type Usage, zeroUsage } from "../../src/core/usage.ts";
import { type Amounts, addTimes, noAmounts, wholeShares } from "../../src/meter/amounts.ts";
import { Attribution, type SourceShare } from "../../src/meter/attribution.ts";
import { filesOf, nameOfSource } from "../../src/meter/cost-source.ts";
import { callOf } from "../../src/sessions/calls.ts";
import { arbitrarySession } from "../support/arbitrary-session.ts";
import {
  answer,
  asRead,
  call,
  chained,
  compaction,
  entryId,
  failedAttempt,
  finished,
  nano,
  sessionId,
  sessionStarted,
  stepStarted,
  text,
  usageOf,
  user,
} from "../support/entries.ts";
import { pathOf } from "../support/tree.ts";

const read = (entries: readonly NewEntry[]): Entry[] => entries.map((entry) => asRead(sessionId(1), entry));

function attribute(entries: readonly Entry[], isCounted: (entry: Entry) => boolean = () => true) {
  const attribution = new Attribution(isCounted);
  for (const [index, entry] of entries.entries()) {
    if (entry.type === "branch.moved") attribution.moveTo(pathOf(entries.slice(0, index), entry.leaf));
    else if (entry.type === "compaction.undone")
      attribution.moveTo(pathOf(entries.slice(0, index + 1), entry.id));
    else attribution.add(entry);
  }
  return attribution.finish();
}

const count = fc.nat(5_000);
const usage: fc.Arbitrary<Usage> = fc
  .record({ input: count, cacheRead: count, cacheWrite5m: count, cacheWrite1h: count, output: count })
  .chain((counts) => fc.nat(counts.output).map((reasoning) => ({ ...counts, reasoning })));
const cost = fc.option(fc.nat(10_000_000).map((value) => value as NanoUsd));
const bill = fc.record({ usage, cost, parts: fc.boolean() });

/** The session with other bills. */
function billed(
  entries: readonly NewEntry[],
  bills: readonly { usage: Usage; cost: NanoUsd | null; parts: boolean }[],
): Entry[] {
  return read(entries).map((entry, index) => {
    const one = bills[index % bills.length];
    if (!one || callOf(entry) === null) return entry;
    const { usage, cost } = one;
    if (entry.type !== "assistant.message") return { ...entry, usage, cost } as Entry;
    const parts = {
      input: nano(usage.input * 3),
      cacheRead: nano(usage.cacheRead),
      output: nano(usage.output * 15),
    };
    return { ...entry, usage, cost, ...(one.parts && { costParts: parts }) };
  });
}

describe("law usage, over shares", () => {
  it("the shares of any session sum to exactly its cost and tokens, whatever was compacted, cut or left behind", () => {
    fc.assert(
      fc.property(
        arbitrarySession,
        fc.array(bill, { minLength: 1, maxLength: 10 }),
        fc.nat(30),
        (entries, bills, from) => {
          const all = billed(entries, bills);
          const counted = (entry: Entry) => entry.seq >= 3 * from;
          const { shares, total } = attribute(all, counted);
          const spent = noAmounts();
          for (const entry of all) {
            const made = callOf(entry);
            if (made === null || !counted(entry)) continue;
            const { usage: tokens, cost: money, unpriced } = made;
            const open = unpriced
              ? tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.output
              : 0;
            addTimes(spent, { ...tokens, cost: money ?? 0, unpriced: open }, 1);
          }
          expect(total).toEqual(spent);
          // As they were divided, before anything is rounded.
          const sum = noAmounts();
          for (const { amounts } of shares) addTimes(sum, amounts, 1);
          for (const [field, value] of Object.entries(sum))
            expect(value).toBeCloseTo(spent[field as keyof Amounts], 3);
          for (const { amounts } of shares)
            for (const value of Object.values(amounts)) expect(value).toBeGreaterThan(-1e-4);
          const whole = wholeShares(
            shares.map(({ amounts }) => amounts),
            total,
          );
          if (whole.length > 0) expect(whole.reduce((all, { cost }) => all + cost, 0)).toBe(spent.cost);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

const costs = (shares: readonly SourceShare[]): Record<string, number> => {
  const named: Record<string, number> = {};
  for (const { source, amounts } of shares) {
    const name = source.kind === "tool" ? `${source.tool} ${source.file ?? ""}`.trim() : nameOfSource(source);
    if (amounts.cost > 0) named[name] = (named[name] ?? 0) + Math.round(amounts.cost);
  }
  return named;
};

/** A dollar a token in, a tenth a cached one, ten an answered one. */
const priced = (tokens: Partial<Usage>) => {
  const usage = { ...zeroUsage, ...tokens };
  const parts = {
    input: nano(usage.input * 10),
    cacheRead: nano(usage.cacheRead),
    output: nano(usage.output * 100),
  };
  return { usage, cost: nano(parts.input + parts.cacheRead + parts.output), costParts: parts };
};
const begin: DurableEvent[] = [
  sessionStarted("/repo"),
  {
    type: "segment.started",
    system: "S",
    tools: ["read"],
    prefixHash: "p",
    files: [
      { path: "/repo/AGENTS.md", bytes: 300, truncated: false },
      { path: "/home/AGENTS.md", bytes: 100, truncated: false },
    ],
  },
];
const step: DurableEvent = {
  ...stepStarted(),
  estimate: { system: 100, tools: 200, files: 100, history: 1, reserve: 0 },
} as DurableEvent;
const long = (words: number): string => "word ".repeat(words);

describe("the cost of a call", () => {
  it("goes to what filled its prompt by size, and its answer's to the calls it wrote", () => {
    const { shares } = attribute(
      read(
        chained([
          ...begin,
          step,
          answer(
            [call("a", "read", { path: "src/x.ts" }), call("b", "bash", { command: long(200) })],
            priced({ input: 400, output: 10 }),
          ),
        ]),
      ),
    );
    const got = costs(shares);
    expect(got).toMatchObject({ "system prompt": 1_000, "tool definitions": 2_000, "context files": 1_000 });
    expect(Object.keys(got).toSorted()).toEqual([
      "bash",
      "context files",
      "read /repo/src/x.ts",
      "system prompt",
      "tool definitions",
    ]);
    expect(got.bash).toBeGreaterThan(5 * (got["read /repo/src/x.ts"] ?? 0));
    const files = shares.flatMap(({ source, amounts }) =>
      source.kind === "context_file" ? [[source.file, Math.round(amounts.cost)]] : [],
    );
    expect(files).toEqual([
      ["/repo/AGENTS.md", 750],
      ["/home/AGENTS.md", 250],
    ]);
  });

  it("charges what is new the full price and what stood there before the cached one", () => {
    const { shares } = attribute(
      read(
        chained([
          ...begin,
          step,
          answer([call("a", "read", { path: "/repo/x" })], priced({ input: 400, output: 1 })),
          finished("a", long(400)),
          step,
          answer([text("done")], priced({ input: 404, cacheRead: 400, output: 1 })),
        ]),
      ),
    );
    const got = costs(shares);
    // 400 tokens of fixed prefix: written once, read once.
    expect(
      (got["system prompt"] ?? 0) + (got["tool definitions"] ?? 0) + (got["context files"] ?? 0),
    ).toBeCloseTo(4_000 + 400, -2);
    expect(got["read /repo/x"]).toBeGreaterThan(4_000);
  });

  it("follows compactions: what was pruned or dropped pays no more, the summary does", () => {
    const events = (mid: DurableEvent[]): DurableEvent[] => [
      ...begin,
      step,
      answer([call("a", "read", { path: "/repo/x" })], priced({ input: 10, output: 1 })),
      finished("a", long(4_000)),
      step,
      answer([call("b", "grep", {})], priced({ input: 10, output: 1 })),
      finished("b", long(50)),
      ...mid,
      step,
      answer([text("done")], priced({ input: 100_000, output: 0 })),
    ];
    const readCost = (mid: DurableEvent[]): number =>
      costs(attribute(read(chained(events(mid)))).shares)["read /repo/x"] ?? 0;
    const kept = readCost([]);
    expect(kept).toBeGreaterThan(500_000);
    const pruned = readCost([
      compaction({ method: "prune", prunedCalls: ["a"], summary: null, model: null }),
    ]);
    expect(pruned).toBeLessThan(kept / 3);
    const summary = compaction({ summary: long(300), keptFrom: entryId(3 * 7), cost: nano(500) });
    const { shares } = attribute(read(chained(events([summary]))));
    const got = costs(shares);
    expect(got["read /repo/x"]).toBeLessThan(1_000);
    expect(got["compaction calls"]).toBe(500);
    expect(got["compaction summaries"]).toBeGreaterThan(100_000);
    expect(got.grep).toBeGreaterThan(10_000);
    const undo: DurableEvent = {
      type: "compaction.undone",
      compactions: [entryId(3 * 9)],
      tokensBefore: 1,
      tokensAfter: 2,
    };
    expect(Math.abs(readCost([summary, undo]) - kept)).toBeLessThan(kept / 100);
  });

  it("keeps helper calls apart, counts thoughts as the upstream did, and says what it cannot know", () => {
    const thinking = { ...priced({ output: 100 }), usage: { ...zeroUsage, output: 100, reasoning: 75 } };
    const { shares } = attribute(
      read(
        chained([
          sessionStarted("/repo"),
          failedAttempt(usageOf(5, 0), nano(50)),
          answer([{ type: "reasoning", text: "hm" }, text("x")], thinking),
          user("Repair it.", "schema_repair"),
          answer([text("{}")], { cost: nano(70) }),
          user("And?"),
          answer([text("free")], { cost: null, usage: usageOf(30, 3) }),
        ]),
      ),
    );
    expect(costs(shares)).toMatchObject({
      "failed attempts": 50,
      "schema repairs": 70,
      reasoning: 7_500,
      answers: 2_500,
    });
    expect(shares.reduce((sum, { amounts }) => sum + amounts.unpriced, 0)).toBeCloseTo(33);
    const bare = attribute(read(chained([answer([text("x")], priced({ input: 10 }))])));
    expect(costs(bare.shares)).toEqual({ "not on record": 100 });
  });

  it("goes on from where a branch was moved to, with what was in its window then", () => {
    const events: DurableEvent[] = [
      ...begin,
      step,
      answer([call("a", "read", { path: "/repo/x" })], priced({ input: 10, output: 1 })),
      finished("a", long(4_000)),
      step,
      answer([text("seen")], priced({ input: 10 })),
      { type: "branch.moved", leaf: entryId(3 * 3) },
      user("Something else."),
      step,
      answer([text("done")], priced({ input: 100_000 })),
    ];
    expect(costs(attribute(read(chained(events))).shares)["read /repo/x"]).toBeLessThan(1_000);
  });
});

it("a patch is about each of its files by their share of it, one path however it is written", () => {
  const patch = `*** Begin Patch\n*** Add File: a.ts\n+${"x".repeat(76)}\n*** Update File: ./lib/b.ts\n@@\n-1\n+2\n*** End Patch`;
  const files = filesOf("apply_patch", { patch }, "/repo");
  expect(files.map(({ file }) => file)).toEqual(["/repo/a.ts", "/repo/lib/b.ts"]);
  expect(files.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  expect(files[0]?.share).toBeGreaterThan(0.5);
  const one = (path: string) => filesOf("read", { path }, "/repo/sub")[0]?.file;
  expect([one("../a.ts"), one("/repo/a.ts"), one("x/../../a.ts")]).toEqual(Array(3).fill("/repo/a.ts"));
  expect(filesOf("bash", { path: "a" }, "/")).toEqual([{ file: null, share: 1 }]);
  expect(filesOf("apply_patch", { patch: "nonsense" }, "/")).toEqual([{ file: null, share: 1 }]);
});
