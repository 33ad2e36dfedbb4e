/**
 * The catalogue on disk: one JSON file for each provider, so that a run parses only the one it uses. Prices stand in
 * US dollars per million tokens, as vendors publish them and as a reader can check them.
 */
import type { Effort } from "../core/model.ts";
import type {
  Capabilities,
  ModelInfo,
  ModelPrice,
  PriceCondition,
  PriceSource,
  ReasoningControl,
  ServiceTier,
} from "./model-info.ts";
import { rateCardOf, type UsdCard } from "./rates.ts";

/** A price in the file: the base card, then what replaces it by date or time of day, then other service tiers. */
export type StoredPrice = UsdCard & {
  changes?: (UsdCard & { from?: string | undefined; daily?: [number, number] | undefined })[] | undefined;
  service?: { [Tier in ServiceTier]?: UsdCard | undefined } | undefined;
  source: PriceSource;
};

/** A model in the file. Absent means: no input limit of its own, no reasoning, not deprecated, unpriced. */
export type StoredModel = {
  name: string;
  window: number;
  maxInput?: number | undefined;
  output: number;
  /** Letters: v vision, f files, t tools, s structured output, h temperature ("heat"). */
  can: string;
  reasoning?:
    | { efforts?: Effort[] | undefined; budget?: { min: number; max?: number | undefined } | undefined }
    | undefined;
  knowledge?: string | undefined;
  deprecated?: true | undefined;
  price?: StoredPrice | undefined;
};

/** One provider's file. */
export type StoredProvider = {
  /** Format version. */
  v: 1;
  provider: string;
  /** The day of the newest source, `YYYY-MM-DD`. */
  date: string;
  models: { [id: string]: StoredModel };
};

const letters: { [Ability in keyof Capabilities]: string } = {
  vision: "v",
  files: "f",
  tools: "t",
  structuredOutput: "s",
  temperature: "h",
};

/** Capabilities as the letters of `StoredModel.can`. */
export function abilityLetters(can: Capabilities): string {
  return Object.entries(letters)
    .filter(([ability]) => can[ability as keyof Capabilities])
    .map(([, letter]) => letter)
    .join("");
}

/** The price a file states, ready to charge with. */
export function priceOf(stored: StoredPrice): ModelPrice {
  const serviceTiers: ModelPrice["serviceTiers"] = {};
  for (const [tier, card] of Object.entries(stored.service ?? {})) {
    if (card !== undefined) serviceTiers[tier as ServiceTier] = rateCardOf(card);
  }
  return {
    ...rateCardOf(stored),
    changes: (stored.changes ?? []).flatMap((change) => {
      const when = conditionOf(change);
      return when === null ? [] : [{ when, ...rateCardOf(change) }];
    }),
    serviceTiers,
  };
}

function conditionOf(change: { from?: string | undefined; daily?: [number, number] | undefined }) {
  if (change.daily !== undefined) {
    return { daily: { start: change.daily[0], end: change.daily[1] } } satisfies PriceCondition;
  }
  return change.from === undefined ? null : ({ from: change.from } satisfies PriceCondition);
}

/**
 * Claude before 4.6 knows no adaptive thinking, and Opus 4.5 is the one of them that takes effort words too. Sources do
 * not tell these two apart from 4.6, which takes either. Source: platform.claude.com, "Effort" and "Adaptive thinking".
 */
const wordsBesideBudget = /^claude-opus-4-5(-\d{8})?$/;

function controlOf(
  provider: string,
  entry: string,
  { efforts = [], budget }: NonNullable<StoredModel["reasoning"]>,
): ReasoningControl {
  return {
    efforts,
    budget: budget === undefined ? null : { min: budget.min, max: budget.max ?? null },
    ...(provider === "anthropic" && wordsBesideBudget.test(entry) && { wordNeedsBudget: true }),
  };
}

/** The model a file describes, under the name it was asked for. */
export function modelOf(provider: string, askedFor: string, entry: string, stored: StoredModel): ModelInfo {
  return {
    provider,
    id: askedFor,
    name: stored.name,
    entry,
    contextWindow: stored.window,
    maxInput: stored.maxInput ?? null,
    maxOutput: stored.output,
    capabilities: {
      vision: stored.can.includes(letters.vision),
      files: stored.can.includes(letters.files),
      tools: stored.can.includes(letters.tools),
      structuredOutput: stored.can.includes(letters.structuredOutput),
      temperature: stored.can.includes(letters.temperature),
    },
    reasoning: stored.reasoning === undefined ? null : controlOf(provider, entry, stored.reasoning),
    knowledge: stored.knowledge ?? null,
    deprecated: stored.deprecated ?? false,
    price: stored.price === undefined ? null : priceOf(stored.price),
    priceSource: stored.price?.source ?? null,
  };
}
