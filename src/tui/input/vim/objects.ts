/** Vim's text objects: `iw`, `a"`, `i(` and kin. */

import { graphemeAfter, graphemeBefore } from "../editor/graphemes.ts";
import { endOfLine, startOfLine } from "../editor.ts";

/** What an object spans; `lines`: whole lines. */
export type Span = { from: number; to: number; lines: boolean };

type Finder = (text: string, at: number, around: boolean) => Span | null;

const inBrackets =
  (open: string, close: string): Finder =>
  (text, at, around) =>
    bracketed(text, at, [open, close], around);
const inQuotes =
  (mark: string): Finder =>
  (text, at, around) =>
    quoted(text, at, mark, around);
const inWord =
  (big: boolean): Finder =>
  (text, at, around) =>
    word(text, at, big, around);

/** By their names, behind `i` or `a`. */
const objects = {
  w: inWord(false),
  W: inWord(true),
  p: (text, at, around) => paragraph(text, at, around),
  '"': inQuotes('"'),
  "'": inQuotes("'"),
  "`": inQuotes("`"),
  "(": inBrackets("(", ")"),
  ")": inBrackets("(", ")"),
  b: inBrackets("(", ")"),
  "[": inBrackets("[", "]"),
  "]": inBrackets("[", "]"),
  "{": inBrackets("{", "}"),
  "}": inBrackets("{", "}"),
  B: inBrackets("{", "}"),
  "<": inBrackets("<", ">"),
  ">": inBrackets("<", ">"),
} as const satisfies { readonly [name: string]: Finder };

/** The name of an object. */
export type ObjectName = keyof typeof objects;

/** Whether there is an object of that name. */
export const isObject = (name: string): name is ObjectName => Object.hasOwn(objects, name);

/** The object around a place; null where there is none. */
export const objectAt = (text: string, at: number, name: ObjectName, around: boolean): Span | null =>
  objects[name](text, at, around);

function word(text: string, at: number, big: boolean, around: boolean): Span {
  const kind = (place: number): number => {
    const char = String.fromCodePoint(text.codePointAt(place) ?? 10);
    if (char === "\n") return 3;
    if (/\s/u.test(char)) return 0;
    return big || /[\p{L}\p{N}\p{M}_]/u.test(char) ? 1 : 2;
  };
  const own = kind(at);
  const back = (from: number, wanted: number): number => {
    let place = from;
    while (place > 0 && kind(graphemeBefore(text, place)) === wanted) place = graphemeBefore(text, place);
    return place;
  };
  const forth = (from: number, wanted: number): number => {
    let place = from;
    while (place < text.length && kind(place) === wanted) place = graphemeAfter(text, place);
    return place;
  };
  if (own === 3) return { from: at, to: at, lines: false };
  const from = back(at, own);
  const to = forth(at, own);
  if (!around) return { from, to, lines: false };
  if (own === 0) return { from, to: to < text.length ? forth(to, kind(to)) : to, lines: false };
  const behind = forth(to, 0);
  return behind > to ? { from, to: behind, lines: false } : { from: back(from, 0), to, lines: false };
}

function quoted(text: string, at: number, mark: string, around: boolean): Span | null {
  const start = startOfLine(text, at);
  const marks: number[] = [];
  for (let place = start; place < endOfLine(text, at); place += 1) {
    if (text.charAt(place) === "\\") place += 1;
    else if (text.charAt(place) === mark) marks.push(place);
  }
  for (let index = 0; index + 1 < marks.length; index += 2) {
    const open = marks[index] ?? 0;
    const close = marks[index + 1] ?? 0;
    if (close < at) continue;
    if (!around) return { from: open + 1, to: close, lines: false };
    const blanks = /^[ \t]*/.exec(text.slice(close + 1))?.[0].length ?? 0;
    return { from: open, to: close + 1 + blanks, lines: false };
  }
  return null;
}

function bracketed(
  text: string,
  at: number,
  [open, close]: readonly [string, string],
  around: boolean,
): Span | null {
  let depth = text.charAt(at) === close ? 0 : text.charAt(at) === open ? -1 : 0;
  let from = at;
  if (depth !== -1) {
    for (from = at - 1; from >= 0; from -= 1) {
      if (text.charAt(from) === close) depth += 1;
      else if (text.charAt(from) === open && depth-- === 0) break;
    }
  }
  if (from < 0) return null;
  depth = 0;
  for (let to = from; to < text.length; to += 1) {
    if (text.charAt(to) === open) depth += 1;
    else if (text.charAt(to) === close) depth -= 1;
    if (depth === 0)
      return around ? { from, to: to + 1, lines: false } : { from: from + 1, to, lines: false };
  }
  return null;
}

function paragraph(text: string, at: number, around: boolean): Span {
  const blank = (line: number): boolean => /^[ \t]*$/.test(text.slice(line, endOfLine(text, line)));
  const own = blank(startOfLine(text, at));
  let from = startOfLine(text, at);
  while (from > 0 && blank(startOfLine(text, from - 1)) === own) from = startOfLine(text, from - 1);
  const through = (start: number, wanted: boolean): number => {
    let end = start;
    while (end < text.length && blank(end + 1) === wanted && end + 1 <= text.length) {
      const next = endOfLine(text, end + 1);
      if (next === end) break;
      end = next;
    }
    return end;
  };
  const to = through(endOfLine(text, at), own);
  return { from, to: around ? through(to, !own) : to, lines: true };
}
