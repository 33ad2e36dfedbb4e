import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { PieceDrawer } from "../../src/tui/markdown/draw.ts";
import { end, noText, push } from "../../src/tui/markdown/scanner.ts";
import { clean } from "../../src/tui/view/clean.ts";
import { widthOfLine } from "../../src/tui/view/line.ts";

const shared = process.env.TAU_SHARED ?? resolve(import.meta.dirname, "../../../shared");
const folder = resolve(shared, "fixtures/agent-sessions");
const present = existsSync(folder);
if (!present) process.stdout.write(`skipped: no ${folder}\n`);

/** All texts of messages somewhere in a JSON value: what stands under `text` or `content`, long enough to be prose. */
function* textsIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const one of value) yield* textsIn(one);
  else if (typeof value === "object" && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === "string" && ["text", "content"].includes(name)) yield inner;
      else yield* textsIn(inner);
    }
}

function* answers(): Generator<string> {
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/\.jsonl?$/.test(path)) continue;
    const file = readFileSync(resolve(folder, path), "utf8");
    for (const line of path.endsWith("l") ? file.split("\n") : [file]) {
      let value: unknown = null;
      try {
        value = JSON.parse(line);
      } catch {
        continue; // a recording cut off in the middle of a line
      }
      for (const text of textsIn(value)) if (text.length < 50_000) yield text;
    }
  }
}

/** Words of letters and digits: what Markdown means by its marks is drawn otherwise. */
const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]{2,}/gu) ?? [];

/** The first word that is missing when the words are looked for in their order; null when all are there. */
function missing(words: readonly string[], text: string): string | null {
  let at = 0;
  for (const word of words) {
    const found = text.indexOf(word, at);
    if (found < 0) return word;
    at = found + word.length;
  }
  return null;
}

describe.skipIf(!present)("recorded answers", () => {
  it("are drawn with every word in its order, in rows that fit, whole or in deltas", {
    timeout: 120_000,
  }, () => {
    let count = 0;
    for (const text of new Set(answers())) {
      const first = push(noText, text.slice(0, text.length / 3));
      const second = push(first.scan, text.slice(text.length / 3));
      const drawer = new PieceDrawer({ links: "addresses", highlighter: () => null });
      const pieces = [...first.pieces, ...second.pieces, ...end(second.scan)];
      const lines = pieces.flatMap((piece) => drawer.lines(piece, 2000));
      for (const line of lines) expect(widthOfLine(line)).toBeLessThanOrEqual(2000);
      const shown = lines.map((line) => line.map((span) => span.text).join("")).join("\n");
      const words = wordsOf(clean(text).replaceAll(/<br ?\/?>/gi, "\n"));
      expect([text.slice(0, 80), missing(words, shown)]).toEqual([text.slice(0, 80), null]);
      count += 1;
    }
    expect(count).toBeGreaterThan(100);
  });
});
