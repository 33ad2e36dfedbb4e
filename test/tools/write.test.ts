/** write: new files, guarded replacement, and nothing half written. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Workbench, workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(() => {
  bench = workbench();
});
afterEach(() => bench.remove());

const write = (path: string, content: string) => bench.call("write", { path, content });

test("a new file, with its folders, and again at once", async () => {
  const made = await write("a/b/c.txt", "one\n");
  expect(made.output).toBe("Created a/b/c.txt: 1 line, 4 bytes.");
  expect(made.display).toEqual([expect.objectContaining({ type: "diff", added: 1, removed: 0 })]);
  expect((await write("a/b/c.txt", "two\nthree")).output).toBe("Rewrote a/b/c.txt: 2 lines, 9 bytes.");
  expect(bench.text("a/b/c.txt")).toBe("two\nthree");
  expect((await bench.call("ls", { path: "a/b" })).output).toBe("c.txt");
  // What the session wrote it may also edit.
  const edit = { path: "a/b/c.txt", edits: [{ old_string: "two", new_string: "2" }] };
  expect((await bench.call("edit", edit)).isError).toBeUndefined();
});

describe("over an existing file", () => {
  test("it is refused unread and when changed since, and allowed once read", async () => {
    const path = bench.put("f", "precious\n", 0o755);
    expect(await write("f", "x")).toMatchObject({
      isError: true,
      output: expect.stringContaining("has not been read"),
    });
    await bench.call("read", { path: "f" });
    writeFileSync(path, "more precious\n");
    expect(await write("f", "x")).toMatchObject({
      isError: true,
      output: expect.stringContaining("changed since"),
    });
    expect(bench.text("f")).toBe("more precious\n");
    await bench.call("read", { path: "f" });
    expect((await write("f", "x")).isError).toBeUndefined();
    expect([bench.text("f"), bench.mode("f")]).toEqual(["x", 0o755]);
  });
  test("an empty file holds nothing to lose", async () => {
    bench.put("f", "");
    expect((await write("f", "x")).isError).toBeUndefined();
  });
  test.each<[string, Buffer, string, Buffer, string | undefined]>([
    [
      "CRLF",
      Buffer.from("a\r\nb\r\n"),
      "c\nd\n",
      Buffer.from("c\r\nd\r\n"),
      "Kept the file's CRLF line endings.",
    ],
    ["mixed, mostly LF", Buffer.from("a\r\nb\nc\n"), "c\nd\n", Buffer.from("c\nd\n"), undefined],
    ["BOM", Buffer.from("\ufeffa\n"), "b\n", Buffer.from("\ufeffb\n"), "Kept the file's byte order mark."],
    [
      "UTF-16",
      Buffer.from("\ufeffa\n", "utf16le"),
      "ü\n",
      Buffer.from("\ufeffü\n", "utf16le"),
      "Kept the file's byte order mark, encoding utf-16le.",
    ],
    [
      "Latin-1",
      Buffer.from("\xe9\n", "latin1"),
      "ü\n",
      Buffer.from("\xfc\n", "latin1"),
      "Kept the file's encoding windows-1252.",
    ],
    [
      "Latin-1 that cannot hold it",
      Buffer.from("\xe9\n", "latin1"),
      "日\n",
      Buffer.from("日\n"),
      "The file was windows-1252; it is UTF-8 now.",
    ],
  ])("%s", async (_, before, content, after, note) => {
    bench.put("f", before);
    await bench.call("read", { path: "f" });
    const result = await write("f", content);
    expect(result.note).toBe(note);
    expect(bench.bytes("f")).toEqual(after);
  });
});

test("links are written through, to targets that do not exist too", async () => {
  mkdirSync(join(bench.cwd, "real"));
  symlinkSync("real/new.txt", join(bench.cwd, "link"));
  expect((await write("link", "x")).isError).toBeUndefined();
  expect(bench.text("real/new.txt")).toBe("x");
  expect(bench.tools.write?.intent({ path: "link", content: "" }, bench.cwd).paths).toContain(
    join(bench.cwd, "real/new.txt"),
  );
});

test("a folder in the way, a file as a folder, and a name too long are refused in words", async () => {
  bench.put("dir/f", "x");
  expect((await write("dir", "x")).output).toContain("is a folder");
  expect(await write("dir/f/g", "x")).toMatchObject({
    isError: true,
    output: expect.stringContaining("a file, not a folder"),
  });
  expect(await write("n".repeat(300), "x")).toMatchObject({
    isError: true,
    output: expect.stringContaining("too long"),
  });
  expect(bench.text("dir/f")).toBe("x");
});

// Permission bits do not bind the root user and a read-only mount needs privileges; /proc refuses new files to everyone.
test.skipIf(process.platform !== "linux")("a folder that takes no files is refused in words", async () => {
  const result = await write("/proc/tau-test", "x");
  expect(result).toMatchObject({
    isError: true,
    output: expect.stringMatching(/Permission denied|no such file|not permit/),
  });
});
