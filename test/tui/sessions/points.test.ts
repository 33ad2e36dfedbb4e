import { describe, expect, it } from "vitest";
import type { EntryId } from "../../../src/core/ids.ts";
import type { TreePoint } from "../../../src/core/store.ts";
import { filesText, movedText } from "../../../src/tui/sessions/points.ts";
import { drawn } from "../../../src/tui/sessions/tree-rows.ts";
import { ageText } from "../../../src/tui/view/age.ts";
import { nano } from "../../support/entries.ts";

const point = (id: string, parent: string | null): TreePoint => ({
  id: id as EntryId,
  before: null,
  end: id as EntryId,
  turn: null,
  parent: parent as EntryId | null,
  at: 0,
  text: id,
  label: null,
  current: false,
  cost: nano(0),
  changed: [],
});

const rowsOf = (points: TreePoint[]) => drawn(points).map(({ point: { text }, rails }) => rails + text);

describe("a tree", () => {
  it("goes straight on where there is one way, and is set in where there are more", () => {
    const tree = [point("a", null), point("b", "a"), point("c", "b"), point("d", "a"), point("e", "d")];
    expect(rowsOf(tree)).toEqual(["a", "├─b", "│ c", "└─d", "  e"]);
  });

  it("begins anew at what hangs on a point that is left out, and is as deep as a session is long", () => {
    expect(rowsOf([point("b", "gone"), point("c", "b")])).toEqual(["b", "c"]);
    const long = Array.from({ length: 20_000 }, (_, n) => point(`${n}`, n === 0 ? null : `${n - 1}`));
    expect(rowsOf(long)).toHaveLength(20_000);
  });
});

describe("what is told of a move", () => {
  it("names what is kept, what it cost, and that files stay", () => {
    const left = { prompts: 2, changed: ["/w/a", "/w/b", "/w/c", "/x"], cost: nano(2_000_000_000) };
    expect(movedText("here", left, "/w")).toBe(
      "the conversation goes on here. 2 messages are kept on a branch of their own (/tree); their $2.00 stays counted. Files are not rewound: 4 changed since: a, b, c and 1 more; what commands changed is not known.",
    );
    expect(movedText("here", { prompts: 0, changed: [], cost: nano(0) }, "/w")).toBe(
      "the conversation goes on here.",
    );
    expect(filesText(["/w/a"], "/w")).toBe("1 file changed: a");
  });

  it.each([
    [0, "now"],
    [59_000, "now"],
    [5 * 60_000, "5 min"],
    [47 * 3_600_000, "47 h"],
    [49 * 3_600_000, "2 d"],
  ])("an age of %d ms is %s", (age, expected) => {
    expect(ageText(1000, 1000 + age)).toBe(expected);
  });
});
