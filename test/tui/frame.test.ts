import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { footerItems } from "../../src/config/footer.ts";
import type { EntryId } from "../../src/core/ids.ts";
import type { Display } from "../../src/core/tool.ts";
import { PieceDrawer } from "../../src/tui/markdown/draw.ts";
import { noText, push } from "../../src/tui/markdown/scanner.ts";
import { foreground, noAsks } from "../../src/tui/questions/asks.ts";
import { questionFits } from "../../src/tui/questions/question-lines.ts";
import { emptyScreen, type ScreenState } from "../../src/tui/screen-state.ts";
import type { Question } from "../../src/tui/state/calls.ts";
import { emptyConversation } from "../../src/tui/state.ts";
import { noAnswer } from "../../src/tui/streaming.ts";
import { frame, questionRoom, usableColumns } from "../../src/tui/view/frame.ts";
import { alwaysText, detailLines, itemLines } from "../../src/tui/view/item-lines.ts";
import { type Line, widthOf, wrap } from "../../src/tui/view/line.ts";

const facts = {
  cwd: "/home/someone/project",
  items: footerItems,
  motion: "full" as const,
  links: "addresses" as const,
};
const plainCode = new PieceDrawer({ links: "addresses", highlighter: () => null });
const blank = { ...emptyScreen, model: "anthropic/claude-haiku-4-5" };
const textOf = (line: Line): string => line.map((span) => span.text).join("");
const shown = (state: ScreenState, columns: number, rows: number): string[] =>
  frame(state, facts, { columns, rows }, 100_000).lines.map(textOf);

const odd = fc.constantFrom(
  "a",
  "word ",
  "漢",
  "👨‍👩‍👧",
  "e\u0301",
  "❤️",
  "ש",
  "\t",
  "\n",
  "\u001b[2J",
  "\u202e",
  "\ud800",
);
const text = fc.array(odd, { maxLength: 120 }).map((parts) => parts.join(""));
const question: fc.Arbitrary<Question> = fc.record({
  callId: fc.constantFrom("c", "d", "e"),
  name: text,
  summary: text,
  decision: fc.record({ effect: fc.constant("ask" as const), rule: text, source: text, reason: text }),
  display: fc.array(
    fc.oneof(
      text.map((value) => ({ type: "text" as const, text: value })),
      fc.record({
        type: fc.constant("diff" as const),
        path: text,
        patch: text,
        added: fc.nat(9),
        removed: fc.nat(9),
      }),
    ),
    { maxLength: 3 },
  ),
  suggestedRule: fc.option(text),
  details: fc.record({
    rules: fc.array(fc.record({ width: text, rule: text }), { maxLength: 3 }),
    commands: fc.array(
      fc.record({
        command: text,
        decision: fc.record({
          effect: fc.constantFrom("allow" as const, "ask" as const, "deny" as const),
          rule: text,
          source: text,
          reason: text,
        }),
      }),
      { maxLength: 3 },
    ),
  }),
});
const open = fc.uniqueArray(question, { maxLength: 3, selector: ({ callId }) => callId });
const asks = fc.record({
  marked: fc.constantFrom(null, "c", "d"),
  ready: fc.constantFrom(new Set<string>(), new Set(["c", "d", "e"])),
  settling: fc.boolean(),
  seen: fc.constantFrom(new Set<string>(), new Set(["d"])),
  refusing: fc.constantFrom(null, "c"),
  rules: fc.constantFrom(new Map<string, string>(), new Map([["c", "Bash(x:*)"]])),
  matches: fc.constantFrom(new Map(), new Map([["Bash(x:*)", { matched: 1, looked: 2, examples: ["x 1"] }]])),
});
const tool = fc.record({
  callId: text,
  summary: text,
  startedAt: fc.nat(100_000),
  tail: text,
  remainingMs: fc.option(fc.nat()),
  allowedBy: fc.constant(null),
});
const screen: fc.Arbitrary<ScreenState> = fc
  .record({
    conversation: fc.record({
      answer: fc
        .record({ thinking: fc.nat(3), text })
        .map((given) => ({ ...noAnswer, thinking: given.thinking, scan: push(noText, given.text).scan })),
      writing: fc.option(fc.record({ name: text, characters: fc.nat() })),
      tools: fc.array(tool, { maxLength: 25 }),
      questions: open,
      waiting: fc.option(fc.record({ text, until: fc.nat() })),
    }),
    workingSince: fc.option(fc.nat(100_000)),
    pending: fc.array(
      fc.record({
        id: fc.constant("q" as EntryId),
        delivery: fc.constantFrom("steer" as const, "follow_up" as const),
        held: fc.boolean(),
        text,
      }),
      { maxLength: 5 },
    ),
    asks,
    typed: text,
    caret: fc.nat(200),
    hint: fc.constantFrom(null, "ctrl+c again leaves"),
  })
  .map(({ conversation, typed, caret, ...rest }) => ({
    ...blank,
    ...rest,
    conversation: { ...emptyConversation, ...conversation },
    editor: { text: typed, caret: Math.min(caret, typed.length) },
  }));

describe("the frame", () => {
  it("is lower than the terminal and narrower than it, whatever there is to show", () => {
    fc.assert(
      fc.property(
        screen,
        fc.integer({ min: 5, max: 120 }),
        fc.integer({ min: 2, max: 50 }),
        (state, columns, rows) => {
          const { lines } = frame(state, facts, { columns, rows }, 100_000);
          expect(lines.length).toBeGreaterThan(0);
          expect(lines.length).toBeLessThanOrEqual(rows - 1);
          for (const line of lines) {
            expect(widthOf(textOf(line))).toBeLessThan(columns);
            expect(textOf(line)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("always shows the caret, and how to answer a question from four rows up", () => {
    fc.assert(
      fc.property(
        screen,
        fc.integer({ min: 20, max: 100 }),
        fc.integer({ min: 5, max: 50 }),
        (state, columns, rows) => {
          const { lines, caret } = frame(state, facts, { columns, rows }, 100_000);
          if (caret === null) throw new Error("the composer has a caret");
          const composer = lines.findLastIndex((line) => textOf(line).startsWith("› "));
          expect(caret.row).toBeLessThan(lines.length - 1);
          if (composer >= 0 && state.editor.text === "") expect(caret).toEqual({ row: composer, column: 2 });
          expect(caret.column).toBeGreaterThanOrEqual(2);
          expect(caret.column).toBeLessThan(columns);
          expect(caret.column).toBeLessThanOrEqual(widthOf(textOf(lines[caret.row] ?? [])));
          const front = foreground(state.conversation.questions, state.asks);
          if (front !== null && state.asks.ready.size > 0) {
            const refusing = state.asks.refusing === front.callId;
            expect(lines.map(textOf).join("\n")).toContain(refusing ? "n no" : "y yes  n no");
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("shows all of what a question is about and the rule it would save, or it is told beforehand that it cannot", () => {
    fc.assert(
      fc.property(
        screen,
        question,
        fc.integer({ min: 10, max: 100 }),
        fc.integer({ min: 6, max: 60 }),
        (state, asked, columns, rows) => {
          const size = { columns, rows };
          fc.pre(questionFits(asked, usableColumns(size), questionRoom(size)));
          const conversation = { ...state.conversation, questions: [asked] };
          const stage = { ...state, conversation, asks: { ...noAsks, ready: new Set([asked.callId]) } };
          const lines = frame(stage, facts, size, 100_000).lines.map(textOf);
          const body = asked.display.flatMap((one) => detailLines(one, usableColumns(size) - 2)).map(textOf);
          const start = lines.findIndex((line) => line.startsWith("┃ Allow")) + 1;
          expect(lines.slice(start, start + body.length)).toEqual(body.map((line) => `┃ ${line}`));
          const dense = (text: string): string => text.replaceAll(/[\s┃]/g, "");
          if (asked.suggestedRule !== null)
            expect(dense(lines.join(""))).toContain(dense(alwaysText(asked.suggestedRule)));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("gives the live answer the room that is left, its newest rows", () => {
    const text = Array.from({ length: 99 }, (_, n) => `w${n}`).join(" ");
    const answer = { ...noAnswer, scan: push(noText, text).scan };
    const state = { ...blank, workingSince: 0, conversation: { ...emptyConversation, answer } };
    const lines = shown(state, 20, 10);
    expect(lines).toHaveLength(9);
    expect(lines.slice(-4)).toEqual([
      expect.stringMatching(/w98$/),
      expect.stringContaining("working"),
      expect.stringMatching(/^› {3}enter steers/),
      expect.stringContaining("$0"),
    ]);
  });

  it("counts the tools it has no room for", () => {
    const tools = Array.from({ length: 20 }, (_, n) => ({
      callId: `${n}`,
      summary: `tool ${n}`,
      startedAt: 99_000,
      tail: "output",
      remainingMs: null,
      allowedBy: null,
    }));
    const state = { ...blank, workingSince: 0, conversation: { ...emptyConversation, tools } };
    expect(shown(state, 80, 24).filter((line) => /^(● tool|…)/.test(line))).toEqual([
      ...[0, 1, 2, 3, 4, 5].map((n) => `● tool ${n} 1 s`),
      "… 14 more running",
    ]);
  });

  it("leaves facts out of the footer where they do not fit, the cost last", () => {
    const footer = (columns: number) => shown(blank, columns, 24).at(-1);
    expect(footer(100)).toBe(
      "anthropic/claude-haiku-4-5 · ask · context 0% · 0 in, 0 out · $0.0000 · /home/someone/project",
    );
    expect(footer(72)).toBe("anthropic/claude-haiku-4-5 · ask · context 0% · 0 in, 0 out · $0.0000");
    expect(footer(50)).toBe("claude-haiku-4-5 · ask · 0% · 0/0 · $0.0000");
    expect(footer(20)).toBe("ask · 0% · $0.0000");
    expect(footer(14)).toBe("0% · $0.0000");
  });
});

describe("wrapping", () => {
  it("loses nothing but the spaces it breaks at, and keeps every row within the width", () => {
    const any = fc.array(fc.constantFrom("a", "bc", " ", "  ", "漢", "é", "👨‍👩‍👧", "longlongword"), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(any, fc.integer({ min: 2, max: 30 }), (parts, columns) => {
        const source = parts.join("");
        const rows = wrap(source, columns);
        expect(rows.join("").replaceAll(" ", "")).toBe(source.replaceAll(" ", ""));
        for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(columns);
      }),
      { numRuns: 2000 },
    );
  });

  it("breaks at words, keeps indentation, and breaks what has no spaces", () => {
    expect(wrap("the quick brown fox", 10)).toEqual(["the quick", "brown fox"]);
    expect(wrap("    indented word", 10)).toEqual(["    indent", "ed word"]);
    expect(wrap("abcdefghijkl", 5)).toEqual(["abcde", "fghij", "kl"]);
    expect(wrap("漢字漢字", 5)).toEqual(["漢字", "漢字"]);
    expect(wrap("a\n\nb", 5)).toEqual(["a", "", "b"]);
  });
});

describe("finished items", () => {
  const card = (display: Display[]) =>
    itemLines(
      { type: "tool", summary: "work", status: "ok", display, durationMs: 1500, allowedBy: null },
      60,
      plainCode,
    ).map(textOf);

  it("draw each kind of display", () => {
    expect(card([{ type: "text", text: "not needed" }])).toEqual(["✓ work · 1.5 s"]);
    const patch = "--- a\n+++ a\n@@ -1 +1 @@\n--- a removed comment\n+new\n";
    expect(card([{ type: "diff", path: "a", patch, added: 1, removed: 1 }])).toEqual([
      "✓ work · +1 -1 · 1.5 s",
      "  1 - -- a removed comment",
      "  1 + new",
    ]);
    const output = Array.from({ length: 14 }, (_, n) => `row ${n}`).join("\n");
    expect(card([{ type: "terminal", command: "c", output, exitCode: 0, durationMs: 1 }])).toEqual([
      "✓ work · 1.5 s",
      "  … 2 more lines",
      ...Array.from({ length: 12 }, (_, n) => `  row ${n + 2}`),
    ]);
    expect(card([{ type: "table", columns: ["job", "state"], rows: [["漢", "ended"]] }])).toEqual([
      "✓ work · 1.5 s",
      "  job  state",
      "  漢   ended",
    ]);
    expect(
      card([
        {
          type: "todo",
          items: [
            { text: "one", status: "done" },
            { text: "two", status: "in_progress" },
          ],
        },
      ]),
    ).toEqual(["✓ work · 1 of 2 done · 1.5 s"]);
  });

  it("say why a call failed", () => {
    const item = {
      type: "tool",
      summary: "rm -rf /",
      status: "denied",
      display: [{ type: "text", text: "Denied (rule): no." }],
      durationMs: 0,
      allowedBy: null,
    } as const;
    expect(itemLines({ ...item, display: [...item.display] }, 60, plainCode).map(textOf)).toEqual([
      "✗ rm -rf / · denied",
      "  Denied (rule): no.",
    ]);
  });
});
