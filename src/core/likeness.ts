/** What a person may have meant by a name that is none. */

/** How many names a person is offered. */
const suggestions = 3;

/** Letters of a beginning that is taken for the whole name. */
const shortestBeginning = 3;

/**
 * The names a person may have meant, best first: those a few slips of the keys away, at most one for every three
 * letters, and those that begin so. Names that merely share letters are none: a wrong guess costs more than no guess.
 */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  return names
    .flatMap((name) => {
      const far = farness(wanted.toLowerCase(), name.toLowerCase());
      return far === null ? [] : [{ name, far, alike: likeness(wanted, name) }];
    })
    .sort((a, b) => a.far - b.far || b.alike - a.alike || (a.name < b.name ? -1 : 1))
    .slice(0, suggestions)
    .map(({ name }) => name);
}

/** Slips a letter between two names, 0 to 1; null where one cannot be meant by the other. */
function farness(wanted: string, name: string): number | null {
  const longer = Math.max(wanted.length, name.length);
  const most = Math.floor(longer / 3);
  const slips = Math.abs(wanted.length - name.length) > most ? most + 1 : slipsBetween(wanted, name);
  if (slips <= most) return slips / Math.max(1, longer);
  return wanted.length >= shortestBeginning && name.startsWith(wanted) ? 1 : null;
}

/**
 * Letters left out, added, replaced, or swapped with their neighbour, at least (Damerau and Levenshtein's distance,
 * each place changed once).
 */
export function slipsBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a.charAt(row - 1) === b.charAt(column - 1);
      const swapped =
        row > 1 &&
        column > 1 &&
        a.charAt(row - 1) === b.charAt(column - 2) &&
        a.charAt(row - 2) === b.charAt(column - 1);
      now.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (now[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = now;
  }
  return last[b.length] ?? 0;
}

/**
 * How alike two strings are, 0 to 1: Dice's coefficient over character pairs, case ignored.
 */
export function likeness(a: string, b: string): number {
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  if (left === right) return 1;
  if (left.length < 2 || right.length < 2) return 0;
  // Swapped letters, which pairs do not see in short names.
  if (left.length === right.length && [...left].sort().join("") === [...right].sort().join("")) return 0.9;
  const pairs = new Map<string, number>();
  for (let i = 0; i < left.length - 1; i += 1) {
    const pair = left.slice(i, i + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let common = 0;
  for (let i = 0; i < right.length - 1; i += 1) {
    const pair = right.slice(i, i + 2);
    const rest = pairs.get(pair) ?? 0;
    if (rest > 0) {
      pairs.set(pair, rest - 1);
      common += 1;
    }
  }
  return (2 * common) / (left.length + right.length - 2);
}
