/** Notices when the prompt cache missed where the request should have hit it, names the cause and counts the cost. */
import type { CacheTtl } from "../core/message.ts";
import type { NanoUsd, Usage } from "../core/usage.ts";
import { nanoUsd, promptTokens } from "../core/usage.ts";
import { priceUsage } from "../meter/price.ts";
import type { ModelPrice } from "../models/model-info.ts";
import type { Prefix } from "./prefix.ts";

/** Misses below this many tokens are noise: providers cache in blocks of up to 1,024. */
const blockTokens = 1024;

/** A miss worth telling. */
export type CacheMiss = { expectedTokens: number; readTokens: number; changed: string; cost: NanoUsd | null };

const ttlMs: Readonly<Record<CacheTtl, number>> = { "5m": 5 * 60_000, "1h": 60 * 60_000 };

/** Follows the answers of one session. */
export class CacheWatch {
  #expected = 0;
  #model: string | null = null;
  #at = 0;

  /**
   * Takes in an answer: its usage, the prefix of its request, and when it was asked. What one call read from and wrote
   * to the cache, the next one with the same prefix should read.
   */
  observe(
    usage: Usage,
    prefix: Prefix,
    model: string,
    at: number,
    ttl: CacheTtl,
    price: ModelPrice | null,
  ): CacheMiss | null {
    // A call that failed before it was counted says nothing about the cache.
    if (promptTokens(usage) === 0) return null;
    const expected = this.#model === model ? this.#expected : 0;
    const idle = at - this.#at;
    this.#expected = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
    this.#model = model;
    this.#at = at;
    const missed = expected - usage.cacheRead;
    if (missed < blockTokens || missed < expected / 2) return null;
    const cause = prefix.changed ?? (idle > ttlMs[ttl] ? "expired" : "upstream");
    return {
      expectedTokens: expected,
      readTokens: usage.cacheRead,
      changed: cause,
      cost: extraCost(missed, usage, price, at),
    };
  }

  /** The history was compacted: the miss that follows was decided on, and its cost is in that event. */
  forget(): void {
    this.#expected = 0;
  }
}

/** What the missed tokens cost more than a read would have: at the rate they were really billed. */
function extraCost(missed: number, usage: Usage, price: ModelPrice | null, at: number): NanoUsd | null {
  const written = Math.min(missed, usage.cacheWrite5m);
  const written1h = Math.min(missed - written, usage.cacheWrite1h);
  const billed: Usage = {
    ...usage,
    input: missed - written - written1h,
    cacheWrite5m: written,
    cacheWrite1h: written1h,
    cacheRead: 0,
    output: 0,
    reasoning: 0,
  };
  const hit: Usage = { ...billed, input: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: missed };
  const paid = priceUsage(billed, price, { at });
  const fair = priceUsage(hit, price, { at });
  return paid === null || fair === null ? null : nanoUsd(paid - fair);
}
