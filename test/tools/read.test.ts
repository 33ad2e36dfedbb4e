/** read: ranges, bounds, encodings, pictures, PDFs, and what it will not open. */
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Workbench, workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(() => {
  bench = workbench();
});
afterEach(() => bench.remove());

const read = (path: string, range: { offset?: number; limit?: number } = {}) =>
  bench.call("read", { path, ...range });
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join("");

describe("text", () => {
  test("a small file comes whole, without a note", async () => {
    bench.put("a.txt", "one\r\ntwo\r\n");
    expect(await read("a.txt")).toMatchObject({ output: "one\ntwo" });
    expect((await read("@a.txt")).note).toBeUndefined();
  });

  test("a long file is cut at whole lines and tells where to go on, to the end without gap or overlap", async () => {
    bench.put("long.txt", numbered(5_000));
    const pieces: string[] = [];
    for (let offset: number | undefined = 1; offset !== undefined; ) {
      const { output, note = "" } = await read("long.txt", { offset });
      pieces.push(String(output));
      offset =
        /offset (\d+)/.exec(note)?.[1] === undefined ? undefined : Number(/offset (\d+)/.exec(note)?.[1]);
    }
    expect(pieces.map((piece) => piece.split("\n").length)).toEqual([2000, 2000, 1000]);
    expect(`${pieces.join("\n")}\n`).toBe(numbered(5_000));
  });

  test("a range, and a range past the end", async () => {
    bench.put("a.txt", numbered(10));
    expect(await read("a.txt", { offset: 4, limit: 2 })).toMatchObject({
      output: "line 4\nline 5",
      note: "Lines 4-5 of 10. Go on with offset 6.",
    });
    expect(await read("a.txt", { offset: 10 })).toMatchObject({
      output: "line 10",
      note: "Lines 10-10 of 10.",
    });
    expect(await read("a.txt", { offset: 11 })).toMatchObject({
      isError: true,
      output: "a.txt has 10 lines; there is no line 11.",
    });
  });

  test("bytes and line length are bounded too", async () => {
    bench.put("wide.txt", `${"x".repeat(5_000)}\n${"é".repeat(1_000)}\n`.repeat(100));
    const { output, note } = await read("wide.txt");
    expect(Buffer.byteLength(String(output))).toBeLessThanOrEqual(50 * 1024);
    expect(String(output).split("\n")[0]).toBe(`${"x".repeat(2_000)}… [3000 more characters]`);
    expect(note).toMatch(/^Lines 1-\d+ of 200\. Go on with offset \d+\. \d+ lines cut at 2000 characters\.$/);
  });

  test("an empty file says so", async () => {
    bench.put("empty", "");
    expect(await read("empty")).toMatchObject({ output: "", note: "The file is empty." });
  });

  test.each<[string, Buffer, string, RegExp]>([
    ["UTF-16LE", Buffer.from("\ufeffgrüße\r\n", "utf16le"), "grüße", /utf-16le/],
    ["UTF-16BE", Buffer.from("\ufeffgrüße\n", "utf16le").swap16(), "grüße", /utf-16be/],
    ["Latin-1", Buffer.from("gr\xfc\xdfe \x80\n", "latin1"), "grüße €", /windows-1252/],
    ["damaged UTF-8", Buffer.from([0xc3, 0xbc, 0xff, 0x61, 10]), "ü\ufffda", /not valid UTF-8/],
  ])("%s is shown as text with a note", async (_, bytes, text, note) => {
    bench.put("f", bytes);
    expect(await read("f")).toMatchObject({ output: text, note: expect.stringMatching(note) });
  });
});

describe("a 100 MB file", () => {
  const size = 100 * 1024 * 1024;
  /** Lines at the beginning and a hole to the end. */
  function sparse(path: string, head: string) {
    const file = openSync(join(bench.cwd, path), "w");
    writeSync(file, head);
    ftruncateSync(file, size);
    closeSync(file);
  }

  test("gives its range without being loaded", async () => {
    sparse("big.log", numbered(300_000));
    const before = process.memoryUsage();
    const started = process.cpuUsage();
    const { output, note } = await read("big.log", { offset: 250_000, limit: 3 });
    const after = process.memoryUsage();
    expect(output).toBe("line 250000\nline 250001\nline 250002");
    expect(note).toMatch(/of a file of 100 MB\. Go on with offset 250003/);
    expect(after.arrayBuffers + after.external - before.arrayBuffers - before.external).toBeLessThan(
      8 * 1024 * 1024,
    );
    // Processor time: the clock would also measure what else the machine does.
    expect(process.cpuUsage(started).user).toBeLessThan(1_500_000);
  });

  test("one endless line is cut, not held", async () => {
    sparse("line.log", `first\n${"y".repeat(10_000)}`);
    const { output } = await read("line.log");
    expect(String(output)).toBe(`first\n${"y".repeat(2_000)}… [line cut]`);
  });

  test("a range past its end, and an edit of it, are refused", async () => {
    sparse("big.log", numbered(1_000));
    expect((await read("big.log", { offset: 5_000 })).output).toBe("big.log ends before line 5000.");
    const edit = { path: "big.log", edits: [{ old_string: "line 1\n", new_string: "x\n" }] };
    expect((await bench.call("edit", edit)).output).toContain("not edited here");
  });
});

describe("what is not text", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  test("pictures go to the model as pictures, up to a bound", async () => {
    bench.put("p.png", png);
    expect((await read("p.png")).output).toEqual([
      { type: "text", text: "p.png: image/png, 16 bytes" },
      { type: "image", mediaType: "image/png", data: png.toString("base64"), name: "p.png" },
    ]);
    bench.put("g.dat", Buffer.concat([Buffer.from("GIF89a"), Buffer.alloc(4 * 1024 * 1024)]));
    expect(await read("g.dat")).toMatchObject({
      isError: true,
      output: expect.stringContaining("an image of 4 MB; at most 3.8 MB"),
    });
  });

  test("a PDF gives the text of the pages asked for", async () => {
    bench.put("d.pdf", pdf(["Hello page one", "Hello page two", "Hello page three"]));
    const { output, note } = await read("d.pdf", { offset: 2, limit: 1 });
    expect(output).toBe("[page 2]\nHello page two");
    expect(note).toBe("Text of pages 2-2 of 3. Go on with offset 3.");
    expect((await read("d.pdf", { offset: 4 })).output).toBe("d.pdf has 3 pages; there is no page 4.");
    bench.put("bad.pdf", "%PDF-1.4\ngarbage");
    expect(await read("bad.pdf")).toMatchObject({
      isError: true,
      output: expect.stringContaining("cannot be opened as a PDF"),
    });
  });

  test.each([
    ["prog", Buffer.from("\x7fELF\x02\x01\x01\0\0", "latin1"), "ELF program or library, 9 bytes"],
    ["x.bin", Buffer.from([1, 2, 3, 0, 5]), "binary data, 5 bytes"],
    ["noise", Buffer.from(Array.from({ length: 100 }, (_, i) => (i % 5) + 1)), "binary data, 100 bytes"],
  ])("%s is refused with its kind and size", async (name, bytes, says) => {
    bench.put(name, bytes);
    expect(await read(name)).toMatchObject({ isError: true, output: expect.stringContaining(says) });
  });

  test("folders, pipes, loops and missing files are refused with what to do", async () => {
    mkdirSync(join(bench.cwd, "src"));
    bench.put("src/session.ts", "x");
    execFileSync("mkfifo", [join(bench.cwd, "pipe")]);
    symlinkSync("loop", join(bench.cwd, "loop"));
    const outputs = await Promise.all(
      ["src", "pipe", "loop", "src/sesion.ts", "scr/session.ts", "/dev/zero"].map(
        async (path) => (await read(path)).output,
      ),
    );
    expect(outputs).toEqual([
      "src is a folder.\nUse ls or glob.",
      "pipe is not a regular file.",
      expect.stringContaining("loop of symbolic links"),
      "There is no file or folder src/sesion.ts.\nDid you mean src/session.ts?",
      "There is no file or folder scr/session.ts. The nearest folder that exists is ..\nDid you mean src?",
      "/dev/zero is not a regular file.",
    ]);
  });
});

/** The smallest PDF with one line of text on each page. */
function pdf(pages: string[]): Buffer {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${4 + 2 * i} 0 R`).join(" ")}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...pages.flatMap((text, i) => {
      const stream = `BT /F1 12 Tf 50 700 Td (${text}) Tj ET`;
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + 2 * i} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ];
    }),
  ];
  let body = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const at = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const xref = body.length;
  const table = offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  return Buffer.from(
    `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF`,
  );
}
