/**
 * Lists every model on which genai-prices and the models folder disagree about a price, and every model on which the
 * folder's own sources disagree about a limit: `node scripts/run.mjs scripts/price-disagreements.ts MODELS_FOLDER`.
 */
import type { RateCard, Rates } from "../src/models/model-info.ts";
import { usdPerMtok } from "../src/models/rates.ts";
import { priceOf, type StoredPrice } from "../src/models/stored.ts";
import { mergeProvider, readSources, tierStarts } from "./catalogue/merge.ts";
import { providers } from "./catalogue/providers.ts";

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node scripts/run.mjs scripts/price-disagreements.ts MODELS_FOLDER");
  process.exit(2);
}

/** The card a source would charge by today: dated changes applied, time-of-day ones not. */
function today(price: StoredPrice): RateCard {
  const { changes, ...base } = priceOf(price);
  const now = new Date().toISOString().slice(0, 10);
  return changes.filter(({ when }) => "from" in when && when.from <= now).at(-1) ?? base;
}

function text(price: StoredPrice): string {
  const card = today(price);
  const one = (rates: Rates) =>
    [rates.input, rates.cacheRead, rates.cacheWrite5m, rates.output].map(usdPerMtok).join("/");
  return [one(card.rates), ...card.tiers.map((tier) => `>${tier.above}: ${one(tier.rates)}`)].join("  ");
}

const kinds = ["input", "cacheRead", "cacheWrite5m", "output"] as const;

/** Which kinds of token differ; kinds only one side states do not count, nor does where a tier begins by one token. */
function differences(a: StoredPrice, b: StoredPrice): string[] {
  const [left, right] = [today(a), today(b)];
  const found: string[] = kinds.filter(
    (kind) =>
      left.rates[kind] !== right.rates[kind] &&
      (kind === "input" || kind === "output" || (stated(a, kind) && stated(b, kind))),
  );
  const starts = (card: RateCard) => card.tiers.map((tier) => Math.round(tier.above / 10)).join();
  if (starts(left) !== starts(right)) found.push("tiers");
  return found;
}

function stated(price: StoredPrice, kind: "cacheRead" | "cacheWrite5m"): boolean {
  return price[kind] !== undefined || (price.changes ?? []).some((change) => change[kind] !== undefined);
}

const sources = await readSources(folder);
let prices = 0;
let limits = 0;
let compared = 0;
console.log(
  "Prices: model | what differs | genai-prices | pi-ai | models.dev   (input/cache read/cache write/output, USD per Mtok)",
);
for (const provider of providers) {
  for (const { id, genai, piAi, modelsDev } of mergeProvider(sources, provider)) {
    if (genai === null) continue;
    const others = [piAi?.price, modelsDev?.price].filter((price) => price !== undefined);
    if (others.length === 0) continue;
    compared += 1;
    const what = new Set(others.flatMap((other) => differences(genai, other)));
    if (what.size === 0) continue;
    prices += 1;
    const columns = [genai, piAi?.price, modelsDev?.price].map((price) =>
      price === undefined ? "-" : text(price),
    );
    console.log([`${provider.id}/${id}`, [...what].join(","), ...columns].join(" | "));
  }
}
console.log("\nLimits: model | pi-ai window/output | models.dev window/output | taken");
for (const provider of providers) {
  for (const { id, piAi, modelsDev, result } of mergeProvider(sources, provider)) {
    if (piAi === null || modelsDev === null) continue;
    const cheapTier = tierStarts(piAi, modelsDev).has(piAi.window);
    if ((cheapTier || piAi.window === modelsDev.window) && piAi.output === modelsDev.output) continue;
    limits += 1;
    const pair = (model: { window: number; output: number }) => `${model.window}/${model.output}`;
    console.log([`${provider.id}/${id}`, pair(piAi), pair(modelsDev), pair(result)].join(" | "));
  }
}
console.log(
  `\n${prices} of ${compared} models priced by both disagree; ${limits} models have two opinions on their limits.`,
);
