import { describe, expect, it } from "vitest";
import { FileIndex } from "../../../src/tui/compose/file-index.ts";
import { BestPaths, pathScore } from "../../../src/tui/compose/path-score.ts";
import {
  isTyped,
  suggestedCommands,
  takenInto,
  typingAt,
  walked,
} from "../../../src/tui/compose/suggestions.ts";

const at = (text: string, caret = text.length) => ({ text, caret });

describe("what is being typed", () => {
  it.each([
    ["/", { kind: "command", from: 0, query: "" }],
    ["/co", { kind: "command", from: 0, query: "co" }],
    ["/git:co", { kind: "command", from: 0, query: "git:co" }],
    ["/compact a", { kind: "argument", from: 9, query: "a", command: "compact", before: [] }],
    ["/Model x  --k", { kind: "argument", from: 10, query: "--k", command: "model", before: ["x"] }],
    ["/model ", { kind: "argument", from: 7, query: "", command: "model", before: [] }],
    ["/model\nx", null],
    ["/review @a", { kind: "path", from: 8, query: "a" }],
    ["say /co", null],
    ["see @", { kind: "path", from: 4, query: "" }],
    ["see @src/a", { kind: "path", from: 4, query: "src/a" }],
    ["@session:ab", { kind: "session", from: 0, query: "ab" }],
    ["me@home", null],
    ["", null],
  ])("%j", (text, expected) => {
    expect(typingAt(at(text))).toEqual(expected);
  });
});

describe("suggested commands", () => {
  const commands = [
    { name: "help", aliases: ["?"], argument: "", help: "this list" },
    { name: "compact", aliases: [], argument: "[what]", help: "shorten" },
    { name: "cost", aliases: [], argument: "", help: "money" },
    { name: "git:commit", aliases: [], argument: "", help: "mine" },
  ];
  it("are those whose names begin so, then those with a part that does", () => {
    expect(suggestedCommands("co", commands).map(({ text }) => text)).toEqual([
      "/compact [what]",
      "/cost",
      "/git:commit",
    ]);
    expect(suggestedCommands("", commands)).toHaveLength(4);
    expect(suggestedCommands("nothing", commands)).toEqual([]);
  });

  it("are taken into the text, and the list goes round", () => {
    const list = { rows: suggestedCommands("co", commands), marked: 0, from: 0 };
    expect(takenInto(at("/co"), list)).toEqual({ text: "/compact ", caret: 9 });
    expect(takenInto(at("/co"), walked(list, -1)).text).toBe("/git:commit");
    expect(isTyped(at("/co"), list)).toBe(false);
    expect(isTyped(at("/compact"), list)).toBe(true);
  });
});

describe("paths", () => {
  it.each([
    ["app", ["src/app.ts", "src/app/parts.ts", "lib/happy.ts", "a/p/p.ts"]],
    ["src/", ["src/", "src/app.ts", "docs/src/x.md"]],
    ["readme", ["README.md", "docs/README.md", "old-readme-notes/x"]],
  ])("for %j come in order", (query, expected) => {
    const best = new BestPaths(10);
    for (const path of expected.toReversed()) best.add(path, pathScore(path, query));
    expect(best.paths).toEqual(expected);
    expect(pathScore("zzz", query)).toBe(0);
  });

  it("of a hundred thousand files are found while other work goes on", async () => {
    const index = new FileIndex(
      async (_, take) => {
        for (let n = 0; n < 100_000; n += 1) take(`./folder${n % 300}/part${n % 7}/file-${n}.ts`);
      },
      () => 0,
    );
    await index.refresh();
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 0);
    const { signal } = new AbortController();
    expect(await index.find("file-99999", 8, signal)).toEqual(["folder99/part4/file-99999.ts"]);
    expect(await index.find("folder7/", 1, signal)).toEqual(["folder7/"]);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
    const stopped = AbortSignal.abort(new Error("another key"));
    await expect(index.find("x", 8, stopped)).rejects.toThrow("another key");
  });
});
