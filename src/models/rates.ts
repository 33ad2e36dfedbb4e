/** Published prices (US dollars per million tokens) to exact integer rates, with one rule for what is not published. */
import type { ContextTier, PicoUsdPerToken, RateCard, Rates } from "./model-info.ts";

/** Prices as vendors, catalogues and users write them: US dollars per million tokens. */
export type UsdPerMtok = {
  input: number;
  output: number;
  cacheRead?: number | undefined;
  cacheWrite5m?: number | undefined;
  cacheWrite1h?: number | undefined;
};

/** `UsdPerMtok` with dearer prices for prompts of more than `above` tokens. */
export type UsdCard = UsdPerMtok & { tiers?: (UsdPerMtok & { above: number })[] | undefined };

/** Dollars per million tokens as picodollars per token; digits beyond the sixth decimal are rounded up. */
function pico(dollars: number): PicoUsdPerToken {
  // 0.0028 * 1e6 is 2799.9999999999995: what is that near an integer is that integer, the rest is a true fraction.
  const scaled = dollars * 1e6;
  const nearest = Math.round(scaled);
  return Math.abs(scaled - nearest) < 1e-3 ? nearest : Math.ceil(scaled);
}

/**
 * The complete rates. What is not published is filled so that a call is never charged too little: an undiscounted
 * cache read costs plain input; a cache write without a price, or with one below plain input, costs plain input plus
 * that surcharge (OpenRouter lists Gemini's cache storage this way); a one-hour write without a price costs twice the
 * input (the only published scheme, Anthropic's) where five-minute writes cost more than input, else what those cost.
 */
export function ratesOf(price: UsdPerMtok): Rates {
  const input = pico(price.input);
  const stated5m = price.cacheWrite5m === undefined ? 0 : pico(price.cacheWrite5m);
  const cacheWrite5m = stated5m < input ? input + stated5m : stated5m;
  const premium = cacheWrite5m > input && stated5m >= input;
  const stated1h = price.cacheWrite1h === undefined ? 0 : pico(price.cacheWrite1h);
  return {
    input,
    output: pico(price.output),
    cacheRead: price.cacheRead === undefined ? input : pico(price.cacheRead),
    cacheWrite5m,
    cacheWrite1h: Math.max(stated1h, premium && stated1h === 0 ? 2 * input : cacheWrite5m),
  };
}

/** Rates with their context tiers in rising order. */
export function rateCardOf(card: UsdCard): RateCard {
  const tiers = (card.tiers ?? []).map((tier): ContextTier => ({ above: tier.above, rates: ratesOf(tier) }));
  return { rates: ratesOf(card), tiers: tiers.sort((a, b) => a.above - b.above) };
}

/** Picodollars per token as dollars per million tokens, for people. */
export function usdPerMtok(rate: PicoUsdPerToken): number {
  return rate / 1e6;
}
