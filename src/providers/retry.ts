/** Which failures are worth asking again, and when. Pure. */
import type { ModelError, ModelErrorCode } from "../core/model.ts";

/** Bounds of the retry layer. Times in ms. */
export type RetryPolicy = {
  /** Attempts at one upstream, the first included. */
  maxAttempts: number;
  /** No retry is begun this long after the dispatch began; waits for usage limits are not counted. */
  maxElapsedMs: number;
  /** The first delay; it doubles with each failure. */
  baseDelayMs: number;
  /** The longest delay of our own choosing. */
  maxDelayMs: number;
  /** A longer wait asked for by the upstream is a usage limit, decided by `onLimit`. */
  maxRetryAfterMs: number;
  /** The longest wait for a usage limit to reset. */
  maxLimitWaitMs: number;
};

/** Six attempts over about a minute; limits of up to a week (the longest window a vendor has) are waited for. */
export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 6,
  maxElapsedMs: 300_000,
  baseDelayMs: 1_000,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 60_000,
  maxLimitWaitMs: 8 * 86_400_000,
};

/** What can be done about a failure. */
type Remedy =
  /** Passes by itself: ask again, then elsewhere. */
  | "retry"
  /** This upstream will not answer for a good while: ask elsewhere. */
  | "elsewhere"
  /** The same anywhere, or for a person to put right. */
  | "none";

const remedies: { readonly [code in ModelErrorCode]: Remedy } = {
  rate_limited: "retry",
  overloaded: "retry",
  network: "retry",
  timeout: "retry",
  stalled: "retry",
  truncated: "retry",
  unknown: "retry",
  quota: "elsewhere",
  // A wrong key is put right, not silently paid for at another vendor.
  auth: "none",
  context_overflow: "none",
  invalid_request: "none",
  refused: "none",
  // A server that talks without end does so again.
  oversized: "none",
  aborted: "none",
};

/** What can be done about a failure of this kind. */
export const remedyFor = (error: ModelError): Remedy => remedies[error.code];

/** Whether a failure says that the upstream itself is in trouble, which is what the circuit breaker counts. */
export function isOutage({ code }: ModelError): boolean {
  return code !== "rate_limited" && remedies[code] === "retry";
}

/** When the usage limit behind a failure resets, Unix ms; null when it is no limit or nobody knows. */
export function limitReset(error: ModelError, now: number, policy: RetryPolicy): number | null {
  if (error.code !== "quota" && error.code !== "rate_limited") return null;
  const wait = error.resetsAt === undefined ? (error.retryAfterMs ?? null) : error.resetsAt - now;
  if (wait === null) return null;
  // An exhausted quota does not come back by asking again; a short rate limit does.
  return error.code === "quota" || wait > policy.maxRetryAfterMs ? now + Math.max(0, wait) : null;
}

/**
 * The delay before the next attempt: what the upstream asked for and up to a quarter more, so that many clients do
 * not come back at one instant; else exponential with half of it random.
 * @param failures how many attempts have failed in a row, from 1
 * @param random uniform in [0, 1)
 */
export function retryDelay(error: ModelError, failures: number, random: number, policy: RetryPolicy): number {
  if (error.retryAfterMs !== undefined) {
    const asked = Math.min(error.retryAfterMs, policy.maxRetryAfterMs);
    return Math.round(asked + Math.min(asked, policy.baseDelayMs) * 0.25 * random);
  }
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1));
  return Math.round(ceiling * (0.5 + 0.5 * random));
}
