/** Gives new lines the indentation the file has where the model's text had another. */

/** One line of the model's old text beside the line of the file it matched. */
export type IndentPair = { wanted: string; actual: string };

/** The blanks a line begins with. */
export function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/**
 * Moves lines by the offset seen in the matched lines. `pairs` are the indentations of the matched lines in order, blank
 * lines left out; `near` is the index among them that stands nearest, whose offset is taken where others disagree.
 */
export function reindent(line: string, pairs: readonly IndentPair[], near: number): string {
  const indent = indentOf(line);
  if (indent.length === line.length) return line;
  const body = line.slice(indent.length);
  const ordered = pairs
    .map((pair, i) => ({ pair, distance: Math.abs(i - near) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ pair }) => pair);
  const same = ordered.find(({ wanted }) => wanted === indent);
  if (same !== undefined) return same.actual + body;
  // Deeper than a line that was matched: its offset, and the rest in the file's own unit.
  let base: IndentPair | undefined;
  for (const pair of ordered) {
    if (indent.startsWith(pair.wanted) && (base === undefined || pair.wanted.length > base.wanted.length))
      base = pair;
  }
  if (base !== undefined) return base.actual + inFileUnit(indent.slice(base.wanted.length), ordered) + body;
  // Shallower than every matched line: take the same step outwards in the file.
  const shallow = ordered.reduce<IndentPair | undefined>(
    (least, pair) => (least === undefined || pair.wanted.length < least.wanted.length ? pair : least),
    undefined,
  );
  if (shallow === undefined || !shallow.wanted.startsWith(indent)) return line;
  const step = inFileUnit(shallow.wanted.slice(indent.length), ordered);
  return shallow.actual.slice(0, Math.max(0, shallow.actual.length - step.length)) + body;
}

/** Spaces as tabs or tabs as spaces, at the rate the matched lines show; unchanged where they show none. */
function inFileUnit(blanks: string, pairs: readonly IndentPair[]): string {
  const spaces = /^ +$/;
  const tabs = /^\t+$/;
  for (const { wanted, actual } of pairs) {
    if (spaces.test(wanted) && tabs.test(actual) && wanted.length % actual.length === 0) {
      const width = wanted.length / actual.length;
      const whole = /^ *$/.test(blanks) ? Math.floor(blanks.length / width) : 0;
      return whole === 0 ? blanks : "\t".repeat(whole) + " ".repeat(blanks.length - whole * width);
    }
    if (tabs.test(wanted) && spaces.test(actual) && actual.length % wanted.length === 0) {
      return blanks.replaceAll("\t", " ".repeat(actual.length / wanted.length));
    }
  }
  return blanks;
}
