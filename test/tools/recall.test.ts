import { describe, expect, it } from "vitest";
import type { PastEntry } from "../../src/core/history.ts";
import type { ToolResult } from "../../src/core/tool.ts";
import { HIT_CHARS, MAX_HITS, MAX_RECALL_CHARS, MAX_TURNS, makeRecallTool } from "../../src/tools/recall.ts";

const recall = async (past: readonly PastEntry[], input: object): Promise<ToolResult> => {
  const tool = makeRecallTool({
    entries: async function* () {
      yield* past;
    },
  });
  const signal = new AbortController().signal;
  return tool.run(tool.input.parse(input), { callId: "c", cwd: "/", signal, emit: () => undefined });
};

const past: PastEntry[] = [
  { seq: 3, turn: 1, who: "user", text: "Find the leak in src/pool.ts." },
  { seq: 9, turn: 1, who: "bash call", text: '{"command":"npm test"}' },
  {
    seq: 11,
    turn: 1,
    who: "bash result",
    text: `FAIL pool.test.ts\nexpected 3 open handles\n${"x".repeat(9_000)}`,
  },
  { seq: 20, turn: 2, who: "user", text: "And the docs, Über-soon." },
  { seq: 22, turn: 2, who: "agent", text: "y".repeat(30_000) },
];

describe("recall", () => {
  it("finds what holds all words, in any case, and says where it stands", async () => {
    const { output } = await recall(past, { words: "pool OPEN" });
    expect(output).toMatch(
      /^\[turn 1, entry 11, bash result\] FAIL pool.test.ts expected 3 open handles x+…$/,
    );
    expect((await recall(past, { words: "über" })).output).toContain("entry 20, user");
    expect((await recall(past, { words: "pool", to: 5 })).output).toBe(
      "[turn 1, entry 3, user] Find the leak in src/pool.ts.",
    );
  });

  it("reads entries from a number on, within its bound, and says where to go on", async () => {
    const first = await recall(past, { from: 9 });
    expect(first.output).toContain('[turn 1, entry 9, bash call]\n{"command":"npm test"}');
    expect(first.output).toContain("[turn 2, entry 20, user]");
    expect(String(first.output).length).toBeLessThan(MAX_RECALL_CHARS + 300);
    expect(first.note).toBe("goes on at from 22");
    const second = await recall(past, { from: 22 });
    expect(second.note).toBe(`entry 22 goes on: from 22, offset ${MAX_RECALL_CHARS}`);
    const third = await recall(past, { from: 22, offset: 24_000 });
    expect(third).toMatchObject({ output: `[turn 2, entry 22, agent]\n${"y".repeat(6_000)}` });
    expect(third.note).toBeUndefined();
    expect((await recall(past, { from: 3, to: 3 })).output).toBe(
      "[turn 1, entry 3, user]\nFind the leak in src/pool.ts.",
    );
  });

  it("outlines the turns, and says when there is nothing", async () => {
    expect((await recall(past, {})).output).toBe(
      "turn 1, entries 3-11: Find the leak in src/pool.ts.\nturn 2, entries 20-22: And the docs, Über-soon.",
    );
    for (const input of [{}, { words: "nothing" }, { from: 1 }])
      expect((await recall([], input)).output).toMatch(/^Nothing like that was dropped/);
  });

  it("is bounded, whatever the past", async () => {
    const long = Array.from(
      { length: 500 },
      (_, n): PastEntry => ({
        seq: n + 1,
        turn: n + 1,
        who: "user",
        text: `😀 wish ${n} ${"word ".repeat(500)}`,
      }),
    );
    const hits = await recall(long, { words: "wish" });
    expect(String(hits.output).split("\n")).toHaveLength(MAX_HITS);
    expect(String(hits.output).length).toBeLessThan(MAX_HITS * (HIT_CHARS + 60));
    expect(hits.output).toContain("entry 500,");
    expect(hits.note).toMatch(/newest 20 of 500/);
    expect(String((await recall(long, {})).output).split("\n")).toHaveLength(MAX_TURNS);
    expect(String((await recall(long, { from: 1 })).output).length).toBeLessThan(MAX_RECALL_CHARS + 2_000);
  });

  it("stops when the turn does", async () => {
    const tool = makeRecallTool({
      entries: async function* () {
        for (let seq = 1; ; seq++) yield { seq, turn: 1, who: "user", text: "again" };
      },
    });
    const context = {
      callId: "c",
      cwd: "/",
      signal: AbortSignal.abort("interrupted"),
      emit: () => undefined,
    };
    await expect(tool.run({ words: "never" }, context)).rejects.toBe("interrupted");
  });
});
