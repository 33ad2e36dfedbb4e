/** grep, glob and ls: what they find, in which order, and how much of it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Workbench, workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(() => {
  bench = workbench();
  bench.put(".gitignore", "node_modules\ngen.ts\n");
  bench.put("node_modules/x/a.ts", "needle\n");
  bench.put("src/gen.ts", "needle\n");
  bench.put("src/a.ts", "one\nneedle here\nthree\n");
  bench.put("src/deep/b.ts", "Needle\r\n");
  bench.put("src/deep/c.md", "needle\n");
  bench.put(".github/ci.yml", "needle: 1\n");
  bench.put("bin.dat", Buffer.from("needle\0needle\n"));
});
afterEach(() => bench.remove());

const grep = (input: object) => bench.call("grep", { pattern: "needle", ...input });
const lines = (text: unknown) => String(text).split("\n");

describe("grep", () => {
  test("prints path:line:text sorted by path, hidden files too, without ignored and binary ones", async () => {
    const { output, note } = await grep({});
    expect(output).toBe(".github/ci.yml:1:needle: 1\nsrc/a.ts:2:needle here\nsrc/deep/c.md:1:needle");
    expect(note).toBeUndefined();
  });
  test.each<[string, object, string]>([
    ["in one file", { path: "src/a.ts" }, "src/a.ts:2:needle here"],
    ["in one folder", { path: "src/deep" }, "src/deep/c.md:1:needle"],
    [
      "ignoring case",
      { path: "src/deep", ignore_case: true },
      "src/deep/b.ts:1:Needle\nsrc/deep/c.md:1:needle",
    ],
    ["in files of a name", { glob: "*.md" }, "src/deep/c.md:1:needle"],
    ["in files of a name, never ignored ones", { glob: "*.ts" }, "src/a.ts:2:needle here"],
    ["in files of a path", { glob: "src/**/*.{ts,md}" }, "src/a.ts:2:needle here\nsrc/deep/c.md:1:needle"],
    ["only paths", { path: "src", files_only: true }, "src/a.ts\nsrc/deep/c.md"],
    [
      "with context",
      { path: "src/a.ts", context: 1 },
      "src/a.ts-1-one\nsrc/a.ts:2:needle here\nsrc/a.ts-3-three",
    ],
    ["literally", { pattern: "needle: 1", literal: true }, ".github/ci.yml:1:needle: 1"],
    ["across lines", { pattern: "one\\nneedle" }, "src/a.ts:1:one\nsrc/a.ts:2:needle here"],
    ["with look-ahead", { pattern: "needle(?= here)" }, "src/a.ts:2:needle here"],
    ["for a pattern that begins with a dash", { pattern: "-x" }, "No matches."],
  ])("%s", async (_, input, expected) => {
    const { output, isError } = await grep(input);
    expect([output, isError]).toEqual([expected, undefined]);
  });
  test("an invalid pattern says what is wrong with it", async () => {
    expect(await grep({ pattern: "a(b" })).toMatchObject({
      isError: true,
      output: expect.stringMatching(/not valid[\s\S]*unclosed group/),
    });
    expect(await grep({ glob: "a{b" })).toMatchObject({ isError: true });
  });
  test("a missing place is refused with the nearest name", async () => {
    expect((await grep({ path: "srcs" })).output).toContain("Did you mean src?");
  });
  test("matches, lines and bytes are bounded, the same ones every time", async () => {
    bench.put("many.txt", "needle\n".repeat(5_000));
    bench.put("wide.txt", `needle ${"z".repeat(20_000_000)}\n`);
    const first = await grep({ path: "many.txt" });
    expect(lines(first.output)).toHaveLength(100);
    expect(lines(first.output).at(-1)).toBe("many.txt:100:needle");
    expect(first.note).toBe("Only the first 100 matches; there are more.");
    expect(await grep({ path: "many.txt" })).toEqual(first);
    expect(lines((await grep({ path: "many.txt", limit: 250 })).output)).toHaveLength(250);
    expect(String((await grep({ path: "wide.txt" })).output).length).toBeLessThan(1_000);
    bench.put("heavy.txt", `needle ${"é".repeat(400)}\n`.repeat(900));
    const heavy = await grep({ path: "heavy.txt", limit: 1_000 });
    expect(Buffer.byteLength(String(heavy.output))).toBeLessThanOrEqual(50 * 1024);
    expect(heavy.note).toContain("Cut at 50 KB");
  });
  test("stops when it is told to", async () => {
    const stop = new AbortController();
    stop.abort(new Error("interrupted"));
    await expect(bench.call("grep", { pattern: "x" }, stop.signal)).rejects.toThrow("interrupted");
    const later = new AbortController();
    const running = bench.call("grep", { pattern: "needle" }, later.signal);
    later.abort(new Error("interrupted"));
    await expect(running).rejects.toThrow("interrupted");
  });
});

describe("glob", () => {
  test.each<[string, object, string]>([
    ["a name at any depth", { pattern: "*.ts" }, "src/a.ts\nsrc/deep/b.ts"],
    ["a name at any depth, the long way", { pattern: "**/*.ts" }, "src/a.ts\nsrc/deep/b.ts"],
    ["a folder and a name", { pattern: "src/*.ts" }, "src/a.ts"],
    ["a whole folder", { pattern: "src/**" }, "src/a.ts\nsrc/deep/b.ts\nsrc/deep/c.md"],
    ["alternatives", { pattern: "src/**/*.{md,yml}" }, "src/deep/c.md"],
    ["a wildcard in the middle", { pattern: "s*/deep/*.md" }, "src/deep/c.md"],
    ["a folder at any depth", { pattern: "**/deep/**" }, "src/deep/b.ts\nsrc/deep/c.md"],
    ["a hidden folder", { pattern: ".github/*" }, ".github/ci.yml"],
    ["from another folder", { pattern: "*.md", path: "src" }, "src/deep/c.md"],
    ["an exact path", { pattern: "src/deep/c.md" }, "src/deep/c.md"],
    ["nothing", { pattern: "*.rs" }, "No files."],
    [
      "everything",
      { pattern: "**/*" },
      ".github/ci.yml\n.gitignore\nbin.dat\nsrc/a.ts\nsrc/deep/b.ts\nsrc/deep/c.md",
    ],
  ])("%s", async (_, input, expected) => {
    expect((await bench.call("glob", input)).output).toBe(expected);
  });
  test("a folder that is not there is refused", async () => {
    expect((await bench.call("glob", { pattern: "scr/*.ts" })).output).toContain("Did you mean src?");
  });
  test("policy is shown the folder an absolute pattern searches", () => {
    expect(bench.tools.glob?.intent({ pattern: "/etc/*.conf" }, bench.cwd).paths).toEqual(["/etc"]);
  });
});

describe("10,000 files in a folder", () => {
  beforeEach(() => {
    mkdirSync(join(bench.cwd, "many"));
    for (let i = 0; i < 10_000; i += 1)
      writeFileSync(join(bench.cwd, "many", `f${String(i).padStart(5, "0")}.txt`), "needle\n");
  });
  test("ls, glob and grep answer quickly with a bounded part and say so", async () => {
    const started = performance.now();
    const ls = await bench.call("ls", { path: "many" });
    expect(lines(ls.output)).toHaveLength(500);
    expect(ls.note).toContain("The first 500 names of 10,000 entries");
    const glob = await bench.call("glob", { pattern: "many/*.txt" });
    expect(lines(glob.output)).toHaveLength(500);
    expect(lines(glob.output)[499]).toBe("many/f00499.txt");
    expect(glob.note).toContain("Only the first 500");
    const grep = await bench.call("grep", { pattern: "needle", path: "many" });
    expect(lines(grep.output)[99]).toBe("many/f00099.txt:1:needle");
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

describe("ls", () => {
  test("marks folders and sorts", async () => {
    expect((await bench.call("ls", {})).output).toBe(".github/\n.gitignore\nbin.dat\nnode_modules/\nsrc/");
    mkdirSync(join(bench.cwd, "empty"));
    expect((await bench.call("ls", { path: "empty" })).output).toBe("The folder is empty.");
  });
  test("a file or a missing folder is refused with what to do", async () => {
    expect((await bench.call("ls", { path: "bin.dat" })).output).toBe("bin.dat is a file.\nUse read.");
    expect((await bench.call("ls", { path: "sources" })).isError).toBe(true);
  });
});

test("todo shows the whole plan and counts it for the model", async () => {
  const items = [
    { text: "read", status: "done" },
    { text: "fix", status: "in_progress" },
    { text: "test", status: "pending" },
  ];
  const result = await bench.call("todo", { items });
  expect(result).toEqual({
    output: "Plan: 1 done, 1 in progress, 1 pending.",
    display: [{ type: "todo", items }],
  });
  expect(() => bench.tools.todo?.input.parse({ items: [{ text: "x", status: "later" }] })).toThrow();
});
