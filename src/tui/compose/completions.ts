/** What may follow a command's name, as its row in the table says: found as it is typed. Pure but for what a row asks. */
import { search } from "../dialog/search.ts";
import type { Suggestion } from "./suggestions.ts";

/** Something that may stand in a place of an argument. */
export type Completion = {
  /** What is put in. */
  value: string;
  /** What is shown in its place, where it says more. */
  text?: string;
  /** Dim, behind it; searched, too. */
  detail?: string;
  /** Something has to follow it. */
  more?: true;
};

/** What may stand in a place of an argument. */
export type Completions = {
  values: readonly Completion[];
  /** Whether a word that is none of the values may stand there, too: then Enter sends it as it is typed. */
  stands(word: string): boolean;
};

/** Rows of suggestions at most; the list scrolls. */
const mostRows = 200;

/** One of these and nothing else. */
export const oneOf = (values: readonly (string | Completion)[]): Completions => ({
  values: values.map((value) => (typeof value === "string" ? { value } : value)),
  stands: () => false,
});

/** These, or anything else. */
export const anyOr = (values: readonly (string | Completion)[]): Completions => ({
  ...oneOf(values),
  stands: () => true,
});

/** The rows for a word, best first, and which of them Enter takes: none where what is typed may stand as it is. */
export function completionRows(
  word: string,
  { values, stands }: Completions,
): { rows: Suggestion[]; marked: number | null } {
  const rows = values.map(({ value, text = value, detail = "", more = false }) => ({
    value,
    text,
    detail: text === value ? detail : `${value} ${detail}`.trim(),
    more,
  }));
  const isIt = ({ value }: { value: string }): boolean => value.toLowerCase() === word.toLowerCase();
  // A name that is typed in full is meant, however many begin so.
  const found = search(word, rows).toSorted((a, b) => Number(isIt(b)) - Number(isIt(a)));
  const exact = found[0] !== undefined && isIt(found[0]);
  return {
    rows: found.slice(0, mostRows).map(({ value, text, detail, more }) => ({
      text,
      insert: more ? `${value} ` : value,
      detail,
      complete: !more,
    })),
    marked: word !== "" && found.length > 0 && (exact || !stands(word)) ? 0 : null,
  };
}
