/** The catalogue as the rest of Tau asks it: one provider's models, and the description of any model at all. */

import { matchModel } from "./match.ts";
import { defaultLimits, type ModelInfo, type ModelPrice } from "./model-info.ts";
import { rateCardOf, type UsdPerMtok } from "./rates.ts";
import { modelOf, type StoredProvider } from "./stored.ts";

/** One provider's models. */
export type ProviderCatalogue = {
  provider: string;
  /** The day of its newest source, `YYYY-MM-DD`; null when there is no catalogue for the provider. */
  date: string | null;
  /** Whether a user's refresh is in it. */
  origin: "shipped" | "refreshed" | "none";
  models: StoredProvider["models"];
};

/** What a user says of a model in the settings. Prices in US dollars per million tokens. */
export type ModelOverride = {
  contextWindow?: number | undefined;
  maxOutput?: number | undefined;
  vision?: boolean | undefined;
  reasoning?: boolean | undefined;
  price?: UsdPerMtok | undefined;
};

/** The settings' `models`: by `provider/model`, or `provider/*` for every model of a host. */
export type ModelOverrides = { [name: string]: ModelOverride | undefined };

/** A price of nothing at all, for models that run on the user's own machine or are given away. */
export const freePrice: ModelPrice = Object.freeze({
  ...rateCardOf({ input: 0, output: 0 }),
  changes: [],
  serviceTiers: {},
});

/**
 * Describes a model. A model the catalogue does not know is described by defaults and has no price: it still runs.
 * Overrides win field by field over the catalogue, and the exact name over `provider/*`.
 */
export function findModel(
  catalogue: ProviderCatalogue,
  model: string,
  overrides: ModelOverrides = {},
): ModelInfo {
  const known = lookUp(catalogue, model) ?? unknownModel(catalogue.provider, model);
  const wide = overrides[`${catalogue.provider}/*`] ?? {};
  const exact = overrides[`${catalogue.provider}/${model}`] ?? {};
  return withOverride(withOverride(known, wide), exact);
}

function lookUp(catalogue: ProviderCatalogue, model: string): ModelInfo | null {
  const match = matchModel(catalogue.provider, model, Object.keys(catalogue.models));
  const stored = match === null ? undefined : catalogue.models[match.entry];
  if (match === null || stored === undefined) return null;
  const info = modelOf(catalogue.provider, model, match.entry, stored);
  if (match.price === "free") return { ...info, price: freePrice };
  return match.price === "unknown" ? { ...info, price: null, priceSource: null } : info;
}

/** Text, tools and temperature are what a host is asked for first; anything more must be known. */
function unknownModel(provider: string, model: string): ModelInfo {
  return {
    provider,
    id: model,
    name: model,
    entry: null,
    ...defaultLimits,
    maxInput: null,
    capabilities: { vision: false, files: false, tools: true, structuredOutput: false, temperature: true },
    reasoning: null,
    knowledge: null,
    deprecated: false,
    price: null,
    priceSource: null,
  };
}

function withOverride(info: ModelInfo, said: ModelOverride): ModelInfo {
  const contextWindow = said.contextWindow ?? info.contextWindow;
  return {
    ...info,
    contextWindow,
    maxInput: said.contextWindow === undefined ? info.maxInput : null,
    maxOutput: Math.min(said.maxOutput ?? info.maxOutput, contextWindow),
    capabilities: { ...info.capabilities, vision: said.vision ?? info.capabilities.vision },
    reasoning:
      said.reasoning === undefined
        ? info.reasoning
        : said.reasoning
          ? (info.reasoning ?? { efforts: [], budget: null })
          : null,
    ...(said.price !== undefined && {
      price: { ...rateCardOf(said.price), changes: [], serviceTiers: {} },
      priceSource: "config" as const,
    }),
  };
}
