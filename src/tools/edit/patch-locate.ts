/** Finds the place of every chunk of a patch in a file, or says why there is none, or more than one. */
import { refuse } from "../outcome.ts";
import { lineKeys, type Tier, tiers, withoutQuoteEscapes } from "./match.ts";
import { describeNearest } from "./nearest.ts";
import type { Anchor, Chunk, PatchLine } from "./patch-parse.ts";
import { indentOf } from "./reindent.ts";

/** Where a chunk goes: its lines (blank ones that were no context left out) and the line of the file they begin at. */
export type Placement = { start: number; lines: PatchLine[]; tier: Tier };

/** A chunk's lines and the places they could go, in file order. */
type Candidates = { lines: PatchLine[]; length: number; tier: Tier; starts: number[] };

type LineTier = (typeof tiers)[number];

/** Most line numbers an answer lists. */
const LISTED = 10;

/**
 * Places the chunks of one file; `lines` are the file's, `name` is for messages. Chunks stand in file order if that has
 * exactly one solution, else in any order if each has only one place.
 * @throws TauError when a chunk has no place or several.
 */
export function locateChunks(lines: readonly string[], chunks: readonly Chunk[], name: string): Placement[] {
  const index = new LineIndex(lines);
  const all = chunks.map((chunk) => candidatesOf(index, chunk, name));
  const first = inOrder(all);
  if (first !== null) {
    const last = fromTheEnd(all, lines.length);
    const open = first.findIndex((start, i) => start !== last[i]);
    if (open === -1) return placements(all, first);
    throw ambiguous(all[open], name);
  }
  const many = all.find(({ starts }) => starts.length > 1);
  if (many !== undefined) throw ambiguous(many, name);
  const placed = placements(
    all,
    all.map(({ starts }) => starts[0] ?? 0),
  ).sort((a, b) => a.start - b.start);
  const clash = placed.find((it, i) => i > 0 && it.start < endOf(placed[i - 1]));
  if (clash !== undefined)
    throw refuse(
      `Two chunks change the same lines of ${name} (line ${clash.start + 1}).`,
      "Join them into one chunk.",
    );
  return placed;
}

function placements(all: readonly Candidates[], starts: readonly number[]): Placement[] {
  return all.map(({ lines, tier }, i) => ({ start: starts[i] ?? 0, lines, tier }));
}

function endOf(placement: Placement | undefined): number {
  if (placement === undefined) return 0;
  return placement.start + oldLines(placement.lines).length;
}

/** The earliest place for each chunk such that they follow one another; null when they cannot. */
function inOrder(all: readonly Candidates[]): number[] | null {
  const starts: number[] = [];
  let from = 0;
  for (const { starts: places, length } of all) {
    const place = places.find((start) => start >= from);
    if (place === undefined) return null;
    starts.push(place);
    from = place + length;
  }
  return starts;
}

/** The latest place for each; where it is not the earliest, the order alone does not decide. */
function fromTheEnd(all: readonly Candidates[], end: number): number[] {
  const starts: number[] = [];
  let to = end;
  for (const { starts: places, length } of [...all].reverse()) {
    const limit = to;
    const place = [...places].reverse().find((start) => start + length <= limit) ?? -1;
    starts.unshift(place);
    to = place;
  }
  return starts;
}

function ambiguous(candidates: Candidates | undefined, name: string): Error {
  const starts = candidates?.starts ?? [];
  const more = starts.length > LISTED ? `, and ${starts.length - LISTED} more` : "";
  const places = starts.slice(0, LISTED).map((start) => start + 1);
  return refuse(
    `Ambiguous: these lines stand in ${starts.length} places of ${name} (lines ${places.join(", ")}${more}):\n${quote(candidates?.lines ?? [])}`,
    "Add context lines, or an @@ line that stands before the right place.",
  );
}

function candidatesOf(index: LineIndex, chunk: Chunk, name: string): Candidates {
  const from = anchorPlaces(index, chunk.anchors, name);
  const old = oldLines(chunk.lines);
  const size = index.lines.length;
  if (old.length === 0) {
    const here =
      chunk.atEnd || from === null
        ? [chunk.hint === null || chunk.atEnd ? size : Math.min(chunk.hint, size)]
        : from.map(({ end }) => end);
    return { lines: chunk.lines, length: 0, tier: "exact", starts: here };
  }
  const found = placesOf(index, chunk, from);
  if (found !== null) return found;
  const escaped = chunk.lines.map(unescaped);
  const again = old.some((line) => unescaped(line) !== line)
    ? placesOf(index, { ...chunk, lines: escaped }, from)
    : null;
  if (again !== null) return { ...again, tier: "quote escapes" };
  const nearest = describeNearest(index.lines, old.map(({ text }) => text).join("\n"));
  const after = chunk.anchors.length === 0 ? "" : ` after '${chunk.anchors.at(-1)?.name ?? ""}'`;
  throw refuse(`Failed to find expected lines in ${name}${after}:\n${quote(old)}`, nearest);
}

/** The places on the strictest tier that has one the anchors allow; null when there is none. */
function placesOf(index: LineIndex, chunk: Chunk, from: readonly AnchorPlace[] | null): Candidates | null {
  for (const tier of tiers) {
    for (const lines of withoutBlanks(chunk.lines)) {
      const wanted = oldLines(lines);
      const found = index.find(wanted, tier);
      if (found.length === 0) continue;
      const starts = narrow(index, found, wanted.length, chunk, from);
      if (starts.length > 0) return { lines, length: wanted.length, tier, starts };
    }
  }
  return null;
}

function unescaped(line: PatchLine): PatchLine {
  const text = withoutQuoteEscapes(line.text);
  if (text === null) return line;
  return line.kind === "context"
    ? { ...line, text, bare: withoutQuoteEscapes(line.bare) ?? text }
    : { ...line, text };
}

/** Keeps the places that the end marker, the `@@` lines or the line number point to. */
function narrow(
  index: LineIndex,
  found: readonly number[],
  length: number,
  chunk: Chunk,
  from: readonly AnchorPlace[] | null,
): number[] {
  let starts = [...found];
  if (chunk.atEnd) {
    const atEnd = starts.filter((start) => start + length === index.lines.length);
    if (atEnd.length > 0) return atEnd;
  }
  if (from !== null) {
    const after = from.flatMap((place) => underAnchor(index, starts, place));
    starts = [...new Set(after)].sort((a, b) => a - b);
  }
  const hinted = starts.filter((start) => start + 1 === chunk.hint);
  return hinted.length === 1 ? hinted : starts;
}

type AnchorPlace = { start: number; end: number };

/**
 * Of the places from an anchor on, those inside the block it opens (the lines indented deeper than it); the next one
 * after it where it opens none.
 */
function underAnchor(index: LineIndex, starts: readonly number[], { start, end }: AnchorPlace): number[] {
  const after = starts.filter((place) => place >= start);
  const depth = indentOf(index.lines[end - 1] ?? "").length;
  let blockEnd = end;
  while (blockEnd < index.lines.length) {
    const line = index.lines[blockEnd] ?? "";
    if (line.trim() !== "" && indentOf(line).length <= depth) break;
    blockEnd += 1;
  }
  const inside = after.filter((place) => place < blockEnd);
  return inside.length > 0 ? inside : after.slice(0, 1);
}

/** Every place the anchors lead to, each sought after the one before; null without anchors. */
function anchorPlaces(index: LineIndex, anchors: readonly Anchor[], name: string): AnchorPlace[] | null {
  let places: AnchorPlace[] | null = null;
  for (const anchor of anchors) {
    const all = index.anchor(anchor);
    const before: readonly AnchorPlace[] | null = places;
    const next: AnchorPlace[] =
      before === null
        ? all
        : before.flatMap(({ end }) => all.filter(({ start }) => start >= end).slice(0, 1));
    if (next.length === 0)
      throw refuse(
        `Failed to find context '${anchor.name}' in ${name}.`,
        describeNearest(index.lines, anchor.lines.map(({ text }) => text).join("\n")),
      );
    places = next.filter(({ start }, i) => next.findIndex((other) => other.start === start) === i);
  }
  return places;
}

/** The lines that must be in the file. */
export function oldLines(lines: readonly PatchLine[]): PatchLine[] {
  return lines.filter(({ kind }) => kind !== "add");
}

/** The lines as they are, then without the empty ones at their end, their beginning, and both. */
function withoutBlanks(lines: readonly PatchLine[]): PatchLine[][] {
  const blank = (line: PatchLine | undefined) => line?.kind === "context" && line.optional;
  let start = 0;
  let end = lines.length;
  while (start < end && blank(lines[start])) start += 1;
  while (end > start && blank(lines[end - 1])) end -= 1;
  const forms = [lines.slice(), lines.slice(0, end), lines.slice(start), lines.slice(start, end)];
  return forms.filter((form, i) => forms.findIndex(({ length }) => length === form.length) === i);
}

function quote(lines: readonly PatchLine[]): string {
  const shown = lines.filter(({ kind }) => kind !== "add").map(({ text }) => text);
  return shown.length > LISTED ? `${shown.slice(0, LISTED).join("\n")}\n…` : shown.join("\n");
}

/** The lines of a file, with their keys on each tier computed once. */
class LineIndex {
  readonly lines: readonly string[];
  readonly #keys = new Map<LineTier, string[]>();

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  #keysOn(tier: LineTier): string[] {
    let keys = this.#keys.get(tier);
    if (keys === undefined) {
      keys = this.lines.map(lineKeys[tier]);
      this.#keys.set(tier, keys);
    }
    return keys;
  }

  find(wanted: readonly PatchLine[], tier: LineTier): number[] {
    const key = lineKeys[tier];
    const forms = wanted.map((line) => [
      key(line.text),
      line.kind === "context" ? key(line.bare) : key(line.text),
    ]);
    // Blank lines alone are everywhere once blanks do not count.
    if (tier !== "exact" && forms.every(([text]) => text === "")) return [];
    const keys = this.#keysOn(tier);
    const starts: number[] = [];
    for (let start = 0; start + forms.length <= keys.length; start += 1) {
      if (forms.every(([text, bare], i) => keys[start + i] === text || keys[start + i] === bare))
        starts.push(start);
    }
    return starts;
  }

  /** Where an anchor stands: as whole lines, then (an `@@` line) as the beginning of a line, then as a part of one. */
  anchor({ lines, loose }: Anchor): AnchorPlace[] {
    for (const tier of tiers) {
      for (const form of withoutBlanks(lines)) {
        const found = this.find(form, tier);
        if (found.length > 0) return found.map((start) => ({ start, end: start + form.length }));
      }
    }
    if (!loose) return [];
    const wanted = lineKeys.unicode(lines[0]?.text ?? "");
    const keys = this.#keysOn("unicode");
    for (const holds of [(key: string) => key.startsWith(wanted), (key: string) => key.includes(wanted)]) {
      const found = keys.flatMap((key, start) => (holds(key) ? [{ start, end: start + 1 }] : []));
      if (found.length > 0) return found;
    }
    return [];
  }
}
