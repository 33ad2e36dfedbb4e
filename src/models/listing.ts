/** What `tau models list` and `show` print, as rows and lines. */
import { findModel, type ModelOverrides, type ProviderCatalogue } from "./catalogue.ts";
import type { ContextTier, ModelInfo, PriceCondition, RateCard, Rates } from "./model-info.ts";
import { usdPerMtok } from "./rates.ts";

/** One line of a list. */
export type ModelRow = {
  /** `provider/model`. */
  name: string;
  contextWindow: number;
  maxOutput: number;
  /** `vision`, `files`, `tools`, `schema`, `reasoning`, as far as the model has them. */
  abilities: string[];
  /** US dollars per million tokens; null when unpriced. */
  price: { input: number; output: number; cacheRead: number } | null;
  deprecated: boolean;
};

/** A catalogue's models in order of name, kept to those whose `provider/model` or title holds every word of `text`. */
export function listModels(
  catalogue: ProviderCatalogue,
  text: string,
  overrides: ModelOverrides = {},
): ModelRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return Object.entries(catalogue.models)
    .filter(([id, { name }]) => {
      const full = `${catalogue.provider}/${id} ${name}`.toLowerCase();
      return words.every((word) => full.includes(word));
    })
    .map(([id]) => rowOf(findModel(catalogue, id, overrides)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function rowOf(info: ModelInfo): ModelRow {
  const rates = info.price?.rates;
  return {
    name: `${info.provider}/${info.id}`,
    contextWindow: info.contextWindow,
    maxOutput: info.maxOutput,
    abilities: abilitiesOf(info),
    price:
      rates === undefined
        ? null
        : {
            input: usdPerMtok(rates.input),
            output: usdPerMtok(rates.output),
            cacheRead: usdPerMtok(rates.cacheRead),
          },
    deprecated: info.deprecated,
  };
}

function abilitiesOf({ capabilities, reasoning }: ModelInfo): string[] {
  return [
    capabilities.vision && "vision",
    capabilities.files && "files",
    capabilities.tools && "tools",
    capabilities.structuredOutput && "schema",
    reasoning !== null && "reasoning",
  ].filter((ability) => ability !== false);
}

/** One fact of a model: a label and what it is. */
export type Fact = { label: string; value: string };

/** Everything known of one model, for people. `date` is its catalogue's. */
export function showModel(info: ModelInfo, date: string | null): Fact[] {
  const { reasoning } = info;
  const efforts = reasoning?.efforts.join(", ") ?? "";
  const budget = reasoning?.budget
    ? `budget from ${reasoning.budget.min}${reasoning.budget.max === null ? "" : ` to ${reasoning.budget.max}`} tokens`
    : "";
  const facts: (Fact | null)[] = [
    { label: "model", value: `${info.provider}/${info.id}` },
    { label: "name", value: info.name },
    info.entry === null
      ? { label: "catalogue", value: "not in it: default limits, unpriced unless the settings say more" }
      : { label: "catalogue", value: `${info.entry}${date === null ? "" : `, ${date}`}` },
    { label: "context window", value: `${info.contextWindow}` },
    info.maxInput === null ? null : { label: "max input", value: `${info.maxInput}` },
    { label: "max output", value: `${info.maxOutput}` },
    { label: "can", value: abilitiesOf(info).join(", ") || "text only" },
    reasoning === null
      ? null
      : { label: "reasoning", value: [efforts, budget].filter(Boolean).join("; ") || "yes" },
    info.knowledge === null ? null : { label: "knowledge", value: info.knowledge },
    info.deprecated ? { label: "status", value: "deprecated by its vendor" } : null,
  ];
  return [...facts.filter((fact) => fact !== null), ...priceFacts(info)];
}

function priceFacts({ price, priceSource }: ModelInfo): Fact[] {
  if (price === null) return [{ label: "price", value: "unpriced" }];
  const services = Object.entries(price.serviceTiers).flatMap(([tier, card]) =>
    cardFacts(`price (${tier})`, card),
  );
  return [
    ...cardFacts("price", price),
    ...price.changes.flatMap((change) => cardFacts(`price ${conditionText(change.when)}`, change)),
    ...services,
    { label: "price source", value: `${priceSource ?? "unknown"}; US dollars per million tokens` },
  ];
}

function cardFacts(label: string, card: RateCard): Fact[] {
  const tier = ({ above, rates }: ContextTier): Fact => ({
    label: `${label}, prompt above ${above}`,
    value: ratesText(rates),
  });
  return [{ label, value: ratesText(card.rates) }, ...card.tiers.map(tier)];
}

function ratesText(rates: Rates): string {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = rates;
  const parts = [`input ${usdPerMtok(input)}`, `output ${usdPerMtok(output)}`];
  if (cacheRead !== input) parts.push(`cache read ${usdPerMtok(cacheRead)}`);
  if (cacheWrite5m !== input) parts.push(`cache write ${usdPerMtok(cacheWrite5m)}`);
  if (cacheWrite1h !== cacheWrite5m) parts.push(`1h ${usdPerMtok(cacheWrite1h)}`);
  return parts.join(", ");
}

function conditionText(when: PriceCondition): string {
  if ("from" in when) return `from ${when.from}`;
  const clock = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 16);
  return `${clock(when.daily.start)}-${clock(when.daily.end)} UTC`;
}
