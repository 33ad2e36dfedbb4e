/** pi-ai's model data (`<provider>.json`: api -> "type:id" -> model) in Tau's stored form. */
import type { Effort } from "../../src/core/model.ts";
import { effortOrder, usdPrice } from "../../src/models/models-dev.ts";
import { abilityLetters, type StoredModel } from "../../src/models/stored.ts";

type Cost = { input: number; output: number; cacheRead: number; cacheWrite: number };

export type PiModel = {
  id: string;
  name: string;
  api: string;
  type: string;
  reasoning?: boolean;
  input: string[];
  cost: Cost & { tiers?: (Cost & { inputTokensAbove: number })[] };
  contextWindow?: number;
  maxTokens?: number;
  /** Level to the word sent; null: not offered; absent: offered under its own name, save xhigh and max. */
  thinkingLevelMap?: { [level: string]: string | null };
};

export type PiFile = { [api: string]: { [key: string]: PiModel } };

/** Chat models of one file, by id. */
export function piModels(file: PiFile): Map<string, PiModel> {
  const models = new Map<string, PiModel>();
  for (const byId of Object.values(file)) {
    for (const model of Object.values(byId)) {
      const described = model.contextWindow !== undefined && model.maxTokens !== undefined;
      if (model.type === "chat" && described && !models.has(model.id)) models.set(model.id, model);
    }
  }
  return models;
}

/**
 * The stored form. `contextWindow` here is the window of the cheap tier where there is one, so it is the prompt size
 * from which the tier above begins; the true window may be larger.
 */
export function fromPiAi(model: PiModel): StoredModel {
  const price = priceOf(model);
  return {
    name: model.name,
    window: model.contextWindow ?? 0,
    output: Math.min(model.maxTokens ?? 0, model.contextWindow ?? 0),
    can: abilityLetters({
      vision: model.input.includes("image"),
      files: false,
      // pi-ai lists only models that can call tools.
      tools: true,
      structuredOutput: false,
      temperature: model.reasoning !== true,
    }),
    ...(model.reasoning === true && { reasoning: { efforts: effortsOf(model) } }),
    ...(price !== null && { price }),
  };
}

function priceOf(model: PiModel): StoredModel["price"] | null {
  const card = (cost: Cost) =>
    usdPrice(
      { input: cost.input, output: cost.output, cache_read: cost.cacheRead, cache_write: cost.cacheWrite },
      model.id,
    );
  const base = card(model.cost);
  if (base === null) return null;
  const tiers = (model.cost.tiers ?? []).flatMap((tier) => {
    const price = card(tier);
    return price === null ? [] : [{ above: tier.inputTokensAbove, ...price }];
  });
  return { ...base, ...(tiers.length > 0 && { tiers }), source: "pi-ai" };
}

function effortsOf({ api, thinkingLevelMap: map }: PiModel): Effort[] {
  if (map === undefined) return [];
  const offered = new Set<string>();
  for (const level of ["off", "minimal", "low", "medium", "high", "xhigh", "max"]) {
    const extra = level === "xhigh" || level === "max";
    const word = map[level] === undefined ? (extra ? null : level === "off" ? "none" : level) : map[level];
    if (word !== null && word !== undefined) offered.add(word.toLowerCase());
  }
  // Anthropic's effort begins at "low" (platform.claude.com/docs "Effort"); pi-ai folds its own lower levels into that.
  const lowest = api === "anthropic-messages" ? effortOrder.indexOf("low") : 0;
  return effortOrder.filter((effort, index) => index >= lowest && offered.has(effort));
}
