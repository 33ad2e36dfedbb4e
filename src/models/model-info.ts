/** What Tau knows of a model: limits, abilities, prices. The vocabulary of this folder and of the meter. */
import type { Effort } from "../core/model.ts";

/**
 * An integer number of picodollars (1e-12 USD) per token, which is the same number as microdollars per million
 * tokens. Vendors publish at most six decimals of a dollar per million tokens, so every price is an exact integer.
 */
export type PicoUsdPerToken = number;

/** What one token of each kind costs. Complete: kinds a vendor does not discount cost what plain input costs. */
export type Rates = {
  input: PicoUsdPerToken;
  output: PicoUsdPerToken;
  cacheRead: PicoUsdPerToken;
  cacheWrite5m: PicoUsdPerToken;
  cacheWrite1h: PicoUsdPerToken;
};

/** Rates of the whole call once its prompt holds more than `above` tokens, cached ones included. */
export type ContextTier = { above: number; rates: Rates };

/** Base rates and what replaces them for long prompts; tiers by rising `above`. */
export type RateCard = { rates: Rates; tiers: ContextTier[] };

/** When a rate card replaces the ones before it in the list; the last one that holds is charged. */
export type PriceCondition =
  /** From 00:00 UTC of this day (`YYYY-MM-DD`) on. */
  | { from: string }
  /** Every day from `start` up to `end`, in seconds after 00:00 UTC; `end` below `start` runs over midnight. */
  | { daily: { start: number; end: number } };

/** A way of being served that has a price of its own. `fast` is Anthropic's fast mode. */
export type ServiceTier = "batch" | "flex" | "priority" | "fast";

/** What a model costs. An unknown price is `null` wherever a `ModelPrice` may stand, never a zero. */
export type ModelPrice = RateCard & {
  /** Dated and time-of-day rate cards, weakest first. */
  changes: (RateCard & { when: PriceCondition })[];
  /** Only tiers whose prices are published for this model. */
  serviceTiers: { [Tier in ServiceTier]?: RateCard };
};

/** Where a price comes from. */
export type PriceSource = "genai-prices" | "pi-ai" | "models.dev" | "config" | "refreshed";

/** What a model can take and give. */
export type Capabilities = {
  /** Images in the prompt. */
  vision: boolean;
  /** PDF documents in the prompt. */
  files: boolean;
  /** Tool calls. */
  tools: boolean;
  /** Answers constrained to a JSON Schema. */
  structuredOutput: boolean;
  /** A sampling temperature may be set. */
  temperature: boolean;
};

/** How a model's thinking is steered. */
export type ReasoningControl = {
  /** Effort words the model accepts, weakest first; empty when it takes none. */
  efforts: Effort[];
  /** Thinking budget in tokens, for models that count it so. `max` null: bounded by the output limit only. */
  budget: { min: number; max: number | null } | null;
  /** A word is asked for beside a budget, not instead of one: without it the model does not think at all. */
  wordNeedsBudget?: true;
};

/** One model behind one provider. */
export type ModelInfo = {
  /** Provider id, as in `provider/model`. */
  provider: string;
  /** The upstream's own name, as asked for. */
  id: string;
  /** For people. */
  name: string;
  /** The catalogue entry this was read from; null for a model the catalogue does not know. */
  entry: string | null;
  /** Prompt and answer together, in tokens. */
  contextWindow: number;
  /** The prompt's own limit where it is lower than the window; null where it is not. */
  maxInput: number | null;
  /** Most tokens of one answer, reasoning included. */
  maxOutput: number;
  capabilities: Capabilities;
  /** Null for a model that does not think. */
  reasoning: ReasoningControl | null;
  /** Knowledge cut-off as the vendor states it: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  knowledge: string | null;
  /** The vendor has announced its end. */
  deprecated: boolean;
  price: ModelPrice | null;
  priceSource: PriceSource | null;
};

/** Limits of a model nobody has described: what nearly every model served today can hold. */
export const defaultLimits = { contextWindow: 128_000, maxOutput: 8_192 } as const;
