/** What a person may have meant by a name that is none. */

/** How many names a person is offered. */
const suggestions = 3;

/** The names most like `wanted`, best first, that are at least so alike. */
export function nearestNames(wanted: string, names: readonly string[], atLeast = 0.5): string[] {
  return names
    .map((name) => ({ name, score: likeness(wanted, name) }))
    .filter(({ score }) => score >= atLeast)
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, suggestions)
    .map(({ name }) => name);
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
