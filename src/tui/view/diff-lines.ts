/** A unified diff for people: line numbers, and in lines that were changed the words that were. */
import { diffWordsWithSpace } from "diff";
import { type Line, plain, type Span, type Tone } from "./line.ts";

/** A line of a hunk. Numbers count from 1; the old one of a removed line, else the new one. */
export type DiffRow = { sign: "+" | "-" | " "; number: number; text: string };

/** Characters of a line that are looked at word by word. */
const longestCompared = 400;
/** Share of a pair of lines that may differ: beyond it they are two lines, and marking words would mark nearly all. */
const mostChanged = 0.6;

/** The lines of a patch; its head is left out, for whoever shows it names the file. */
export function diffLines(patch: readonly string[]): Line[] {
  const hunks = diffRows(patch);
  const last = hunks.at(-1)?.rows.at(-1)?.number ?? 1;
  const digits = String(Math.max(last, ...hunks.map(({ rows }) => rows.at(-1)?.number ?? 1))).length;
  return hunks.flatMap(({ context, rows }, index) => [
    ...(index > 0 || context !== ""
      ? [plain(`${" ".repeat(digits)} ⋯ ${context}`.trimEnd(), { dim: true })]
      : []),
    ...withWords(rows).map((row) => rowLine(row, digits)),
  ]);
}

/** Lines of a patch that stand together; `context` is what its head says of where. */
export type Hunk = { context: string; rows: DiffRow[] };

/** A patch as data. */
export function diffRows(patch: readonly string[]): Hunk[] {
  const hunks: Hunk[] = [];
  let before = 0;
  let after = 0;
  for (const line of patch) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/.exec(line);
    const hunk = hunks.at(-1);
    if (head !== null) {
      before = Number(head[1]);
      after = Number(head[2]);
      hunks.push({ context: head[3] ?? "", rows: [] });
    } else if (hunk !== undefined) {
      const text = line.slice(1);
      if (line.startsWith("+")) hunk.rows.push({ sign: "+", number: after++, text });
      else if (line.startsWith("-")) hunk.rows.push({ sign: "-", number: before++, text });
      else if (line.startsWith("\\")) hunk.rows.push({ sign: " ", number: after, text: line });
      else {
        hunk.rows.push({ sign: " ", number: after++, text });
        before += 1;
      }
    }
  }
  return hunks;
}

/** A row with its text in pieces; `changed` ones are what the other line has not. */
type WordRow = DiffRow & { pieces: { text: string; changed: boolean }[] };

/** Removed lines and the added ones behind them are taken for the same lines, in order. */
function withWords(rows: readonly DiffRow[]): WordRow[] {
  const out: WordRow[] = rows.map((row) => ({ ...row, pieces: [{ text: row.text, changed: false }] }));
  for (let start = 0; start < out.length; ) {
    const removed = runOf(out, start, "-");
    const added = runOf(out, start + removed, "+");
    for (let pair = 0; pair < Math.min(removed, added); pair += 1) {
      const old = out[start + pair];
      const now = out[start + removed + pair];
      if (old && now) comparePair(old, now);
    }
    start += Math.max(1, removed + added);
  }
  return out;
}

function runOf(rows: readonly DiffRow[], start: number, sign: DiffRow["sign"]): number {
  let length = 0;
  while (rows[start + length]?.sign === sign) length += 1;
  return length;
}

function comparePair(old: WordRow, now: WordRow): void {
  if (Math.max(old.text.length, now.text.length) > longestCompared) return;
  const changes = diffWordsWithSpace(old.text, now.text);
  const same = changes.reduce(
    (sum, { added, removed, value }) => sum + (added || removed ? 0 : value.length),
    0,
  );
  if (same < (1 - mostChanged) * Math.max(old.text.length, now.text.length)) return;
  const piecesOf = (other: "added" | "removed"): WordRow["pieces"] =>
    changes.flatMap((change) =>
      change[other] ? [] : [{ text: change.value, changed: change.added || change.removed }],
    );
  old.pieces = piecesOf("added");
  now.pieces = piecesOf("removed");
}

const tonesOf: { readonly [sign in "+" | "-"]: { line: Tone; words: Tone } } = {
  "+": { line: "added", words: "added-words" },
  "-": { line: "removed", words: "removed-words" },
};

function rowLine({ sign, number, pieces }: WordRow, digits: number): Line {
  const gutter: Span = { text: `${String(number).padStart(digits)} `, dim: true };
  if (sign === " ") return [gutter, { text: `  ${pieces.map(({ text }) => text).join("")}`, dim: true }];
  const { line, words } = tonesOf[sign];
  return [
    gutter,
    { text: `${sign} `, tone: line },
    ...pieces.map(({ text, changed }): Span => ({ text, tone: changed ? words : line })),
  ];
}
