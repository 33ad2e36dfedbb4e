/** Fuzzy search over rows of text. */
import fuzzysort from "fuzzysort";

/** Characters of a row that are looked at. */
const searchedCharacters = 300;

/** How well a row has to fit; 1 is exactly, and with little typed everything fits a little. */
const leastScore = 0.3;

/** What stands beside a row's text tells less of what is looked for. */
const detailWeight = 0.6;

/** The rows that a query fits, best first; all of them, as they were, for an empty one. */
export function search<Row extends { text: string; detail?: string }>(
  query: string,
  rows: readonly Row[],
): readonly Row[] {
  if (query.trim() === "") return rows;
  return fuzzysort
    .go(query.trim(), rows, {
      limit: 0,
      threshold: leastScore,
      keys: [
        ({ text }) => text.slice(0, searchedCharacters),
        ({ detail = "" }) => detail.slice(0, searchedCharacters),
      ],
      scoreFn: ([text, detail]) => Math.max(text?.score ?? 0, detailWeight * (detail?.score ?? 0)),
    })
    .map(({ obj }) => obj);
}
