import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DurableEvent, Entry } from "../../src/core/event.ts";
import type { Message } from "../../src/core/message.ts";
import { toolCallsOf } from "../../src/core/message.ts";
import { lastCompactions } from "../../src/sessions/compactions.ts";
import { Fold, foldPath } from "../../src/sessions/fold.ts";
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
  started,
  stepStarted,
  text,
  turnEnded,
  usageOf,
  user,
} from "../support/entries.ts";
import { foldSession, historyOf, pathOf } from "../support/tree.ts";

const session = sessionId(1);
const entriesOf = (...events: DurableEvent[]): Entry[] =>
  chained(events).map((entry) => asRead(session, entry));

const undone = (...seqs: number[]): DurableEvent => ({
  type: "compaction.undone",
  compactions: seqs.map(entryId),
  tokensBefore: 1,
  tokensAfter: 2,
});

/** One line a message, so that a whole conversation can be compared at a glance. */
function lines(messages: readonly Message[]): string[] {
  return messages.map(
    ({ role, parts }) =>
      `${role}: ${parts
        .map((part) => {
          if (part.type === "text" || part.type === "reasoning") return part.text;
          if (part.type === "tool_call") return `<${part.id}>`;
          if (part.type !== "tool_result") return part.type;
          const words = part.content.map((piece) => (piece.type === "text" ? piece.text : piece.type));
          return `[${part.callId}${part.isError === true ? "!" : ""} ${words.join("").slice(0, 24)}]`;
        })
        .join(" ")}`,
  );
}

/** Law "pairing", as a request must satisfy it. */
function assertPaired(messages: readonly Message[]): void {
  const seen = new Set<string>();
  messages.forEach((message, index) => {
    expect(message.parts.length).toBeGreaterThan(0);
    const calls = message.role === "assistant" ? toolCallsOf(message.parts).map(({ id }) => id) : [];
    for (const id of calls) {
      expect(id).not.toBe("");
      expect(seen.has(id), `two calls named ${id}`).toBe(false);
      seen.add(id);
    }
    const next = messages[index + 1];
    if (calls.length > 0) {
      expect(next?.role).toBe("tool");
      expect(next?.parts.map((part) => (part.type === "tool_result" ? part.callId : part.type))).toEqual(
        calls,
      );
    }
    if (message.role === "tool") expect(messages[index - 1]?.role).toBe("assistant");
  });
}

describe("laws of the fold", () => {
  it("pairs every call with one result, in every prefix of every session", () => {
    fc.assert(
      fc.property(arbitrarySession, (entries) => {
        const read = entries.map((entry) => asRead(session, entry));
        for (let end = 1; end <= read.length; end++) assertPaired(historyOf(pathOf(read.slice(0, end))));
      }),
      { numRuns: 1500 },
    );
  });

  it("gives the same state live, entry by entry, as from the ledger, and never changes a message it gave out", () => {
    fc.assert(
      fc.property(arbitrarySession, (entries) => {
        const path = pathOf(entries.map((entry) => asRead(session, entry)));
        let live = new Fold();
        const given: { state: unknown; frozen: string }[] = [];
        path.forEach((entry, index) => {
          if (entry.type === "compaction.undone") live = foldPath(path.slice(0, index + 1));
          else live.add(entry);
          const state = live.state();
          expect(state).toEqual(foldSession(path.slice(0, index + 1)));
          given.push({ state, frozen: JSON.stringify(state) });
        });
        for (const { state, frozen } of given) expect(JSON.stringify(state)).toBe(frozen);
      }),
      { numRuns: 1000 },
    );
  });

  it("only appends while nothing is compacted or pending (law prefix)", () => {
    fc.assert(
      fc.property(arbitrarySession, (entries) => {
        let live = new Fold();
        let before: Message[] = [];
        const path = pathOf(entries.map((one) => asRead(session, one)));
        for (const [index, entry] of path.entries()) {
          if (entry.type === "compaction.undone") live = foldPath(path.slice(0, index + 1));
          else live.add(entry);
          if (entry.type === "compaction.finished" || entry.type === "compaction.undone") before = [];
          // A request leaves right after its step.started; the next one must extend it.
          if (entry.type !== "step.started") continue;
          const now = live.messages();
          expect(now.slice(0, before.length)).toEqual(before);
          before = now;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the conversation of a path", () => {
  const cases: { name: string; events: DurableEvent[]; history: string[] }[] = [
    {
      name: "results stand in the order of the calls, not of their ends",
      events: [
        user("go"),
        answer([text("doing"), call("a"), call("b")]),
        started("a"),
        started("b"),
        finished("b"),
        finished("a", "bad", "error"),
        answer([text("done")]),
      ],
      history: ["user: go", "assistant: doing <a> <b>", "tool: [a! bad] [b output of b]", "assistant: done"],
    },
    {
      name: "a read that started while the answer streamed finds its call",
      events: [
        user("go"),
        started("a", "read"),
        finished("a"),
        answer([call("a"), call("b")]),
        finished("b"),
      ],
      history: ["user: go", "assistant: <a> <b>", "tool: [a output of a] [b output of b]"],
    },
    {
      name: "an early read of a failed attempt does not answer the next attempt's call of the same id",
      events: [
        user("go"),
        started("call_0", "read"),
        failedAttempt(usageOf(1, 1), nano(1)),
        finished("call_0", "stale"),
        started("call_0", "read"),
        finished("call_0", "fresh"),
        answer([call("call_0")]),
      ],
      history: ["user: go", "assistant: <call_0>", "tool: [call_0 fresh]"],
    },
    {
      name: "killed while a command ran and another call waited, then resumed",
      events: [user("go"), answer([call("a"), call("b")]), started("a"), user("go on")],
      history: [
        "user: go",
        "assistant: <a> <b>",
        'tool: [a! Interrupted: "run a" had] [b! Not run: the turn was in]',
        "user: go on",
      ],
    },
    {
      name: "a result that comes after the conversation went on changes nothing",
      events: [
        user("go"),
        answer([call("a")]),
        started("a"),
        user("stop"),
        finished("a"),
        answer([text("ok")]),
      ],
      history: [
        "user: go",
        "assistant: <a>",
        'tool: [a! Interrupted: "run a" had]',
        "user: stop",
        "assistant: ok",
      ],
    },
    {
      name: "a cut-off answer keeps its text and loses thoughts without a signature",
      events: [
        user("go"),
        answer([{ type: "reasoning", text: "hm" }, text("half")], { end: { reason: "aborted" } }),
        user("again"),
        answer([{ type: "reasoning", text: "hm" }], { end: { reason: "error" } }),
      ],
      history: ["user: go", "assistant: half", "user: again"],
    },
    {
      name: "ids numbered anew in each answer become unique",
      events: [
        user("go"),
        answer([call("call_0")]),
        finished("call_0", "one"),
        answer([call("call_0"), call("call_0")]),
        finished("call_0", "two"),
        finished("call_0", "three"),
      ],
      history: [
        "user: go",
        "assistant: <call_0>",
        "tool: [call_0 one]",
        "assistant: <call_0_2> <call_0_3>",
        "tool: [call_0_2 two] [call_0_3 three]",
      ],
    },
    {
      name: "a summary replaces everything before keptFrom and never splits a pair",
      events: [
        user("one"),
        answer([call("a")]),
        finished("a"),
        user("two"),
        // keptFrom is the result of "a": its call is before it, so both go.
        compaction({ summary: "S", keptFrom: entryId(9) }),
        answer([text("three")]),
      ],
      history: [
        "user: The earlier part of this conversation was replaced by this summary of it:\n\nS",
        "user: two",
        "assistant: three",
      ],
    },
    {
      name: "a second summary replaces the first",
      events: [
        user("one"),
        compaction({ summary: "S1", keptFrom: null }),
        user("two"),
        answer([text("three")]),
        compaction({ summary: "S2", keptFrom: entryId(12) }),
      ],
      history: [
        "user: The earlier part of this conversation was replaced by this summary of it:\n\nS2",
        "assistant: three",
      ],
    },
    {
      name: "a compaction that was taken back never was, and what came after it stays",
      events: [
        user("one"),
        answer([call("a")]),
        finished("a"),
        compaction({ summary: "S", keptFrom: null }),
        user("two"),
        answer([text("three")]),
        undone(12),
        user("four"),
      ],
      history: [
        "user: one",
        "assistant: <a>",
        "tool: [a output of a]",
        "user: two",
        "assistant: three",
        "user: four",
      ],
    },
    {
      name: "taking the second of two summaries back leaves the first",
      events: [
        user("one"),
        compaction({ summary: "S1", keptFrom: null }),
        user("two"),
        compaction({ summary: "S2", keptFrom: null }),
        user("three"),
        undone(12),
      ],
      history: [
        "user: The earlier part of this conversation was replaced by this summary of it:\n\nS1",
        "user: two",
        "user: three",
      ],
    },
    {
      name: "pruning shortens the results of the calls it names and nothing else",
      events: [
        user("one"),
        answer([call("a"), call("b")]),
        finished("a", "long ".repeat(100)),
        finished("b", "long ".repeat(100)),
        compaction({ method: "prune", summary: null, prunedCalls: ["b"], model: null, cost: null }),
      ],
      history: [
        "user: one",
        "assistant: <a> <b>",
        "tool: [a long long long long long] [b long long long long long]",
      ],
    },
  ];
  it.each(cases)("$name", ({ events, history }) => {
    expect(lines(historyOf(entriesOf(...events)))).toEqual(history);
  });

  it("says that an interrupted command may have had effects and was not run again, and that a read had none", () => {
    const [, , results] = historyOf(
      entriesOf(user("go"), answer([call("a"), call("b")]), started("a"), started("b", "read")),
    );
    const words = results?.parts.map((part) => JSON.stringify(part)) ?? [];
    expect(words[0]).toMatch(/may have had effects.*not run again/);
    expect(words[1]).toMatch(/changes nothing; call it again/);
  });

  it("prunes to a head, and says how much is gone", () => {
    const output = "0123456789".repeat(50);
    const messages = historyOf(
      entriesOf(
        user("go"),
        answer([call("a")]),
        finished("a", output, "error"),
        compaction({ method: "prune", summary: null, prunedCalls: ["a"] }),
      ),
    );
    expect(messages[2]).toEqual({
      role: "tool",
      parts: [
        {
          type: "tool_result",
          callId: "a",
          isError: true,
          content: [
            {
              type: "text",
              text: `${output.slice(0, 200)}\n[300 characters removed to free context; run the call again if you need them]`,
            },
          ],
        },
      ],
    });
  });
});

describe("the compactions that would be taken back next", () => {
  const prune = compaction({ method: "prune", summary: null, prunedCalls: ["a"], model: null });
  const byHand = compaction({ trigger: "manual" });
  it.each<[string, DurableEvent[], number[]]>([
    ["none", [user("one")], []],
    ["the last one", [compaction(), user("one"), compaction()], [9]],
    [
      "all of one occasion",
      [user("one"), prune, failedAttempt(usageOf(1, 1), nano(1)), compaction()],
      [6, 12],
    ],
    [
      "the first after the second was taken back",
      [compaction(), stepStarted(), compaction(), undone(9)],
      [3],
    ],
    ["one by hand alone", [compaction(), byHand, byHand], [9]],
    ["what stands before one by hand alone too", [prune, compaction(), byHand, undone(9)], [3, 6]],
  ])("are %s", (_, events, seqs) => {
    expect(lastCompactions(entriesOf(...events)).map(({ seq }) => seq)).toEqual(seqs);
  });
});

describe("the rest of the state", () => {
  it("counts nothing after a compaction was taken back, keeps all from then on, and says what is dropped", () => {
    const events = [
      user("one"),
      answer([text("two")]),
      compaction({ summary: "S", keptFrom: null }),
      user("three"),
      answer([text("four")], { usage: usageOf(40, 2) }),
    ];
    const compacted = foldPath(entriesOf(...events));
    expect(compacted.dropped.beforeSeq).toBe(9);
    expect(compacted.state()).toMatchObject({ measured: { messages: 3 }, keepsAll: false });
    const whole = foldPath(entriesOf(...events, undone(9)));
    expect(whole.dropped.beforeSeq).toBe(0);
    expect(whole.state()).toMatchObject({ measured: null, keepsAll: true });
    // What was dropped is not in memory, so the fold cannot go on by itself.
    const [last] = entriesOf(...events, undone(9)).slice(-1);
    expect(() => last && compacted.add(last)).toThrow(/fold the path anew/);
    expect(foldSession(entriesOf(...events, undone(9), compaction())).keepsAll).toBe(false);
  });

  it("follows segment, last count, open turn and unfinished calls", () => {
    const fold = new Fold();
    const events: DurableEvent[] = [
      { type: "segment.started", system: "S", tools: ["bash"], prefixHash: "p", files: [] },
      user("go"),
      stepStarted(),
      answer([call("a"), call("b")], { usage: usageOf(40, 2) }),
      started("a"),
    ];
    for (const entry of entriesOf(...events)) fold.add(entry);
    expect(fold.state()).toMatchObject({
      segment: { system: "S", tools: ["bash"], prefixHash: "p" },
      measured: { usage: usageOf(40, 2), messages: 2 },
      openTurn: "turn-1",
      unfinished: [{ callId: "a", name: "bash", summary: "run a", access: "execute" }],
    });
    const rest = entriesOf(...events, finished("a"), finished("b"), compaction(), turnEnded()).slice(
      events.length,
    );
    for (const entry of rest) fold.add(entry);
    expect(fold.state()).toMatchObject({ measured: null, openTurn: null, unfinished: [] });
  });
});
