import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { OutputKeeper } from "../../../src/tools/process/output.ts";
import { lineReader } from "../../../src/tools/process/protocol.ts";
import { parsePs, parseStat } from "../../../src/tools/process/table.ts";
import { escapeFilter, plainText, withoutEscapes } from "../../../src/tools/process/text.ts";

const dir = mkdtempSync(join(tmpdir(), "tau-output-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let files = 0;

const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "é", "€", "😀"), maxLength: 200 });
const bounds = fc.record({ head: fc.nat(40), tail: fc.nat(60) });

/** The same bytes in any number of pieces. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}

describe("kept output", () => {
  it("is the beginning and the end of what was printed, however it was cut, and the file is all of it", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(1000), { maxLength: 8 }), bounds, (printed, cuts, keep) => {
        const path = join(dir, String(files++));
        const keeper = new OutputKeeper(keep, path);
        const bytes = Buffer.from(printed);
        for (const piece of pieces(bytes, cuts)) keeper.push(piece);
        keeper.close();
        const said = keeper.summary();
        expect(said.totalBytes).toBe(bytes.length);
        expect(said.omittedBytes).toBe(Math.max(0, bytes.length - keep.head - keep.tail));
        if (said.omittedBytes === 0) {
          expect(said).toMatchObject({ head: printed, tail: "", spillPath: null, lostBytes: 0 });
          return;
        }
        // Whole characters only: at most three bytes of a broken one are dropped at each edge.
        expect(printed.startsWith(said.head)).toBe(true);
        expect(printed.endsWith(said.tail)).toBe(true);
        expect(keep.head - Buffer.byteLength(said.head)).toBeLessThanOrEqual(3);
        expect(keep.tail - Buffer.byteLength(said.tail)).toBeLessThanOrEqual(3);
        expect(said).toMatchObject({ spillPath: path, lostBytes: 0 });
        expect(readFileSync(path, "utf8")).toBe(printed);
      }),
      { numRuns: 1_000 },
    );
  });

  it("read page by page is the whole, or says how much it skipped", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(1000), { maxLength: 8 }), bounds, (printed, cuts, keep) => {
        const keeper = new OutputKeeper(keep, join(dir, String(files++)));
        let read = "";
        let skipped = 0;
        let next = 0;
        for (const piece of pieces(Buffer.from(printed), cuts)) {
          keeper.push(piece);
          const page = keeper.page(next);
          expect(page.next).toBeGreaterThanOrEqual(next);
          read += page.text;
          skipped += page.skippedBytes;
          next = page.next;
        }
        keeper.close();
        const missing = Buffer.byteLength(printed) - Buffer.byteLength(read) - skipped;
        if (skipped === 0) expect(read).toBe(printed);
        else expect(Math.abs(missing)).toBeLessThanOrEqual(3 * (cuts.length + 1));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("terminal output as text", () => {
  it.each([
    ["\u001b[1;31mred\u001b[0m", "red"],
    ["\u001b]8;;https://x\u0007link\u001b]8;;\u001b\\", "link"],
    ["\u001b]0;title\u001b\\a\u001b(Bb\u001b=c\u001b[?25l", "abc"],
    ["10%\r50%\r100%\r\ndone\r\n", "100%\ndone\n"],
    ["a\tb\u0000\u0007\bc", "a\tbc"],
    ["\u001b]unterminated then much text", "\u001b]unterminated then much text".slice(2)],
    ["plain é € 😀", "plain é € 😀"],
  ])("%j reads %j", (raw, plain) => {
    expect(plainText(raw)).toBe(plain);
  });

  it("comes out the same however the stream is cut", () => {
    const piece = fc.constantFrom(
      "a",
      "\n",
      "\u001b[31m",
      "\u001b[0m",
      "\u001b]0;t\u0007",
      "\u001b]8;;u\u001b\\",
      "é",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(200), { maxLength: 6 }),
        (parts, cuts) => {
          const whole = parts.join("");
          const clean = escapeFilter();
          const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
          const shown = [0, ...at].map((from, index) => clean(whole.slice(from, at[index] ?? whole.length)));
          expect(shown.join("")).toBe(withoutEscapes(whole));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("the helper's lines", () => {
  it("arrive whole however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.array(fc.nat(1000), { maxLength: 8 }),
        (values, cuts) => {
          const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
          const heard: unknown[] = [];
          const read = lineReader<unknown>((message) => heard.push(message));
          for (const chunk of pieces(bytes, cuts)) read(chunk);
          expect(heard).toEqual(values.map((value) => JSON.parse(JSON.stringify(value))));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("the process table", () => {
  it("reads names with blanks and parentheses, and leaves out the dead", () => {
    const rest = "1 7 7 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 987654 1000 1 2";
    expect(parseStat(7, `7 (a) b (c) S ${rest}`)).toEqual({
      pid: 7,
      ppid: 1,
      pgid: 7,
      session: 7,
      start: "987654",
    });
    expect(parseStat(7, `7 (x) Z ${rest}`)).toBeNull();
    expect(parseStat(7, "")).toBeNull();
  });

  it("reads what ps prints where there is no /proc", () => {
    const printed =
      "    1     0     1 Ss   Tue Nov 24 23:31:00 2026\n  812     1   812 Z    Tue Nov 24 23:31:01 2026\n\n";
    expect(parsePs(printed)).toEqual([
      { pid: 1, ppid: 0, pgid: 1, session: 0, start: "Tue Nov 24 23:31:00 2026" },
    ]);
  });
});
