/** A dialog as numbered rows or a line to type, and what a line answers. */
import type { Asked, AskedRow, Dialog } from "../dialog/dialog.ts";
import { clean, oneRow } from "../view/clean.ts";
import { inWords } from "./words.ts";

/** Rows told at once. */
const pageRows = 20;

/** Where in a list a person is. */
export type Place = { query: string; from: number };

/** The beginning of all of it. */
export const atBeginning: Place = { query: "", from: 0 };

/** What comes of a line: another dialog or none, more of the list, or a line that is no answer at all. */
export type Outcome =
  | { type: "next"; dialog: Dialog | null }
  | { type: "listed"; place: Place }
  | { type: "wrong"; why: string }
  | { type: "said" };

/** What is asked, as text. */
export function dialogText(asked: Asked, { query, from }: Place): string[] {
  if (asked.type === "line")
    return [
      `question: ${words(asked.title)}${asked.text === "" ? "" : `, now ${words(asked.text)}`}`,
      `(${inWords(asked.help)}; an empty line goes back, a dash alone is an empty text)`,
    ];
  const rows = asked.rows(query);
  const found = query === "" ? "" : `, ${rows.length} for "${words(query)}"`;
  const shown = rows.slice(from, from + pageRows);
  const others = [...new Set(shown.flatMap((row) => row.others.map(({ help }) => help)))];
  return [
    `question: ${words(asked.title)}${found}`,
    ...shown.map((row, index) => rowText(row, from + index + 1)),
    ...(shown.length === 0 ? [words(asked.empty)] : []),
    ...(rows.length > from + pageRows ? [`(${rows.length - from - pageRows} more: more shows them)`] : []),
    ...(others.length > 0
      ? [`(also a number and a word: ${others.map((help) => `1 ${help}`).join(", ")})`]
      : []),
    `(a number chooses${asked.fixed && rows.length <= pageRows ? "" : ", words search"}, an empty line closes)`,
  ];
}

const rowText = ({ text, detail, current }: AskedRow, number: number): string =>
  `${number} ${words(text)}${current ? " (now)" : ""}${detail ? `: ${words(detail)}` : ""}`;

const words = (text: string): string => inWords(oneRow(clean(text))).trim();

/** What a line comes to. */
export function answerDialog(asked: Asked, place: Place, line: string): Outcome {
  const text = line.trim();
  if (asked.type === "line")
    return { type: "next", dialog: text === "" ? asked.back : asked.take(text === "-" ? "" : text) };
  if (text === "") {
    asked.closed();
    return { type: "next", dialog: null };
  }
  const rows = asked.rows(place.query);
  if (text === "more") {
    const next = place.from + pageRows;
    if (!asked.fixed) rows.slice(0, next).at(-1)?.look();
    return { type: "listed", place: rows.length > next ? { ...place, from: next } : place };
  }
  const [, number, word = ""] = /^(\d+)(?:\s+(.+))?$/.exec(text) ?? [];
  if (number !== undefined) return chosen(rows[Number(number) - 1], number, word);
  if (!asked.fixed || rows.length > pageRows || place.query !== "") {
    const found = asked.rows(text);
    if (asked.fixed && found.length === 0) return { type: "wrong", why: `nothing fits "${text}"` };
    return { type: "listed", place: { query: text, from: 0 } };
  }
  const named = rows.filter((row) => row.text.toLowerCase().startsWith(text.toLowerCase()));
  const [only] = named;
  return only !== undefined && named.length === 1
    ? { type: "next", dialog: only.choose() }
    : { type: "said" };
}

function chosen(row: AskedRow | undefined, number: string, word: string): Outcome {
  if (row === undefined) return { type: "wrong", why: `there is no ${number} in the list` };
  if (word === "") return { type: "next", dialog: row.choose() };
  const other = row.others.find(({ help }) => help.startsWith(word));
  if (other === undefined) return { type: "wrong", why: `${number} cannot be answered by "${word}"` };
  return { type: "next", dialog: other.press() };
}
