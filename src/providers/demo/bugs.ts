/** The mistakes the demo model knows by sight. It is a script: anything else it says it cannot see. */

/** A line that is wrong, what it should be, and why. */
export type Diagnosis = { line: number; wrong: string; right: string; reason: string };

type Mistake = { pattern: RegExp; right: string; reason: string };

const mistakes: readonly Mistake[] = [
  {
    pattern: /(for \(let (\w+) = 0; \2 < \w+\.length) - 1(; )/,
    right: "$1$3",
    reason: "the loop stops one element early, so the last one is never counted",
  },
  {
    pattern: /(for \(let (\w+) = 0; \2 )<=( \w+\.length; )/,
    right: "$1<$3",
    reason: "the loop runs one step past the end of the list",
  },
  {
    pattern: /(for \(let (\w+) = )1(; \2 < \w+\.length; )/,
    right: "$10$3",
    reason: "the loop begins at the second element, so the first one is never counted",
  },
  {
    pattern: /(\.price) \+ (\w+(?:\[\w+\])?\.quantity)/,
    right: "$1 * $2",
    reason: "price and quantity are added where they should be multiplied",
  },
  {
    pattern: /\(1 \+ (\w*[dD]iscount\w*)/,
    right: "(1 - $1",
    reason: "the discount is added to the price instead of taken off",
  },
];

/** The first line of a source that shows a known mistake; null when none does. */
export function diagnose(source: string): Diagnosis | null {
  for (const [index, wrong] of source.split("\n").entries()) {
    const mistake = mistakes.find(({ pattern }) => pattern.test(wrong));
    if (mistake !== undefined) {
      const { pattern, right, reason } = mistake;
      return { line: index + 1, wrong, right: wrong.replace(pattern, right), reason };
    }
  }
  return null;
}

/** The wrong line with as many lines before it as make it unique in its file. */
export function uniquePlace(source: string, { line, wrong, right }: Diagnosis): { from: string; to: string } {
  const lines = source.split("\n");
  let first = line - 1;
  const before = () =>
    lines
      .slice(first, line - 1)
      .map((text) => `${text}\n`)
      .join("");
  while (first > 0 && source.split(before() + wrong).length > 2) first--;
  return { from: before() + wrong, to: before() + right };
}
