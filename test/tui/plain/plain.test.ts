import { describe, expect, it } from "vitest";
import { listDialog } from "../../../src/tui/dialog/list.ts";
import { end, noText, push } from "../../../src/tui/markdown/scanner.ts";
import { answerDialog, atBeginning, dialogText } from "../../../src/tui/plain/dialogs.ts";
import { ItemSpeaker } from "../../../src/tui/plain/items.ts";
import { messagesIn } from "../../../src/tui/plain/messages.ts";
import { answerIn } from "../../../src/tui/plain/questions.ts";
import { inWords } from "../../../src/tui/plain/words.ts";

function spoken(markdown: string): string[] {
  const { scan, pieces } = push(noText, markdown);
  const items = new ItemSpeaker();
  const lines = items.lines({ type: "answer", pieces: [...pieces, ...end(scan)], continued: false });
  return [...lines, ...items.close()];
}

describe("what is said", () => {
  it.each([
    ["a heading", "# Title", ["tau: Heading: Title"]],
    ["marks of emphasis and links", "**bold** [text](https://e.x)", ["tau: bold text (https://e.x)"]],
    ["a quote and a task", "> said\n\n- [x] made", ["tau: > said", "", "done: made"]],
    ["code, to its end", "```ts\nlet a;\n```", ["tau: code, ts:", "  let a;", "end of code"]],
    ["a table, row by row", "| a | b |\n|---|---|\n| 1 | 2 |", ["tau: table, columns a, b:", "a: 1; b: 2"]],
    [
      "frames of the model's own as they are",
      "```\n├── src\n```",
      ["tau: code:", "  ├── src", "end of code"],
    ],
  ])("has %s in words", (_, markdown, lines) => expect(spoken(markdown)).toEqual(lines));

  it("tells what became of each line of a diff, and folds a long result to its ends until it is asked for", () => {
    const items = new ItemSpeaker();
    const tool = { type: "tool", summary: "edit a", status: "ok", durationMs: 0, allowedBy: null } as const;
    const patch = "@@ -1,2 +1,2 @@\n same\n-old\n+new\n";
    expect(
      items.lines({ ...tool, display: [{ type: "diff", path: "a", patch, added: 1, removed: 1 }] }),
    ).toEqual([
      "tool: edit a (ok)",
      "  a: 1 added, 1 removed",
      "  1: same",
      "  2 removed: old",
      "  2 added: new",
    ]);
    const output = Array.from({ length: 40 }, (_, index) => `row ${index}`).join("\n");
    const failed = { type: "terminal", command: "x", output, exitCode: 2, durationMs: 1 } as const;
    const lines = items.lines({ ...tool, status: "error", display: [failed] });
    expect(lines[0]).toBe("tool: edit a (error, exit code 2)");
    expect(lines).toHaveLength(14);
    expect(lines[7]).toBe("  (28 lines left out; /more 1 prints all)");
    expect(items.folded(null)).toHaveLength(40);
    expect(items.folded(7)).toBeUndefined();
  });

  it("has no sign of Tau's own that an ear cannot tell", () => {
    const text = inWords("▰▰▱ 5% · ● here ☐ a ▶ b ☑ c ✓ ✗ › └─● x … “q”, esc stops it");
    expect(text).toMatch(/^[ -~]*$/);
    expect(text).toContain("to do: a doing: b done: c");
    expect(text).toContain("ctrl+c stops it");
  });
});

describe("an answer to the agent's question", () => {
  const rule = "Bash(touch:*)";
  it.each([
    ["1", { answer: "allow", scope: "once" }],
    ["YES", { answer: "allow", scope: "once" }],
    ["2", { answer: "allow", scope: "session", rule }],
    ["project", { answer: "allow", scope: "project", rule }],
    ["no", { answer: "deny", scope: "once" }],
    ["no, use pnpm", { answer: "deny", scope: "once", comment: "use pnpm" }],
    ["5 use pnpm", { answer: "deny", scope: "once", comment: "use pnpm" }],
    ["6", "another rule"],
    ["yes but only there", null],
    ["1 more thing", null],
    ["yed", null],
    ["", null],
  ])("%j", (line, answer) => expect(answerIn(line, rule)).toEqual(answer));

  it("is never always without a rule", () => {
    for (const line of ["2", "3", "s", "p", "6"]) expect(answerIn(line, null)).toBeNull();
  });
});

describe("a dialog", () => {
  const chosen: number[] = [];
  const removed: number[] = [];
  const list = (count: number) =>
    listDialog({
      title: "Which › one",
      empty: "none fits",
      rows: Array.from({ length: count }, (_, value) => ({
        value,
        text: `row ${value}`,
        ...(value === 1 && { current: true as const }),
      })),
      choose(value) {
        chosen.push(value);
        return null;
      },
      keys: [
        {
          chord: "ctrl+x",
          help: "removes",
          press(value, same) {
            removed.push(value);
            return same;
          },
        },
      ],
    }).asked;

  it("is numbered rows, of which a number chooses and a number and a word does what a key does", () => {
    const asked = list(3);
    if (asked === null) throw new Error("it asks nothing");
    expect(dialogText(asked, atBeginning)).toEqual([
      "question: Which one",
      "1 row 0",
      "2 row 1 (now)",
      "3 row 2",
      "(also a number and a word: 1 removes)",
      "(a number chooses, an empty line closes)",
    ]);
    expect(answerDialog(asked, atBeginning, "3")).toEqual({ type: "next", dialog: null });
    expect(answerDialog(asked, atBeginning, "2 removes").type).toBe("next");
    expect([chosen, removed]).toEqual([[2], [1]]);
    expect(answerDialog(asked, atBeginning, "4").type).toBe("wrong");
    expect(answerDialog(asked, atBeginning, "row 1")).toEqual({ type: "next", dialog: null });
    // Words that fit no row are a message.
    expect(answerDialog(asked, atBeginning, "make it blue").type).toBe("said");
    expect(answerDialog(asked, atBeginning, "")).toEqual({ type: "next", dialog: null });
  });

  it("tells a long list by pages, and searches in it", () => {
    const asked = list(50);
    if (asked === null) throw new Error("it asks nothing");
    expect(dialogText(asked, atBeginning)).toContain("(30 more: more shows them)");
    expect(answerDialog(asked, atBeginning, "more")).toEqual({
      type: "listed",
      place: { query: "", from: 20 },
    });
    const found = answerDialog(asked, atBeginning, "row 49");
    if (found.type !== "listed") throw new Error("it was not searched");
    expect(dialogText(asked, found.place)[1]).toBe("1 row 49");
  });
});

it("lines are joined by a backslash at their end, and between three quotes", async () => {
  async function* lines() {
    yield* ["a", "b\\", "c", '"""', "d", "", "e\\", '"""', "f\\"];
  }
  const messages: string[] = [];
  for await (const message of messagesIn(lines())) messages.push(message);
  expect(messages).toEqual(["a", "b\nc", "d\n\ne\\", "f"]);
});
