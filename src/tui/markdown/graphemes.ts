/** Where a text may be cut: never inside of what a reader takes for one character. */

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Characters a text is looked back through for a place to cut. */
const lookBack = 512;

/** A place near the end of a long text: behind a space where there is one, else between two characters. */
export function cutPoint(text: string): number {
  const space = text.lastIndexOf(" ");
  if (space >= text.length - lookBack) return space + 1;
  const from = text.length - lookBack;
  const last = [...segmenter.segment(text.slice(from))].at(-1);
  return last !== undefined && last.index > 0 ? from + last.index : text.length;
}
