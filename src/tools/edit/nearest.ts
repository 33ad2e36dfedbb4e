/** What a "not found" answer shows: the places of the file most like the wanted text, and where they differ. */
import { likeness } from "../../core/likeness.ts";
import { clipLine } from "../truncate.ts";
import { foldUnicode } from "./match.ts";

/** Most places shown, most lines of difference for each, and most characters of a line. */
const PLACES = 3;
const DIFFERENCES = 6;
const LINE_CHARS = 160;
/** Files longer than this are only searched for equal lines, not for similar ones. */
const SIMILAR_LINES = 20_000;
/** Below this a line is not worth showing. */
const LEAST_LIKENESS = 0.6;

type Place = { start: number; equal: number };

/** The nearest places with line numbers and a short difference of each, or advice when nothing is like it. */
export function describeNearest(lines: readonly string[], wanted: string): string {
  const text = wanted.split("\n");
  while (text.length > 1 && text.at(-1)?.trim() === "") text.pop();
  while (text.length > 1 && text[0]?.trim() === "") text.shift();
  const places = placesByEqualLines(lines, text);
  const nearest = places.length > 0 ? places : placesByLikeness(lines, text);
  if (nearest.length === 0)
    return "Nothing in the file is like it. Read the file again and quote it exactly.";
  const shown = nearest.map(({ start }) => {
    const equal = text.filter((line, i) => normal(line) === normal(lines[start + i] ?? "")).length;
    const end = Math.min(lines.length, start + text.length);
    const where =
      text.length === 1
        ? `Line ${start + 1}`
        : `Lines ${start + 1}-${end} (${equal} of ${text.length} lines match)`;
    return [`${where}:`, ...differences(lines, text, start)].join("\n");
  });
  return `Nearest ("-" wanted, "+" in the file):\n${shown.join("\n")}`;
}

function normal(line: string): string {
  return foldUnicode(line).trim().replace(/\s+/g, " ");
}

/** Each equal line votes for the start at which the whole text would line up with it. */
function placesByEqualLines(lines: readonly string[], text: readonly string[]): Place[] {
  const wantedAt = new Map<string, number[]>();
  text.forEach((line, i) => {
    const key = normal(line);
    if (key.length < 3) return;
    wantedAt.set(key, [...(wantedAt.get(key) ?? []), i]);
  });
  const votes = new Map<number, number>();
  lines.forEach((line, at) => {
    for (const i of wantedAt.get(normal(line)) ?? []) {
      const start = Math.max(0, at - i);
      votes.set(start, (votes.get(start) ?? 0) + 1);
    }
  });
  return [...votes]
    .map(([start, equal]) => ({ start, equal }))
    .sort((a, b) => b.equal - a.equal || a.start - b.start)
    .filter(({ equal }, _, all) => equal * 2 >= (all[0]?.equal ?? 0))
    .slice(0, PLACES);
}

/** Where nothing is equal, the lines most like the longest wanted line. */
function placesByLikeness(lines: readonly string[], text: readonly string[]): Place[] {
  if (lines.length > SIMILAR_LINES) return [];
  const longest = text.reduce((best, line, i) => (line.length > (text[best] ?? "").length ? i : best), 0);
  const key = normal(text[longest] ?? "").slice(0, 500);
  return lines
    .map((line, at) => ({ start: Math.max(0, at - longest), equal: 0, score: score(key, line) }))
    .filter(({ score }) => score >= LEAST_LIKENESS)
    .sort((a, b) => b.score - a.score || a.start - b.start)
    .slice(0, PLACES);
}

/** A line that contains the wanted part counts, however long it is. */
function score(wanted: string, line: string): number {
  const text = normal(line).slice(0, 2_000);
  if (text.length > wanted.length * 2) {
    if (wanted.length >= 4 && text.toLowerCase().includes(wanted.toLowerCase())) return 0.9;
    return 0;
  }
  return likeness(wanted, text);
}

function differences(lines: readonly string[], text: readonly string[], start: number): string[] {
  const out: string[] = [];
  for (let i = 0; i < text.length && out.length < DIFFERENCES; i += 1) {
    const wanted = text[i] ?? "";
    const actual = lines[start + i];
    if (wanted === actual) continue;
    out.push(`- ${clipLine(wanted, LINE_CHARS)}`);
    out.push(actual === undefined ? "+ (end of file)" : `+ ${clipLine(actual, LINE_CHARS)}`);
  }
  return out;
}
