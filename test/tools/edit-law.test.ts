/** The law "edit": outside the matched range no byte moves, and a stale or ambiguous match changes nothing. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyEdits } from "../../src/tools/edit/apply-edits.ts";
import { parsePatch } from "../../src/tools/edit/patch-parse.ts";
import { applyChunks } from "../../src/tools/edit/patch-text.ts";
import { decode, encode } from "../../src/tools/edit/source.ts";
import { type Workbench, workbench } from "./workbench.ts";

const runs = { numRuns: 1_000 };

/** Few distinct lines, so that ambiguity happens; tabs, blanks, many bytes a character, typography. */
const line = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "  a",
    "\ta",
    "a ",
    "b",
    "  b(x);",
    "\t\tb(x);",
    "é",
    "日本",
    "😀 x",
    "“q”",
    "end",
    "\u00a0a",
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => text.replace(/[\r\n\ufeff]/g, "")),
);
const eol = fc.constantFrom("\n", "\r\n", "\r");
const text = fc
  .record({
    lines: fc.array(fc.tuple(line, eol), { maxLength: 12 }),
    last: fc.option(line, { nil: "" }),
    oneEol: fc.option(eol, { nil: null }),
  })
  .map(({ lines, last, oneEol }) => lines.map(([it, own]) => it + (oneEol ?? own)).join("") + last);

type Encoded = { bytes: Buffer; unit: (text: string) => Buffer };
const encoded = fc
  .tuple(text, fc.constantFrom("utf-8", "bom", "utf-16le", "utf-16be", "latin1", "bytes"))
  .map(([content, as]): Encoded => {
    const utf16be = (it: string) => Buffer.from(it, "utf16le").swap16();
    const latin = content.replace(/[^\x00-\x7f]/g, "é");
    switch (as) {
      case "bom":
        return { bytes: Buffer.from(`\ufeff${content}`), unit: (it) => Buffer.from(it) };
      case "utf-16le":
        return {
          bytes: Buffer.from(`\ufeff${content}`, "utf16le"),
          unit: (it) => Buffer.from(it, "utf16le"),
        };
      case "utf-16be":
        return { bytes: utf16be(`\ufeff${content}`), unit: utf16be };
      case "latin1":
        return { bytes: Buffer.from(`${latin}é`, "latin1"), unit: (it) => Buffer.from(it, "latin1") };
      case "bytes":
        return {
          bytes: Buffer.concat([Buffer.from(content), Buffer.from([0xc3, 0xa9, 0xff])]),
          unit: (it) => Buffer.from(it),
        };
      default:
        return { bytes: Buffer.from(content), unit: (it) => Buffer.from(it) };
    }
  });

/** How many bytes two buffers share at their beginnings, and at their ends beyond that. */
function shared(a: Buffer, b: Buffer): { front: number; back: number } {
  const most = Math.min(a.length, b.length);
  let front = 0;
  while (front < most && a[front] === b[front]) front += 1;
  let back = 0;
  while (back < most - front && a[a.length - 1 - back] === b[b.length - 1 - back]) back += 1;
  return { front, back };
}

function attempt<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && error.name === "TauError") return null;
    throw error;
  }
}

const loneCr = /\r(?!\n)/;
const lf = (it: string) => it.replace(/\r\n?/g, "\n");
const occurrences = (hay: string, needle: string) => {
  let count = 0;
  for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + 1)) count += 1;
  return count;
};

describe("any bytes", () => {
  test("decode to text and back unchanged", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }).map((it) => Buffer.from(it)),
          encoded.map(({ bytes }) => bytes),
        ),
        (bytes) => {
          expect(encode(decode(bytes)).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe("an exact edit of a part of a file", () => {
  test("replaces that part and nothing else, or is refused as ambiguous", () => {
    let applied = 0;
    let refused = 0;
    fc.assert(
      fc.property(encoded, fc.nat(), fc.nat(), text, ({ bytes, unit }, from, length, replacement) => {
        const source = decode(bytes);
        const characters = [...lf(source.text)];
        const start = from % (characters.length + 1);
        const oldText = characters.slice(start, start + 1 + (length % 30)).join("");
        fc.pre(oldText !== "" && (source.encoding !== "bytes" || !/[\x80-\xff]/.test(oldText)));
        const newText =
          source.encoding === "windows-1252" ? replacement.replace(/[^\x00-\x7f]/g, "é") : replacement;
        fc.pre(lf(newText) !== lf(oldText));
        const outcome = attempt(() => applyEdits(source, [{ oldText, newText, all: false }]));
        if (occurrences(lf(source.text), lf(oldText)) > 1) {
          expect(outcome).toBeNull();
          refused += 1;
          return;
        }
        if (outcome === null) throw new Error("an exact and unique text was refused");
        applied += 1;
        const after = encode(outcome.source);
        // Content: exactly one replacement, line endings apart (a lone CR that comes to stand before an LF is one with it).
        const at = lf(source.text).indexOf(lf(oldText));
        const wanted =
          lf(source.text).slice(0, at) +
          lf(
            newText === "" || source.encoding !== "bytes" ? newText : Buffer.from(newText).toString("latin1"),
          ) +
          lf(source.text).slice(at + lf(oldText).length);
        if (!loneCr.test(source.text)) expect(lf(outcome.source.text)).toBe(lf(wanted));
        // Bytes: what changed lies inside the matched range. Its borders are counted in the original text.
        const { start: rangeStart, end: rangeEnd } = rawRange(source.text, at, lf(oldText).length);
        const bom = source.bom ? unit("\ufeff").length : 0;
        const raw = (it: string) => (source.encoding === "bytes" ? Buffer.from(it, "latin1") : unit(it));
        const prefix = bom + raw(source.text.slice(0, rangeStart)).length;
        const suffix = raw(source.text.slice(rangeEnd)).length;
        const same = shared(bytes, after);
        expect(after.subarray(0, prefix).equals(bytes.subarray(0, prefix))).toBe(true);
        expect(after.subarray(after.length - suffix).equals(bytes.subarray(bytes.length - suffix))).toBe(
          true,
        );
        expect(after.length).toBeGreaterThanOrEqual(prefix + suffix);
        expect(same.front + same.back).toBeLessThanOrEqual(Math.max(bytes.length, after.length));
      }),
      runs,
    );
    expect(applied).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(50);
  });
});

/** Where characters `at` to `at + length` of the LF form lie in the text itself; a CRLF counts as one and is never cut. */
function rawRange(source: string, at: number, length: number): { start: number; end: number } {
  const offsets: number[] = [];
  for (let i = 0; i < source.length; i += 1) {
    offsets.push(i);
    if (source[i] === "\r" && source[i + 1] === "\n") i += 1;
  }
  offsets.push(source.length);
  return { start: offsets[at] ?? 0, end: offsets[at + length] ?? source.length };
}

describe("an edit whose quotation is not exact", () => {
  test("keeps every line outside the match, byte for byte, or changes nothing", () => {
    let applied = 0;
    fc.assert(
      fc.property(
        encoded,
        fc.nat(),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom("trail", "indent", "fold"),
        line,
        ({ bytes }, from, count, how, added) => {
          const source = decode(bytes);
          fc.pre(source.encoding !== "bytes" && !loneCr.test(source.text));
          const rows = lf(source.text).split("\n");
          const start = from % rows.length;
          const taken = rows.slice(start, start + count);
          const quoted = taken.map((row) =>
            how === "trail"
              ? `${row}  `
              : how === "indent"
                ? row.trim()
                : row.replace(/[“”]/g, '"').replace(/\u00a0/g, " "),
          );
          const addition = source.encoding === "windows-1252" ? added.replace(/[^\x00-\x7f]/g, "é") : added;
          const edit = { oldText: quoted.join("\n"), newText: [...quoted, addition].join("\n"), all: false };
          fc.pre(edit.oldText !== "");
          const outcome = attempt(() => applyEdits(source, [edit]));
          if (outcome === null) return;
          const { tier, lines } = outcome.applied[0] ?? { tier: "exact", lines: [] };
          if (tier === "exact") return;
          applied += 1;
          const at = (lines[0] ?? 1) - 1;
          // A stricter tier may know one other place that this quotation means.
          if (at !== start) return;
          const after = lf(outcome.source.text).split("\n");
          // All old lines stay as the file has them, and one line is new: the quotation differed, the bytes do not.
          expect(after.slice(0, at + taken.length)).toEqual(rows.slice(0, at + taken.length));
          expect(after.slice(at + taken.length + 1)).toEqual(rows.slice(at + taken.length));
          expect(after[at + taken.length]?.trim()).toBe(addition.trim());
          // Line endings before and after are those of the file.
          const eols = (it: string) => it.match(/\r\n|\r|\n/g) ?? [];
          const before = eols(source.text);
          const now = eols(outcome.source.text);
          expect(now.slice(0, at + taken.length - 1)).toEqual(before.slice(0, at + taken.length - 1));
          expect(now.slice(at + taken.length)).toEqual(before.slice(at + taken.length - 1));
        },
      ),
      { numRuns: 4_000 },
    );
    expect(applied).toBeGreaterThan(300);
  });
});

describe("a patch", () => {
  test("keeps every line it does not name, or changes nothing", () => {
    let applied = 0;
    fc.assert(
      fc.property(
        encoded,
        fc.nat(),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.constantFrom("new", "  new", "\tnew"), { maxLength: 3 }),
        fc.boolean(),
        ({ bytes }, from, count, added, keepFirst) => {
          const source = decode(bytes);
          fc.pre(source.encoding !== "bytes" && !loneCr.test(source.text));
          const all = lf(source.text).split("\n");
          const rows = all.at(-1) === "" ? all.slice(0, -1) : all;
          fc.pre(rows.length > 0);
          const start = from % rows.length;
          const old = rows.slice(start, start + count);
          fc.pre(keepFirst ? old.length > 1 || added.length > 0 : true);
          const body = old
            .map((row, i) => (i === 0 && keepFirst ? ` ${row}` : `-${row}`))
            .concat(added.map((row) => `+${row}`));
          const patch = parsePatch(
            ["*** Begin Patch", "*** Update File: f", "@@", ...body, "*** End Patch"].join("\n"),
          );
          const change = patch.changes[0];
          if (change?.type !== "update") throw new Error("no update");
          const outcome = attempt(() => applyChunks(source, change.chunks, "f"));
          const places = rows.filter((_, i) => old.every((row, k) => rows[i + k] === row)).length;
          if (places > 1) {
            expect(outcome).toBeNull();
            return;
          }
          if (outcome === null) throw new Error("an exact and unique chunk was refused");
          applied += 1;
          const kept = keepFirst ? old.slice(0, 1) : [];
          const wanted = [...rows.slice(0, start), ...kept, ...added, ...rows.slice(start + old.length)];
          const now = lf(outcome.text).split("\n");
          const final =
            all.at(-1) === "" && wanted.length > 0 ? [...wanted, ""] : wanted.length === 0 ? [""] : wanted;
          expect(now).toEqual(final);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(applied).toBeGreaterThan(500);
  });
});

describe("on disk", () => {
  let bench: Workbench;
  beforeAll(() => {
    bench = workbench();
  });
  afterAll(() => bench.remove());

  test("the mode stays, a stale file stays as it is, and nothing else appears in the folder", async () => {
    await fc.assert(
      fc.asyncProperty(
        encoded,
        fc.constantFrom(0o644, 0o755, 0o600, 0o664, 0o444),
        fc.nat(),
        fc.boolean(),
        async ({ bytes }, mode, from, stale) => {
          const source = decode(bytes);
          const rows = lf(source.text).split("\n");
          const oldText = rows[from % rows.length] ?? "";
          fc.pre(oldText !== "" && source.encoding !== "bytes");
          bench.remove();
          bench.put("f", bytes, mode);
          await bench.call("read", { path: "f" });
          const present = stale ? Buffer.concat([bytes, bytes, Buffer.from("\n")]) : bytes;
          if (stale) bench.put("f", present);
          const result = await bench.call("edit", {
            path: "f",
            edits: [{ old_string: oldText, new_string: `${oldText}+` }],
          });
          if (stale || result.isError) expect(bench.bytes("f").equals(present)).toBe(true);
          if (stale) expect(result.output).toContain("changed since");
          expect(bench.mode("f")).toBe(mode & ~process.umask());
          expect((await bench.call("ls", {})).output).toBe("f");
        },
      ),
      runs,
    );
  }, 60_000);
});
