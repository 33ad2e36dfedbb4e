/** Usage to money, exactly: integer rates times integer counts, rounded once at the end. */
import type { CostParts } from "../core/event.ts";
import type { CacheTtl } from "../core/message.ts";
import { type NanoUsd, nanoUsd, promptTokens, type Usage } from "../core/usage.ts";
import type { ModelPrice, PriceCondition, RateCard, Rates, ServiceTier } from "../models/model-info.ts";

/** What a price depends on beside the tokens. */
export type PriceContext = {
  /** Unix ms at which the call was made: prices have dates, and some hosts charge by the hour of the day. */
  at: number;
  /** How the call was served, when not the ordinary way. */
  serviceTier?: ServiceTier | undefined;
};

/**
 * What a call cost, rounded to the nearest nano-dollar. The context tier is chosen by the whole prompt, cached tokens
 * included, and holds for every token of the call (as Anthropic, Google, OpenAI and xAI document their long-context
 * prices). Null: the price is not known, or not for this service tier.
 */
export function priceUsage(usage: Usage, price: ModelPrice | null, context: PriceContext): NanoUsd | null {
  const card = price === null ? null : cardFor(price, context);
  if (card === null) return null;
  const rates = ratesFor(card, promptTokens(usage));
  return nanoOf(
    [
      [usage.input, rates.input],
      [usage.cacheRead, rates.cacheRead],
      [usage.cacheWrite5m, rates.cacheWrite5m],
      [usage.cacheWrite1h, rates.cacheWrite1h],
      [usage.output, rates.output],
    ],
    "nearest",
  );
}

/** The parts of `priceUsage`, each rounded for itself. Null: unpriced. */
export function priceParts(usage: Usage, price: ModelPrice | null, context: PriceContext): CostParts | null {
  const card = price === null ? null : cardFor(price, context);
  if (card === null) return null;
  const rates = ratesFor(card, promptTokens(usage));
  const input: [number, number][] = [
    [usage.input, rates.input],
    [usage.cacheWrite5m, rates.cacheWrite5m],
    [usage.cacheWrite1h, rates.cacheWrite1h],
  ];
  return {
    input: nanoOf(input, "nearest"),
    cacheRead: nanoOf([[usage.cacheRead, rates.cacheRead]], "nearest"),
    output: nanoOf([[usage.output, rates.output]], "nearest"),
  };
}

/** What a reservation must cover. */
export type WorstCase = PriceContext & {
  /** Upper bound of the prompt, cached tokens included. */
  promptTokens: number;
  /** Cap of the answer. */
  maxOutputTokens: number;
  /** The longest-lived cache breakpoint of the request; null when it has none. */
  cacheTtl: CacheTtl | null;
};

/**
 * The most such a call can cost: never less than `priceUsage` of any usage within those totals that writes no
 * one-hour cache it did not ask for. Every token of the prompt is taken at the dearest rate that could apply to it, over every context
 * tier the prompt can reach and every rate card that may hold by the time the call is billed (the day ahead).
 * Rounded up. Null: unpriced.
 */
export function worstCase(wanted: WorstCase, price: ModelPrice | null): NanoUsd | null {
  const cards = price === null ? [] : cardsAround(price, wanted);
  if (cards.length === 0) return null;
  const rates = cards.flatMap((card) => [
    card.rates,
    ...card.tiers.filter((tier) => wanted.promptTokens > tier.above).map((tier) => tier.rates),
  ]);
  // Providers may write caches nobody asked for (OpenAI bills its own); an hour's write is only ever asked for.
  const dearest = (rate: Rates) =>
    Math.max(rate.input, rate.cacheRead, rate.cacheWrite5m, wanted.cacheTtl === "1h" ? rate.cacheWrite1h : 0);
  return nanoOf(
    [
      [wanted.promptTokens, Math.max(...rates.map(dearest))],
      [wanted.maxOutputTokens, Math.max(...rates.map((rate) => rate.output))],
    ],
    "up",
  );
}

/**
 * The most answer tokens whose worst case stays within `budget`; at most `wanted.maxOutputTokens`, 0 when not even the
 * prompt fits. Null: unpriced. Lets a gate lower the output cap instead of refusing.
 */
export function affordableOutput(
  wanted: WorstCase,
  price: ModelPrice | null,
  budget: NanoUsd,
): number | null {
  const prompt = worstCase({ ...wanted, maxOutputTokens: 0 }, price);
  const full = worstCase(wanted, price);
  if (prompt === null || full === null) return null;
  if (full <= budget) return wanted.maxOutputTokens;
  if (prompt >= budget) return 0;
  // Cost is linear in the output, so this lands on the answer or, by rounding, a token beside it.
  const guess = Math.floor((wanted.maxOutputTokens * (budget - prompt)) / (full - prompt));
  let tokens = Math.min(guess + 1, wanted.maxOutputTokens);
  while (tokens > 0) {
    const cost = worstCase({ ...wanted, maxOutputTokens: tokens }, price);
    if (cost !== null && cost <= budget) break;
    tokens -= 1;
  }
  return tokens;
}

/** The rate card a call is charged by. */
function cardFor(price: ModelPrice, context: PriceContext): RateCard | null {
  if (context.serviceTier !== undefined) return price.serviceTiers[context.serviceTier] ?? null;
  return price.changes.findLast(({ when }) => holds(when, context.at)) ?? price;
}

const dayMs = 86_400_000;

/** Every rate card that may hold between now and a day from now. */
function cardsAround(price: ModelPrice, context: PriceContext): RateCard[] {
  if (context.serviceTier !== undefined) {
    const card = price.serviceTiers[context.serviceTier];
    return card === undefined ? [] : [card];
  }
  // A change that surely holds hides what is before it in the list.
  const certain = price.changes.findLastIndex(({ when }) => "from" in when && holds(when, context.at));
  const possible = price.changes.filter(
    ({ when }, index) => index >= certain && ("daily" in when || holds(when, context.at + dayMs)),
  );
  return certain < 0 ? [price, ...possible] : possible;
}

function holds(when: PriceCondition, at: number): boolean {
  if ("from" in when) return at >= Date.parse(`${when.from}T00:00:00Z`);
  const second = (((at % dayMs) + dayMs) % dayMs) / 1000;
  const { start, end } = when.daily;
  return end < start ? second >= start || second < end : second >= start && second < end;
}

/** The rates of a prompt of this size: those of the highest tier it is above. */
function ratesFor(card: RateCard, prompt: number): Rates {
  return card.tiers.findLast((tier) => prompt > tier.above)?.rates ?? card.rates;
}

/**
 * Sum of tokens times picodollars as nano-dollars. In big integers: a long prompt at a high price passes 2^53. Counts
 * are whole; an estimate that is not counts as the next whole token.
 */
function nanoOf(products: [tokens: number, rate: number][], rounding: "nearest" | "up"): NanoUsd {
  const pico = products.reduce((sum, [tokens, rate]) => sum + BigInt(Math.ceil(tokens)) * BigInt(rate), 0n);
  return nanoUsd(Number((pico + (rounding === "up" ? 999n : 500n)) / 1000n));
}
