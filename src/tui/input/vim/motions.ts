/** Vim's motions: where they lead, and what an operator takes on the way. */

import { graphemeAfter, graphemeBefore } from "../editor/graphemes.ts";
import { endOfLine, startOfLine } from "../editor.ts";

/** A search in the line by `f`, `F`, `t` or `T`. */
export type Find = { kind: "f" | "F" | "t" | "T"; char: string };

/** Where a motion leads; `takes`: whether an operator takes the character there, or whole lines. */
export type Moved = { to: number; takes: "before" | "with" | "lines"; find?: Find };

/** What motions depend on: the text, the place, the count (null for none), the last search and a search's character. */
export type MotionInput = { text: string; at: number; count: number | null; find: Find | null; char: string };

type Motion = (input: MotionInput) => Moved | null;

/** The first place of a line that is no blank. */
export function firstInk(text: string, at: number): number {
  const start = startOfLine(text, at);
  return start + (/^[ \t]*/.exec(text.slice(start, endOfLine(text, start)))?.[0].length ?? 0);
}

/** The last character of a line, where a caret of normal mode may stand. */
export function lastOfLine(text: string, at: number): number {
  const end = endOfLine(text, at);
  return end > startOfLine(text, at) ? graphemeBefore(text, end) : end;
}

/** 0 blank, 1 letters and digits, 2 the rest; with `big` all that is no blank is one kind. */
type Kind = (at: number) => number;
const kinds =
  (text: string, big: boolean): Kind =>
  (at) => {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 32);
    if (/\s/u.test(char)) return 0;
    return big || /[\p{L}\p{N}\p{M}_]/u.test(char) ? 1 : 2;
  };
const isEmptyLine = (text: string, at: number): boolean =>
  text.charAt(at) === "\n" && (at === 0 || text.charAt(at - 1) === "\n");

function wordForward(text: string, at: number, kind: Kind): number {
  let place = at;
  const own = kind(place);
  if (own !== 0) while (place < text.length && kind(place) === own) place = graphemeAfter(text, place);
  else if (isEmptyLine(text, place)) place += 1;
  while (place < text.length && kind(place) === 0 && !isEmptyLine(text, place))
    place = graphemeAfter(text, place);
  return place;
}

function wordEnd(text: string, at: number, kind: Kind): number {
  let place = graphemeAfter(text, at);
  while (place < text.length && kind(place) === 0) place = graphemeAfter(text, place);
  for (let next = graphemeAfter(text, place); next < text.length && kind(next) === kind(place); ) {
    place = next;
    next = graphemeAfter(text, place);
  }
  return Math.min(place, Math.max(0, text.length - 1));
}

function wordBack(text: string, at: number, kind: Kind): number {
  let place = graphemeBefore(text, at);
  while (place > 0 && kind(place) === 0 && !isEmptyLine(text, place)) place = graphemeBefore(text, place);
  if (kind(place) === 0) return place;
  for (let before = graphemeBefore(text, place); place > 0 && kind(before) === kind(place); ) {
    place = before;
    before = graphemeBefore(text, place);
  }
  return place;
}

function previousEnd(text: string, at: number, kind: Kind): number {
  let place = at;
  const own = kind(place);
  if (own !== 0) while (place > 0 && kind(place) === own) place = graphemeBefore(text, place);
  while (place > 0 && kind(place) === 0) place = graphemeBefore(text, place);
  return place;
}

/** Does a step so often. */
function times(count: number | null, from: number, step: (at: number) => number): number {
  let at = from;
  for (let left = count ?? 1; left > 0; left -= 1) {
    const next = step(at);
    if (next === at) break;
    at = next;
  }
  return at;
}

const byWord =
  (step: (text: string, at: number, kind: Kind) => number, big: boolean, takes: Moved["takes"]): Motion =>
  ({ text, at, count }) => ({ to: times(count, at, (from) => step(text, from, kinds(text, big))), takes });

/** A line up or down, to the same distance from the line's start; null where there is none. */
function lineAway(text: string, at: number, by: number): number | null {
  const column = at - startOfLine(text, at);
  let place = at;
  for (let left = Math.abs(by); left > 0; left -= 1) {
    const next = by < 0 ? startOfLine(text, place) - 1 : endOfLine(text, place) + 1;
    if (next < 0 || next > text.length) return null;
    place = by < 0 ? startOfLine(text, next) : next;
  }
  let goal = startOfLine(text, place);
  const start = goal;
  const last = lastOfLine(text, place);
  while (goal < last && goal - start < column) goal = graphemeAfter(text, goal);
  return goal;
}

const vertical =
  (by: number): Motion =>
  ({ text, at, count }) => {
    const to = lineAway(text, at, by * (count ?? 1));
    return to === null ? null : { to, takes: "lines" };
  };

function lineNumbered(text: string, line: number): number {
  let at = 0;
  for (let left = line - 1; left > 0; left -= 1) {
    const end = endOfLine(text, at);
    if (end === text.length) break;
    at = end + 1;
  }
  return firstInk(text, at);
}

function searched({ text, at, count }: MotionInput, { kind, char }: Find, again: boolean): Moved | null {
  const start = startOfLine(text, at);
  const end = endOfLine(text, at);
  const forward = kind === "f" || kind === "t";
  let place = at;
  // Repeated, `t` would stay before the character it stands before.
  if (again && kind === "t") place += 1;
  if (again && kind === "T") place -= char.length;
  for (let left = count ?? 1; left > 0; left -= 1) {
    place = forward
      ? text.indexOf(char, graphemeAfter(text, place))
      : place <= start
        ? -1
        : text.lastIndexOf(char, place - 1);
    if (place < start || place >= end) return null;
  }
  if (kind === "t") place = graphemeBefore(text, place);
  if (kind === "T") place = graphemeAfter(text, place);
  return { to: place, takes: forward ? "with" : "before" };
}

const finding =
  (kind: Find["kind"]): Motion =>
  (input) => {
    const find = { kind, char: input.char };
    const moved = searched(input, find, false);
    return moved && { ...moved, find };
  };
const opposite = { f: "F", F: "f", t: "T", T: "t" } as const;

const pairs = "()[]{}";
/** The bracket that belongs to the first one from here on. */
const matching: Motion = ({ text, at }) => {
  let from = at;
  const end = endOfLine(text, at);
  while (from < end && !pairs.includes(text.charAt(from))) from += 1;
  if (from >= end) return null;
  const index = pairs.indexOf(text.charAt(from));
  const step = index % 2 === 0 ? 1 : -1;
  const other = pairs.charAt(index + step);
  let depth = 0;
  for (let place = from; place >= 0 && place < text.length; place += step) {
    if (text.charAt(place) === text.charAt(from)) depth += 1;
    else if (text.charAt(place) === other) depth -= 1;
    if (depth === 0) return { to: place, takes: "with" };
  }
  return null;
};

const paragraph =
  (forward: boolean): Motion =>
  ({ text, at, count }) => ({
    takes: "before",
    to: times(count, at, (from) => {
      let place = from;
      const step = forward ? 1 : -1;
      while (isEmptyLine(text, place)) place += step;
      while ((forward || place > 0) && place < text.length && !isEmptyLine(text, place)) place += step;
      return Math.max(0, Math.min(text.length, place));
    }),
  });

/** By their keys; `f` and kin are followed by a character. */
export const motions = {
  h: ({ text, at, count }) => ({
    to: Math.max(
      startOfLine(text, at),
      times(count, at, (from) => graphemeBefore(text, from)),
    ),
    takes: "before",
  }),
  l: ({ text, at, count }) => ({
    to: Math.min(
      endOfLine(text, at),
      times(count, at, (from) => graphemeAfter(text, from)),
    ),
    takes: "before",
  }),
  j: vertical(1),
  k: vertical(-1),
  w: byWord(wordForward, false, "before"),
  W: byWord(wordForward, true, "before"),
  e: byWord(wordEnd, false, "with"),
  E: byWord(wordEnd, true, "with"),
  b: byWord(wordBack, false, "before"),
  B: byWord(wordBack, true, "before"),
  ge: byWord(previousEnd, false, "with"),
  gE: byWord(previousEnd, true, "with"),
  "0": ({ text, at }) => ({ to: startOfLine(text, at), takes: "before" }),
  "^": ({ text, at }) => ({ to: firstInk(text, at), takes: "before" }),
  _: ({ text, at, count }) => {
    const to = lineAway(text, at, (count ?? 1) - 1);
    return to === null ? null : { to: firstInk(text, to), takes: "lines" };
  },
  $: ({ text, at, count }) => {
    const line = lineAway(text, at, (count ?? 1) - 1);
    return line === null ? null : { to: lastOfLine(text, line), takes: "with" };
  },
  gg: ({ text, count }) => ({ to: lineNumbered(text, count ?? 1), takes: "lines" }),
  G: ({ text, count }) => ({ to: lineNumbered(text, count ?? Number.MAX_SAFE_INTEGER), takes: "lines" }),
  f: finding("f"),
  F: finding("F"),
  t: finding("t"),
  T: finding("T"),
  ";": (input) => input.find && searched(input, input.find, true),
  ",": (input) => input.find && searched(input, { ...input.find, kind: opposite[input.find.kind] }, true),
  "%": matching,
  "{": paragraph(false),
  "}": paragraph(true),
} as const satisfies { readonly [keys: string]: Motion };

/** The keys of a motion. */
export type MotionKeys = keyof typeof motions;

/** Whether keys are a motion. */
export const isMotion = (keys: string): keys is MotionKeys => Object.hasOwn(motions, keys);

/** Follows a motion; null where it leads nowhere. */
export const follow = (keys: MotionKeys, input: MotionInput): Moved | null => motions[keys](input);
