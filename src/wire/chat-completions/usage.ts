/** Usage blocks of Chat Completions servers to disjoint counts and back. */

import type { Json } from "../../core/message.ts";
import { type NanoUsd, nanoUsd, promptTokens, type Usage, usd } from "../../core/usage.ts";
import { countOf, isObject, type JsonObject, objectOf } from "../json.ts";
import type { ChatCompat } from "./compat.ts";
import { numberOr } from "./values.ts";

/** A whole count, or undefined where there is no number. */
const tokensOr = (value: Json | undefined): number | undefined =>
  numberOr(value) === undefined ? undefined : countOf(value);

/** The first of some values that is a number above zero, else 0. */
function firstCount(...values: (number | undefined)[]): number {
  return values.find((value) => value !== undefined && value > 0) ?? 0;
}

/**
 * A usage block as disjoint counts. `prompt_tokens` includes what the cache served and took, under one of these
 * names: `prompt_tokens_details.cached_tokens` (OpenAI), `prompt_cache_hit_tokens` (DeepSeek),
 * `cache_read_input_tokens` (Venice, Doubleword), `cached_tokens` (Together, Moonshot); writes in
 * `prompt_tokens_details.cache_write_tokens` or `cache_creation_input_tokens`.
 */
export function readUsage(raw: JsonObject, compat: Pick<ChatCompat, "reasoningTokens">): Usage {
  const prompt = objectOf(raw.prompt_tokens_details);
  const completion = objectOf(raw.completion_tokens_details);
  const creation = objectOf(raw.cache_creation);
  let input = tokensOr(raw.prompt_tokens) ?? 0;
  let output = tokensOr(raw.completion_tokens) ?? 0;
  const total = tokensOr(raw.total_tokens) ?? input + output;

  const cacheRead = firstCount(
    tokensOr(prompt.cached_tokens),
    tokensOr(raw.prompt_cache_hit_tokens),
    tokensOr(raw.cache_read_input_tokens),
    tokensOr(raw.cached_tokens),
  );
  const cacheWrite1h = firstCount(tokensOr(creation.ephemeral_1h_input_tokens));
  const cacheWrite = Math.max(
    cacheWrite1h,
    firstCount(tokensOr(prompt.cache_write_tokens), tokensOr(raw.cache_creation_input_tokens)),
  );
  // Mistral's voxtral counts audio outside prompt_tokens; its total_tokens gives it away.
  const audio = firstCount(tokensOr(prompt.audio_tokens));
  if (audio > 0 && total === input + output + audio) input += audio;

  const reasoning = firstCount(tokensOr(completion.reasoning_tokens), tokensOr(raw.reasoning_tokens));
  const beside =
    compat.reasoningTokens === "beside" ||
    (compat.reasoningTokens === "by_total" && reasoning > 0 && total === input + output + reasoning);
  if (beside) output += reasoning;

  return {
    // Grok on Azure reports more cached tokens than prompt tokens: there they stand beside each other.
    input: cacheRead > input ? input : Math.max(0, input - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite5m: cacheWrite - cacheWrite1h,
    cacheWrite1h,
    output,
    reasoning: Math.min(reasoning, output),
  };
}

/**
 * What the upstream says it charged: OpenRouter's and Vercel's `usage.cost` (dollars), Perplexity's
 * `usage.cost.total_cost`, xAI's `usage.cost_in_usd_ticks` (1e-10 dollars), Venice's top-level `cost.usd`.
 */
export function readCost(usage: JsonObject, body: JsonObject): NanoUsd | undefined {
  const cost = usage.cost;
  if (typeof cost === "number") {
    // With a key of one's own OpenRouter charges only its fee; the model's price is in cost_details.
    const upstream =
      usage.is_byok === true ? objectOf(usage.cost_details).upstream_inference_cost : undefined;
    return usd(cost + (numberOr(upstream) ?? 0));
  }
  if (isObject(cost)) {
    const total = numberOr(cost.total_cost);
    if (total !== undefined) return usd(total);
  }
  // Azure's Grok sends 0 ticks for calls it does bill.
  const ticks = numberOr(usage.cost_in_usd_ticks);
  if (ticks !== undefined && ticks > 0) return nanoUsd(ticks / 10);
  const dollars = numberOr(objectOf(body.cost).usd);
  return dollars === undefined ? undefined : usd(dollars);
}

/** The usage block for counts; `readUsage` of it gives them back. */
export function writeUsage(usage: Usage, cost: NanoUsd | undefined): JsonObject {
  const prompt = promptTokens(usage);
  const write = usage.cacheWrite5m + usage.cacheWrite1h;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(write > 0 ? { cache_write_tokens: write } : {}),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    ...(usage.cacheWrite1h > 0
      ? {
          cache_creation: {
            ephemeral_5m_input_tokens: usage.cacheWrite5m,
            ephemeral_1h_input_tokens: usage.cacheWrite1h,
          },
        }
      : {}),
    ...(cost === undefined ? {} : { cost: cost / 1e9 }),
  };
}
