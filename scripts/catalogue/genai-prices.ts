/** Prices of `@pydantic/genai-prices` in Tau's stored form, taken only where the package truly names the model. */
import { type ConditionalPrice, type MatchLogic, type Provider, waitForUpdate } from "@pydantic/genai-prices";
import type { UsdCard, UsdPerMtok } from "../../src/models/rates.ts";
import type { StoredPrice } from "../../src/models/stored.ts";

type Prices = ConditionalPrice["prices"];

/** Every provider the package knows; no network is used. */
export async function genaiProviders(): Promise<Provider[]> {
  return (await waitForUpdate()) ?? [];
}

/** What may follow a name a rule begins with: nothing, a date, a version tag, or words that mark the same model. */
const sameModel = /^(?:[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2}|latest))?(?:-v\d+(?::\d+)?|:\d+)?$/;

/**
 * Whether a rule names the model. The package's `starts_with`, `contains` and `ends_with` rules reach further than
 * they know ("claude-sonnet-5" would answer for a "claude-sonnet-5-5"), so of those only a date or version may be left over.
 */
function names(rule: MatchLogic, model: string): boolean {
  const id = model.toLowerCase();
  if ("or" in rule) return rule.or.some((part) => names(part, model));
  if ("and" in rule) return rule.and.every((part) => names(part, model));
  if ("equals" in rule) return id === rule.equals.toLowerCase();
  if ("regex" in rule) return new RegExp(rule.regex).test(model);
  if ("starts_with" in rule) {
    const prefix = rule.starts_with.toLowerCase();
    return id.startsWith(prefix) && sameModel.test(id.slice(prefix.length));
  }
  const part = ("ends_with" in rule ? rule.ends_with : rule.contains).toLowerCase();
  const at = id.lastIndexOf(part);
  if (at < 0) return false;
  // What precedes is a host's path or region ("us.anthropic."), what follows a date or version.
  return /(^|[./])$/.test(id.slice(0, at)) && sameModel.test(id.slice(at + part.length));
}

/** The package's price for a model of a provider, or null where it does not name it. */
export function genaiPrice(
  all: readonly Provider[],
  providerIds: string[],
  model: string,
): StoredPrice | null {
  for (const id of providerIds) {
    const provider = all.find((candidate) => candidate.id === id);
    if (provider === undefined) continue;
    for (const source of [
      provider,
      ...(provider.fallback_model_providers ?? []).map((f) => all.find((p) => p.id === f)),
    ]) {
      const known = source?.models.find((candidate) => names(candidate.match, model));
      const price = known === undefined ? null : storedPrice(known.prices);
      if (price !== null) return price;
    }
  }
  return null;
}

function storedPrice(prices: ConditionalPrice[] | Prices): StoredPrice | null {
  if (!Array.isArray(prices)) {
    const card = cardOf(prices);
    return card === null ? null : { ...card, source: "genai-prices" };
  }
  const [first, ...later] = prices.map(({ constraint, prices }) => ({ constraint, card: cardOf(prices) }));
  if (first === undefined || first.card === null) return null;
  const changes: NonNullable<StoredPrice["changes"]> = [];
  for (const { constraint, card } of later) {
    if (card === null || constraint === undefined) continue;
    changes.push(
      constraint.type === "start_date"
        ? { from: constraint.start_date, ...card }
        : { daily: [seconds(constraint.start_time), seconds(constraint.end_time)], ...card },
    );
  }
  return { ...first.card, ...(changes.length > 0 && { changes }), source: "genai-prices" };
}

/** `16:30:00Z` as seconds after midnight UTC. */
function seconds(time: string): number {
  const [hours = 0, minutes = 0, secs = 0] = time.replace("Z", "").split(":").map(Number);
  return hours * 3600 + minutes * 60 + secs;
}

/** Dollars per million tokens and their context tiers; null where input or output has no token price. */
function cardOf(prices: Prices): UsdCard | null {
  const starts = new Set<number>();
  for (const key of [
    "input_mtok",
    "output_mtok",
    "cache_read_mtok",
    "cache_write_mtok",
    "cache_write_1h_mtok",
  ]) {
    const price = prices[key];
    if (typeof price === "object") for (const tier of price.tiers) starts.add(tier.start);
  }
  const base = at(prices, 0);
  if (base === null || (base.input === 0 && base.output === 0)) return null;
  const tiers = [...starts]
    .sort((a, b) => a - b)
    .flatMap((above) => {
      const price = at(prices, above + 1);
      return price === null ? [] : [{ above, ...price }];
    });
  return { ...base, ...(tiers.length > 0 && { tiers }) };
}

function at(prices: Prices, tokens: number): UsdPerMtok | null {
  const value = (key: string): number | undefined => {
    const price = prices[key];
    if (typeof price !== "object") return price;
    return price.tiers.filter((tier) => tokens > tier.start).at(-1)?.price ?? price.base;
  };
  const [input, output] = [value("input_mtok"), value("output_mtok")];
  if (input === undefined || output === undefined) return null;
  const [cacheRead, cacheWrite5m, cacheWrite1h] = [
    value("cache_read_mtok"),
    value("cache_write_mtok"),
    value("cache_write_1h_mtok"),
  ];
  return {
    input,
    output,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite5m !== undefined && { cacheWrite5m }),
    ...(cacheWrite1h !== undefined && { cacheWrite1h }),
  };
}
