/** Lines that say by themselves what block they are or begin (CommonMark 0.31, section 4; GFM 0.29, section 4.10). */

import { indentOf } from "./containers.ts";
import type { Alignment } from "./piece.ts";

/** The beginning of a fenced code block. */
export type Fence = { mark: string; length: number; indent: number; language: string };

/** Three or more backticks or tildes, and what the code is. */
export function fenceIn(line: string): Fence | null {
  const indent = indentOf(line);
  const [, run = "", info = ""] = /^(`{3,}|~{3,})(.*)$/.exec(line.slice(indent)) ?? [];
  if (run === "" || indent > 3 || (run.startsWith("`") && info.includes("`"))) return null;
  return { mark: run.charAt(0), length: run.length, indent, language: info.trim() };
}

/** Whether a line ends the fenced code block. */
export function closes(line: string, { mark, length }: Fence): boolean {
  const text = line.trim();
  return text.length >= length && indentOf(line) < 4 && consistsOf(text, mark);
}

/** A heading of the `#` kind. */
export function headingIn(line: string): { level: number; text: string } | null {
  const [, marks = "", text = ""] = /^(#{1,6})(?: (.*))?$/.exec(line.trimStart()) ?? [];
  if (marks === "" || indentOf(line) > 3) return null;
  const trimmed = text.trim();
  let end = trimmed.length;
  while (trimmed.charAt(end - 1) === "#") end -= 1;
  const closed = end === 0 || trimmed.charAt(end - 1) === " ";
  return { level: marks.length, text: closed ? trimmed.slice(0, end).trim() : trimmed };
}

/** The level of the heading a line makes of the paragraph above it; 0 for none. */
export function underlineIn(line: string): 0 | 1 | 2 {
  const text = line.trim();
  if (text === "" || indentOf(line) > 3) return 0;
  if (consistsOf(text, "=")) return 1;
  return consistsOf(text, "-") ? 2 : 0;
}

/** Whether a line is a thematic break. */
export function isRule(line: string): boolean {
  if (indentOf(line) > 3 || !/^\s*[-*_]/.test(line)) return false;
  const marks = line.replaceAll(" ", "");
  return marks.length >= 3 && consistsOf(marks, marks.charAt(0));
}

function consistsOf(text: string, mark: string): boolean {
  for (const char of text) if (char !== mark) return false;
  return true;
}

/** Columns of a table at most; rows of more are text. */
const mostColumns = 64;

/** The alignments of a table's second line; null when it is none. */
export function delimitersIn(line: string): Alignment[] | null {
  if (indentOf(line) > 3 || !line.includes("-") || !(line.includes("|") || line.includes(":"))) return null;
  const cells = cellsOf(line);
  if (cells.length > mostColumns || !cells.every((cell) => /^:?-+:?$/.test(cell))) return null;
  return cells.map((cell) => {
    if (!cell.endsWith(":")) return "left";
    return cell.startsWith(":") ? "center" : "right";
  });
}

/** The cells of a table's row: a bar in a cell is escaped, in code, too. */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let cell = "";
  const text = line.trim();
  for (let index = text.startsWith("|") ? 1 : 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === "\\" && text.charAt(index + 1) === "|") {
      cell += "|";
      index += 1;
    } else if (char === "|") {
      cells.push(cell.trim());
      cell = "";
      if (index === text.length - 1) return cells;
    } else cell += char;
  }
  return [...cells, cell.trim()];
}
