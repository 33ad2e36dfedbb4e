/** Notices when the prompt cache missed where the request should have hit it, names the cause and counts the cost. */
import type { ModelName, PrefixDeparture } from "../core/event.ts";
import type { CacheTtl, Json } from "../core/message.ts";
import type { NanoUsd, Usage } from "../core/usage.ts";
import { nanoUsd, promptTokens } from "../core/usage.ts";
import { priceUsage } from "../meter/price.ts";
import type { ModelPrice } from "../models/model-info.ts";
import { departureOf } from "./departure.ts";
import type { Prefix } from "./prefix.ts";

/** Misses below this many tokens are noise: providers cache in blocks of up to 1,024. */
const blockTokens = 1024;

/** Characters of a request that is kept to be compared with the next; of a longer one the place of a miss is not known. */
const keptCharacters = 16_000_000;

/** A miss worth telling. */
export type CacheMiss = {
  expectedTokens: number;
  readTokens: number;
  changed: string;
  departure?: PrefixDeparture;
  cost: NanoUsd | null;
};

/** An answer, by what it says about the cache. */
export type CacheReading = {
  usage: Usage;
  /** Of its request. */
  prefix: Prefix;
  /** Its encoded request; null when that is not known. */
  body: string | null;
  model: ModelName;
  /** When it was asked, Unix ms. */
  at: number;
  ttl: CacheTtl;
  price: ModelPrice | null;
};

const ttlMs: Readonly<Record<CacheTtl, number>> = { "5m": 5 * 60_000, "1h": 60 * 60_000 };

/**
 * Follows the answers of one session. It keeps the last request as it was sent, and no other: that is all a miss is
 * explained by, and it costs a step nothing, because the text was made for sending.
 */
export class CacheWatch {
  readonly #clean: <T extends Json | undefined>(value: T) => T;
  #expected = 0;
  #model: ModelName | null = null;
  #at = 0;
  #body: string | null = null;

  /** @param clean takes credential values out of what a miss quotes */
  constructor(clean: <T extends Json | undefined>(value: T) => T) {
    this.#clean = clean;
  }

  /**
   * Takes in an answer. What one call read from and wrote to the cache, the next one with the same prefix should read.
   */
  observe({ usage, prefix, body, model, at, ttl, price }: CacheReading): CacheMiss | null {
    // A call that failed before it was counted says nothing about the cache.
    if (promptTokens(usage) === 0) return null;
    const expected = this.#model === model ? this.#expected : 0;
    const idle = at - this.#at;
    const before = this.#body;
    this.#expected = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
    this.#model = model;
    this.#at = at;
    this.#body = body !== null && body.length <= keptCharacters ? body : null;
    const missed = expected - usage.cacheRead;
    if (missed < blockTokens || missed < expected / 2) return null;
    const unchanged = idle > ttlMs[ttl] ? "expired" : "upstream";
    const cost = extraCost(missed, usage, price, at);
    const miss = { expectedTokens: expected, readTokens: usage.cacheRead, cost };
    if (before === null || this.#body === null) return { ...miss, changed: prefix.changed ?? unchanged };
    // The bytes decide: what is kept apart here may be the same when encoded, and the other way round.
    const found = departureOf(before, this.#body, this.#clean);
    if (found === null) return { ...miss, changed: unchanged };
    const { part, ...departure } = found;
    return { ...miss, changed: prefix.changed ?? part, departure };
  }

  /** The history was compacted: the miss that follows was decided on, and its cost is in that event. */
  forget(): void {
    this.#expected = 0;
    this.#body = null;
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
