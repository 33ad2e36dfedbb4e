/** Going back to a point: the conversation, files or both, over a real project. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { buildHouse, type Seat, sitDown } from "../../support/front-end.ts";

/** Two turns: the first makes a file, the second changes another, and makes a third. */
async function changed(): Promise<Seat> {
  const house = await buildHouse({
    flags: { mode: "full" },
    files: { "a.txt": "one\ntwo\n" },
    script: [
      { calls: [{ id: "c1", name: "write", input: { path: "first.txt", content: "1\n" } }] },
      { text: "first" },
      { calls: [{ id: "c2", name: "read", input: { path: "a.txt" } }] },
      {
        calls: [
          {
            id: "c3",
            name: "edit",
            input: { path: "a.txt", edits: [{ old_string: "two", new_string: "three" }] },
          },
          { id: "c4", name: "write", input: { path: "made.txt", content: "x\n" } },
        ],
      },
      { text: "second" },
    ],
  });
  const at = await sitDown(house);
  await at.say("begin");
  await at.say("change all");
  return at;
}

const eventually = (look: () => void): Promise<void> => vi.waitFor(look, 20_000);
const textIn = (at: Seat, name: string): string | null =>
  existsSync(join(at.cwd, name)) ? readFileSync(join(at.cwd, name), "utf8") : null;

/** Opens the choice for the last message, or the one that many rows above it. */
async function choose(at: Seat, above = 0): Promise<void> {
  at.command("/rewind");
  await eventually(() => expect(at.dialog()).toMatch(/^Go back to before/));
  for (let row = 0; row < above; row += 1) at.key("up");
  at.key("enter");
  await eventually(() => expect(at.dialog()).toMatch(/^Back to before/));
}

describe("a point that files were changed since", () => {
  it("offers both with what would change, shows it as diffs, and takes back both", async () => {
    const at = await changed();
    await choose(at);
    const asked = at.dialog() ?? "";
    expect(asked).toContain("▸ Conversation and files  1 restored, 1 deleted, +1 -2 lines");
    for (const row of ["~ a.txt +1 -1", "- made.txt +0 -1"]) expect(asked).toContain(row);
    at.type("show");
    at.key("enter");
    await eventually(() => expect(at.pages).toHaveLength(1));
    expect(at.pages[0]?.rows.join("\n")).toMatch(/a\.txt \+1 -1.*- three.*\+ two/s);
    expect(textIn(at, "made.txt")).toBe("x\n");
    at.key("escape");
    await choose(at);
    at.key("enter");
    await eventually(() => expect(at.text()).toBe("change all"));
    expect([textIn(at, "a.txt"), textIn(at, "made.txt"), textIn(at, "first.txt")]).toEqual([
      "one\ntwo\n",
      null,
      "1\n",
    ]);
    const told = at.told().join("\n");
    expect(told).toMatch(/put back 2 paths; \/undo takes that back/);
    expect(told).toMatch(/the conversation goes on before "change all"/);
    expect(told).not.toContain("Files are not rewound");
    at.key("ctrl+u");
    at.command("/undo");
    await eventually(() => expect(textIn(at, "made.txt")).toBe("x\n"));
    expect(textIn(at, "a.txt")).toBe("one\nthree\n");
  });

  it("takes back only files of all turns since, or only the conversation", async () => {
    const at = await changed();
    await choose(at, 1);
    at.type("files only");
    at.key("enter");
    await eventually(() => expect(textIn(at, "first.txt")).toBe(null));
    expect(textIn(at, "made.txt")).toBe(null);
    await eventually(() => expect(at.told().join("\n")).toContain("The conversation stays as it is."));
    expect(at.text()).toBe("");
    const other = await changed();
    await choose(other);
    other.type("conversation only");
    other.key("enter");
    await eventually(() => expect(other.text()).toBe("change all"));
    expect(textIn(other, "made.txt")).toBe("x\n");
  });

  it("leaves what a person changed since alone, names it, and takes it when told to", async () => {
    const at = await changed();
    writeFileSync(join(at.cwd, "a.txt"), "mine\n");
    await choose(at);
    expect(at.dialog()).toContain("1 file that others changed since stays");
    expect(at.dialog()).toContain("a.txt (changed since): stays");
    at.key("enter");
    await eventually(() => expect(at.text()).toBe("change all"));
    expect([textIn(at, "a.txt"), textIn(at, "made.txt")]).toEqual(["mine\n", null]);
    expect(at.told().join("\n")).toContain("Left alone, because somebody else changed it: a.txt");
    const other = await changed();
    writeFileSync(join(other.cwd, "a.txt"), "mine\n");
    await choose(other);
    other.type("files only, 1 file of others");
    expect(other.dialog()).toContain("overwrites a.txt");
    other.key("enter");
    await eventually(() => expect(textIn(other, "a.txt")).toBe("one\ntwo\n"));
  });
});
