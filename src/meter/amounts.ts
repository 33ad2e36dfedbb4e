/** Shares of calls while they are being divided: money and tokens as real numbers, made whole once at the end. Pure. */
import type { NanoUsd, Usage } from "../core/usage.ts";
import { nanoUsd } from "../core/usage.ts";

const fields = [
  "cost",
  "input",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite1h",
  "output",
  "reasoning",
  "unpriced",
] as const;

/** Nano-dollars, tokens as in `Usage`, and how many tokens of calls with an unknown price. Not whole. */
export type Amounts = { [field in (typeof fields)[number]]: number };

/** Nothing. */
export function noAmounts(): Amounts {
  return {
    cost: 0,
    input: 0,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 0,
    reasoning: 0,
    unpriced: 0,
  };
}

/** Adds `factor` times `more` to `sum`, in place. */
export function addTimes(sum: Amounts, more: Amounts, factor: number): void {
  for (const field of fields) sum[field] += more[field] * factor;
}

/** `a - b`. */
export function minus(a: Amounts, b: Amounts): Amounts {
  const rest = { ...a };
  addTimes(rest, b, -1);
  return rest;
}

/** Shares made whole. */
export type WholeAmounts = { cost: NanoUsd; usage: Usage; unpricedTokens: number };

/**
 * Makes the shares whole numbers whose sums are exactly those of `total`, field by field: each is rounded down, and what
 * is missing then goes to the largest remainders (Hamilton's method).
 */
export function wholeShares(shares: readonly Amounts[], total: Amounts): WholeAmounts[] {
  const whole = shares.map(() => noAmounts());
  for (const field of fields) {
    const apportioned = apportion(
      shares.map((share) => share[field]),
      total[field],
    );
    for (const [index, value] of apportioned.entries()) {
      const row = whole[index];
      if (row) row[field] = value;
    }
  }
  return whole.map(({ cost, unpriced, ...usage }) => ({
    cost: nanoUsd(cost),
    usage,
    unpricedTokens: unpriced,
  }));
}

/** Whole numbers that sum to `total` (whole, not negative) and are within one of their share of it. */
function apportion(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((all, share) => all + Math.max(0, share), 0);
  if (sum === 0) return shares.map((_, index) => (index === 0 ? total : 0));
  const exact = shares.map((share) => (Math.max(0, share) / sum) * total);
  const whole = exact.map(Math.floor);
  let left = total - whole.reduce((all, value) => all + value, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder);
  // Of sums beyond 2^53 a rounding error may leave more than one for each, or less than none.
  for (let at = 0; left !== 0; at = (at + 1) % byRemainder.length) {
    const index = byRemainder[at]?.index ?? 0;
    const step = left > 0 ? 1 : -1;
    if ((whole[index] ?? 0) + step < 0) continue;
    whole[index] = (whole[index] ?? 0) + step;
    left -= step;
  }
  return whole;
}
