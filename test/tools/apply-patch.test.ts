/** apply_patch: the grammar, what is forgiven, what is refused, and that a patch is applied whole or not at all. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { replaceFiles } from "../../src/tools/edit/replace-files.ts";
import { type Workbench, workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(() => {
  bench = workbench();
});
afterEach(() => bench.remove());

const patch = (...lines: string[]) =>
  bench.call("apply_patch", { patch: ["*** Begin Patch", ...lines, "*** End Patch"].join("\n") });

/** One updated file: its contents before, the lines of the update, its contents after. */
async function update(before: string | Uint8Array, ...lines: string[]) {
  bench.put("f", before);
  const result = await patch("*** Update File: f", ...lines);
  return {
    output: String(result.output),
    isError: result.isError ?? false,
    note: result.note,
    after: bench.text("f"),
  };
}

const two = "class A:\n    def f():\n        x\n\nclass B:\n    def f():\n        x\n";

describe("places that are found", () => {
  test.each<[string, string, string[], string]>([
    [
      "@@ lines narrow step by step",
      two,
      ["@@ class B:", "@@ def f():", "-        x", "+        y"],
      two.replace(/x\n$/, "y\n"),
    ],
    [
      "a part of the @@ line, where it is one line's only",
      "fn a() {\n  x\n}\nfn foo() {\n  x\n}\n",
      ["@@ fn foo()", "-  x", "+  y"],
      "fn a() {\n  x\n}\nfn foo() {\n  y\n}\n",
    ],
    ["the @@ line repeated as context", "a\nx\nb\nx\n", ["@@ b", " b", "-x", "+y"], "a\nx\nb\ny\n"],
    [
      "a unified diff's header tells equal places apart",
      "x\nx\nx\n",
      ["@@ -2,1 +2,1 @@", "-x", "+y"],
      "x\ny\nx\n",
    ],
    [
      "a unified diff's header that is wrong does no harm",
      "a\nb\n",
      ["@@ -70,3 +70,4 @@ def gone():", " a", "-b", "+c"],
      "a\nc\n",
    ],
    ["a pure addition after its @@ line", "a\nb\n", ["@@ a", "+new"], "a\nnew\nb\n"],
    ["a pure addition without place, at the end", "a\nb\n", ["@@", "+new"], "a\nb\nnew\n"],
    ["the same, where the file ends without a line break", "a\nb", ["@@", "+new"], "a\nb\nnew"],
    ["an addition to an empty file", "", ["@@", "+new"], "new\n"],
    ["the first chunk without @@", "a\nb\n", [" a", "-b", "+c"], "a\nc\n"],
    [
      "equal chunks that can only stand in one order",
      "x\nx\nx\n",
      ["@@", "-x", "+1", "@@", "-x", "+2", "@@", "-x", "+3"],
      "1\n2\n3\n",
    ],
    ["chunks out of order", "a\nb\nc\n", ["@@", "-c", "+C", "@@", "-a", "+A"], "A\nb\nC\n"],
    ["the end of the file before other places", "x\na\nx\n", ["-x", "+y", "*** End of File"], "x\na\ny\n"],
    [
      "a chunk of context only says where the next one is",
      "a\nx\nb\nx\n",
      ["@@", " b", "@@", "-x", "+y"],
      "a\nx\nb\ny\n",
    ],
    ["context without its leading space", "a\n\tb\nc\n", ["\tb", "-c", "+d"], "a\n\tb\nd\n"],
    ["an empty line as empty context", "a\n\nb\n", [" a", "", "-b", "+c"], "a\n\nc\n"],
    ["an empty line that only separates", "a\nb\nc\n", ["@@", "-a", "+A", "", "@@", "-c", "+C"], "A\nb\nC\n"],
    [
      "other indentation, moved by the offset",
      "  if a:\n    b\n",
      [" if a:", "-  b", "+  c", "+  if d:", "+    e"],
      "  if a:\n    c\n    if d:\n      e\n",
    ],
    ["typographic quotes in the file", "say “hi”\nx\n", [' say "hi"', "-x", "+y"], "say “hi”\ny\n"],
    ["quotes escaped once too often", 'a = "b"\n', ['-a = \\"b\\"', '+a = \\"c\\"'], 'a = "c"\n'],
    ["all lines removed", "a\n", ["-a"], ""],
    ["last lines removed, the missing line break stays missing", "a\nb\nc", ["-b", "-c"], "a"],
    ["CRLF stays, and added lines have it", "a\r\nb\r\n", [" a", "-b", "+c", "+d"], "a\r\nc\r\nd\r\n"],
    ["a missing final line break stays missing", "a\nb", ["-b", "+c"], "a\nc"],
    ["a byte order mark is not in the way of the first line", "\ufeffa\nb\n", ["-a", "+c"], "\ufeffc\nb\n"],
  ])("%s", async (_, before, lines, after) => {
    const outcome = await update(before, ...lines);
    expect([outcome.output, outcome.after]).toEqual(["Success. Updated the following files:\nM f", after]);
  });

  test("Latin-1 and UTF-16 files stay what they are", async () => {
    await update(Buffer.from("caf\xe9\nb\n", "latin1"), " café", "-b", "+ü");
    expect(bench.bytes("f")).toEqual(Buffer.from("caf\xe9\n\xfc\n", "latin1"));
    // Another session: this one knows f, and would refuse to patch what someone else put there.
    bench.remove();
    bench = workbench();
    await update(Buffer.from("\ufeffa\r\nb\r\n", "utf16le"), "-b", "+ü");
    expect(bench.bytes("f")).toEqual(Buffer.from("\ufeffa\r\nü\r\n", "utf16le"));
  });
});

describe("what is refused, with everything untouched", () => {
  test.each<[string, string | Uint8Array, string[], RegExp]>([
    [
      "several places",
      "x\na\nx\nx\n",
      ["-x", "+y"],
      /Ambiguous: these lines stand in 3 places of f \(lines 1, 3, 4\):\nx\nAdd context/,
    ],
    [
      "several places in the block an @@ line opens",
      "def f():\n  x\n  x\n",
      ["@@ def f():", "-  x", "+  y"],
      /Ambiguous: .* 2 places of f \(lines 2, 3\)/,
    ],
    [
      "several places for the @@ lines",
      two,
      ["@@ def f():", "-        x", "+        y"],
      /Ambiguous: .* 2 places of f \(lines 3, 7\)/,
    ],
    ["several places to add to", "a\nb\na\n", ["@@ a", "+c"], /Ambiguous: .* 2 places/],
    [
      "an @@ line that is not there",
      "abcdef\nb\n",
      ["@@ abcdeg", "-b", "+c"],
      /Failed to find context 'abcdeg' in f\.\nNearest[\s\S]*\+ abcdef/,
    ],
    [
      "old lines that are not there",
      "alpha beta\n",
      ["-alpha bets", "+x"],
      /Failed to find expected lines in f:\nalpha bets\nNearest[\s\S]*Line 1:\n- alpha bets\n\+ alpha beta/,
    ],
    [
      "two chunks on the same lines, out of order",
      "a\nb\nc\n",
      ["@@", " b", "-c", "+C", "@@", " a", "-b", "+B"],
      /same lines/,
    ],
    ["invalid UTF-8", Buffer.from([0xc3, 0xa9, 10, 0xff, 10]), ["-é", "+e"], /not valid UTF-8\.\nUse edit/],
    ["a character the encoding lacks", Buffer.from("\xe9\n", "latin1"), ["-é", "+日"], /windows-1252/],
    ["no change", "a\n", ["@@", " a"], /Invalid patch hunk on line 2: the update of 'f' changes nothing/],
  ])("%s", async (_, before, lines, says) => {
    const { output, isError } = await update(before, ...lines);
    expect(isError).toBe(true);
    expect(output).toMatch(says);
    expect(bench.bytes("f")).toEqual(Buffer.from(before));
  });

  test("grammar errors name the line", async () => {
    const run = async (text: string) => (await bench.call("apply_patch", { patch: text })).output;
    expect(await run("hello")).toBe("Invalid patch: the first line must be '*** Begin Patch'.");
    expect(await run("*** Begin Patch\n*** End Patch")).toMatch(/^No files were modified\./);
    expect(await patch("*** Frob File: x")).toMatchObject({
      output: expect.stringContaining("hunk on line 2: '*** Frob File: x' is not a valid hunk header"),
    });
    expect(await patch("*** Update File: f", "@@", "-a", "*** End of File", "+b")).toMatchObject({
      isError: true,
      output: expect.stringContaining("expected '@@'"),
    });
    expect(await run("*** Begin Patch\n*** Add File: x")).toContain("ends inside '*** Add File'");
    expect(existsSync(join(bench.cwd, "x"))).toBe(false);
  });

  test("a known file that changed since, an existing file to add, an existing target to move to", async () => {
    const path = bench.put("f", "a\nb\n");
    bench.put("g", "g\n");
    await bench.call("read", { path: "f" });
    writeFileSync(path, "a\nb\nc\n");
    for (const lines of [
      ["*** Update File: f", "-b", "+B"],
      ["*** Delete File: f"],
      ["*** Add File: g", "+x"],
      ["*** Update File: f", "*** Move to: g"],
    ]) {
      expect((await patch(...lines)).isError).toBe(true);
    }
    expect([bench.text("f"), bench.text("g")]).toEqual(["a\nb\nc\n", "g\n"]);
  });

  test("a later file that fails leaves the earlier ones alone", async () => {
    bench.put("a", "a\n");
    bench.put("gone", "x\n");
    const result = await patch(
      "*** Update File: a",
      "-a",
      "+b",
      "*** Add File: new/n",
      "+n",
      "*** Delete File: gone",
      "*** Update File: missing",
      "-x",
      "+y",
    );
    expect(result.output).toContain("no file or folder missing");
    expect([bench.text("a"), bench.text("gone"), existsSync(join(bench.cwd, "new/n"))]).toEqual([
      "a\n",
      "x\n",
      false,
    ]);
  });

  test("a file that cannot be prepared leaves all alone", async () => {
    bench.put("a", "a\n");
    bench.put("blocked", "file, not folder\n");
    const staged = await patch("*** Update File: a", "-a", "+b", "*** Add File: blocked/n", "+n");
    expect(staged).toMatchObject({ isError: true, output: expect.stringContaining("a file, not a folder") });
    expect(bench.text("a")).toBe("a\n");
    expect((await bench.call("ls", {})).output).toBe("a\nblocked");
  });
});

test("files that were changed before one could not be are put back, and new ones removed", async () => {
  const keep = { mode: 0o644, owner: null };
  const changed = {
    real: bench.put("a", "a\n"),
    name: "a",
    before: { bytes: bench.bytes("a") },
    bytes: Buffer.from("b\n"),
    keep,
  };
  const made = { real: join(bench.cwd, "n"), name: "n", before: null, bytes: Buffer.from("n\n"), keep };
  bench.put("folder/x", "x\n");
  const impossible = {
    real: join(bench.cwd, "folder"),
    name: "folder",
    before: null,
    bytes: Buffer.from("y\n"),
    keep,
  };
  await expect(replaceFiles([changed, made, impossible])).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect((await bench.call("ls", {})).output).toBe("a\nfolder/");
  expect([bench.text("a"), bench.text("folder/x")]).toEqual(["a\n", "x\n"]);
});

describe("whole patches", () => {
  test("add, change, move and delete in one, with modes kept", async () => {
    bench.put("run", "#!/bin/sh\necho a\n", 0o755);
    bench.put("old", "x\n", 0o640);
    bench.put("gone", "x\n");
    const result = await patch(
      "*** Add File: dir/new",
      "+one",
      "+",
      "+three",
      "*** Update File: run",
      "*** Move to: bin/run",
      "-echo a",
      "+echo b",
      "*** Update File: old",
      "*** Move to: moved",
      "*** Delete File: gone",
      "*** Add File: empty",
    );
    expect(result.output).toBe(
      "Success. Updated the following files:\nA dir/new\nM bin/run\nM moved\nD gone\nA empty",
    );
    expect([bench.text("dir/new"), bench.text("bin/run"), bench.text("moved"), bench.text("empty")]).toEqual([
      "one\n\nthree\n",
      "#!/bin/sh\necho b\n",
      "x\n",
      "",
    ]);
    expect([bench.mode("bin/run"), bench.mode("moved")]).toEqual([0o755, 0o640]);
    expect((await bench.call("ls", {})).output).toBe("bin/\ndir/\nempty\nmoved");
    expect(result.facts).toMatchObject({
      deleted: expect.arrayContaining([join(bench.cwd, "gone"), join(bench.cwd, "old")]),
    });
    // What the patch wrote the session knows.
    expect((await bench.call("write", { path: "moved", content: "y" })).isError).toBeUndefined();
  });

  test("one file in two hunks, and one deleted and added again", async () => {
    bench.put("f", "a\nb\n");
    bench.put("g", "x\n");
    const result = await patch(
      "*** Update File: f",
      "-a",
      "+c",
      "*** Update File: f",
      "-c",
      "+d",
      "*** Delete File: g",
      "*** Add File: g",
      "+y",
    );
    expect(result.output).toBe("Success. Updated the following files:\nM f\nM f\nD g\nA g");
    expect([bench.text("f"), bench.text("g")]).toEqual(["d\nb\n", "y\n"]);
  });

  test.each([
    [
      "a here-document of any word",
      "apply_patch <<'WORD'\n*** Begin Patch\n*** Add File: n\n+x\n*** End Patch\nWORD",
      undefined,
    ],
    ["CRLF in the patch", "*** Begin Patch\r\n*** Add File: n\r\n+x\r\n*** End Patch\r\n", undefined],
    ["padded markers", "*** Begin Patch \n  *** Add File: n\n+x\n *** End Patch", undefined],
    ["no end marker, with a warning", "*** Begin Patch\n*** Add File: n\n+x", "'*** End Patch' was missing."],
  ])("%s", async (_, text, note) => {
    const result = await bench.call("apply_patch", { patch: text });
    expect([result.output, result.note]).toEqual(["Success. Updated the following files:\nA n", note]);
    expect(bench.text("n")).toBe("x\n");
  });

  test("a link is written through, and not removed", async () => {
    mkdirSync(join(bench.cwd, "real"));
    bench.put("real/f", "a\n");
    symlinkSync("real/f", join(bench.cwd, "link"));
    expect((await patch("*** Update File: link", "-a", "+b")).isError).toBeUndefined();
    expect(bench.text("real/f")).toBe("b\n");
    expect((await patch("*** Delete File: link")).output).toContain("symbolic link");
    expect(bench.text("link")).toBe("b\n");
  });

  test("every path is shown to policy, wherever it lies", () => {
    const text =
      "*** Begin Patch\n*** Update File: ../up\n*** Move to: /abs/f\n*** Delete File: in\n*** End Patch";
    const intent = bench.tools.apply_patch?.intent({ patch: text }, bench.cwd);
    expect(intent?.paths).toEqual([join(bench.cwd, "../up"), "/abs/f", join(bench.cwd, "in")]);
    expect(bench.tools.apply_patch?.intent({ patch: "nonsense" }, bench.cwd).paths).toEqual([]);
  });
});
