/** Usage blocks of the Messages API (docs.anthropic.com, "Usage" of the Message object). */
import { addUsage, type NanoUsd, type Usage, usd } from "../../core/usage.ts";
import { arrayOf, countOf, isObject, type JsonObject, objectOf } from "../json.ts";

/**
 * A usage block as disjoint counts. `input_tokens` already excludes cached tokens; `cache_creation` splits
 * `cache_creation_input_tokens` by lifetime, and what it does not cover counts as five minutes.
 */
export function decodeUsage(raw: JsonObject): Usage {
  const split = objectOf(raw.cache_creation);
  const cacheWrite1h = countOf(split.ephemeral_1h_input_tokens);
  const written = Math.max(
    countOf(raw.cache_creation_input_tokens),
    cacheWrite1h + countOf(split.ephemeral_5m_input_tokens),
  );
  const output = countOf(raw.output_tokens);
  return {
    input: countOf(raw.input_tokens),
    cacheRead: countOf(raw.cache_read_input_tokens),
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    output,
    reasoning: Math.min(output, countOf(objectOf(raw.output_tokens_details).thinking_tokens)),
  };
}

/**
 * What the call is billed for: the block's own counts, and those of server-side compaction passes, which the
 * provider bills but leaves out of its totals (docs.anthropic.com, "Compaction", section on usage). Passes of other
 * models (`advisor_message`) have prices of their own and are not added.
 */
export function decodeBilledUsage(raw: JsonObject): Usage {
  return arrayOf(raw.iterations)
    .filter((pass) => isObject(pass) && pass.type === "compaction")
    .reduce((sum: Usage, pass) => addUsage(sum, decodeUsage(objectOf(pass))), decodeUsage(raw));
}

/** What the upstream says it charged: OpenRouter adds `cost` in dollars, the API itself does not. */
export function decodeCost(raw: JsonObject): NanoUsd | undefined {
  return typeof raw.cost === "number" && raw.cost >= 0 ? usd(raw.cost) : undefined;
}

/** Later counts over earlier ones: `message_delta` is cumulative but leaves out what did not change, or sends null. */
export function mergeRawUsage(before: JsonObject, later: JsonObject): JsonObject {
  const merged: JsonObject = { ...before };
  for (const [key, value] of Object.entries(later)) if (value !== null) merged[key] = value;
  return merged;
}

/** A usage block as the API writes it. */
export function encodeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5m,
      ephemeral_1h_input_tokens: usage.cacheWrite1h,
    },
    output_tokens: usage.output,
    output_tokens_details: { thinking_tokens: usage.reasoning },
  };
}

/** Fields of a usage block that are counted above, or that say nothing a later call needs. */
export const knownUsageFields: ReadonlySet<string> = new Set([
  "input_tokens",
  "output_tokens",
  "output_tokens_details",
  "cache_creation",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "cost",
  "service_tier",
  "inference_geo",
]);
