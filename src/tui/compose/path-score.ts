/** How well a path fits what is typed of it: file names before folders above them, whole words before scattered letters. */

/** Above 0 the better the higher; 0 where the letters do not even stand in it in order. @param query lower case */
export function pathScore(path: string, query: string): number {
  if (query === "") return 1;
  const lower = path.toLowerCase();
  if (!hasInOrder(lower, query)) return 0;
  const bare = lower.endsWith("/") ? lower.slice(0, -1) : lower;
  const name = bare.slice(bare.lastIndexOf("/") + 1);
  const short = 1 / (1 + path.length);
  if (bare === query || lower === query) return 10 + short;
  if (name === query) return 9 + short;
  if (lower.startsWith(query)) return 8 + short;
  if (name.startsWith(query)) return 7 + short;
  if (startsWord(lower, query)) return 6 + short;
  if (name.includes(query)) return 5 + short;
  if (lower.includes(query)) return 4 + short;
  if (hasInOrder(name, query)) return 3 + short;
  return 1 + short + 1 / (1 + spread(lower, query));
}

/** Whether the letters of the query stand in the text in this order. */
export function hasInOrder(text: string, query: string): boolean {
  let at = 0;
  for (let n = 0; n < query.length; n += 1) {
    at = text.indexOf(query.charAt(n), at) + 1;
    if (at === 0) return false;
  }
  return true;
}

function startsWord(text: string, query: string): boolean {
  for (let at = text.indexOf(query); at !== -1; at = text.indexOf(query, at + 1))
    if (at === 0 || "/._- ".includes(text.charAt(at - 1))) return true;
  return false;
}

/** Characters from the first letter of the query to its last, as they come first. */
function spread(text: string, query: string): number {
  const first = text.indexOf(query.charAt(0));
  let at = first;
  for (let n = 1; n < query.length; n += 1) at = text.indexOf(query.charAt(n), at + 1);
  return at - first;
}

/** The best of a growing number of paths. */
export class BestPaths {
  #best: { path: string; score: number }[] = [];
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  /** Takes in one more. */
  add(path: string, score: number): void {
    const last = this.#best.at(-1);
    if (score <= 0 || (this.#best.length >= this.#count && last !== undefined && last.score >= score)) return;
    const place = this.#best.findIndex((one) => one.score < score);
    this.#best.splice(place === -1 ? this.#best.length : place, 0, { path, score });
    if (this.#best.length > this.#count) this.#best.pop();
  }

  /** Best first. */
  get paths(): string[] {
    return this.#best.map(({ path }) => path);
  }
}
