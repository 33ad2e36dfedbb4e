/** Token counts of the Responses API. https://platform.openai.com/docs/api-reference/responses/object#usage */
import { type NanoUsd, nanoUsd, promptTokens, type Usage, usd } from "../../core/usage.ts";
import { countOf, isObject, type JsonObject, objectOf } from "../json.ts";

/**
 * The dialect's inclusive totals as disjoint counts: `input_tokens` holds what was read from and written to the cache,
 * `output_tokens` holds reasoning. The lifetime of a cache write is not reported, so it counts as a short one.
 */
export function decodeUsage(usage: JsonObject): Usage {
  const input = objectOf(usage.input_tokens_details);
  const prompt = countOf(usage.input_tokens);
  const output = countOf(usage.output_tokens);
  const cacheRead = Math.min(countOf(input.cached_tokens), prompt);
  const cacheWrite5m = Math.min(countOf(input.cache_write_tokens), prompt - cacheRead);
  const reasoning = Math.min(countOf(objectOf(usage.output_tokens_details).reasoning_tokens), output);
  return {
    input: prompt - cacheRead - cacheWrite5m,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    output,
    reasoning,
  };
}

/**
 * What the upstream says it charged: `cost` in dollars (OpenRouter), `cost_in_usd_ticks` in 1e-10 dollars (xAI,
 * https://docs.x.ai/docs/key-information/consumption-and-rate-limits). OpenAI itself reports none.
 */
export function decodeCost(usage: JsonObject): NanoUsd | undefined {
  if (typeof usage.cost === "number") return usd(usage.cost);
  if (typeof usage.cost_in_usd_ticks === "number") return nanoUsd(usage.cost_in_usd_ticks / 10);
  return undefined;
}

/** Disjoint counts as the dialect's totals; both details are always there, as the contract asks. */
export function encodeUsage(usage: Usage, cost: NanoUsd | undefined): JsonObject {
  const prompt = promptTokens(usage);
  return {
    input_tokens: prompt,
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: prompt + usage.output,
    ...(cost === undefined ? {} : { cost: cost / 1e9 }),
  };
}

/** The `usage` event of a response object, if it states any. */
export function usageEvent(
  response: JsonObject,
): { type: "usage"; usage: Usage; cost?: NanoUsd } | undefined {
  if (!isObject(response.usage)) return undefined;
  const cost = decodeCost(response.usage);
  return { type: "usage", usage: decodeUsage(response.usage), ...(cost === undefined ? {} : { cost }) };
}
