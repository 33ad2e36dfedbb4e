/** Waiting for a usage limit to reset. */
import type { ModelName } from "../core/event.ts";
import type { Clock } from "../core/ids.ts";
import type { DispatchEvent } from "../core/upstream.ts";

/** Time as the dispatcher sees it. */
export type Timing = {
  now: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  /** Resolves after `ms`; rejects when `signal` fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

/**
 * Vendors round reset times to whole seconds, and everybody else waits for the same one. A short wait is not made
 * several times longer by it.
 */
const jitter = { least: 1_000, share: 0.25, most: 5_000 };

/**
 * A countdown: an event a second in the last minute, one every ten seconds before. The clock is read anew each time,
 * so that a machine that slept wakes up on time.
 */
export async function* waitForReset(
  upstream: ModelName,
  resetsAt: number,
  { now, random, sleep }: Timing,
  signal: AbortSignal,
): AsyncGenerator<DispatchEvent> {
  const wholeMs = resetsAt - now();
  for (let remainingMs = resetsAt - now(); remainingMs > 0; remainingMs = resetsAt - now()) {
    yield { type: "limit.waiting", upstream, resetsAt, remainingMs };
    await sleep(Math.min(remainingMs, remainingMs > 60_000 ? 10_000 : 1_000), signal);
  }
  const jitterMs = Math.min(jitter.most, Math.max(jitter.least, wholeMs * jitter.share));
  await sleep(Math.round(jitterMs * random()), signal);
}
