/** `usageMetadata` (ai.google.dev/api/generate-content#UsageMetadata). */
import type { Usage } from "../../core/usage.ts";
import { countOf, type JsonObject } from "../json.ts";

/**
 * Counts of a `usageMetadata` as disjoint ones. The prompt count includes cached tokens; what server-side tools put
 * into the prompt and what the model thought are counted beside prompt and answer.
 */
export function decodeUsage(raw: JsonObject): Usage {
  const prompt = countOf(raw.promptTokenCount);
  const cacheRead = Math.min(prompt, countOf(raw.cachedContentTokenCount));
  const reasoning = countOf(raw.thoughtsTokenCount);
  return {
    input: prompt - cacheRead + countOf(raw.toolUsePromptTokenCount),
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: countOf(raw.candidatesTokenCount) + reasoning,
    reasoning,
  };
}

/** Whether the object counts anything: Vertex sends chunks that only name the traffic type. */
export function hasCounts(raw: JsonObject): boolean {
  return raw.promptTokenCount !== undefined || raw.candidatesTokenCount !== undefined;
}

/** Counts as the API writes them. */
export function encodeUsage(usage: Usage): JsonObject {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  return {
    promptTokenCount: prompt,
    ...(usage.cacheRead === 0 ? {} : { cachedContentTokenCount: usage.cacheRead }),
    candidatesTokenCount: usage.output - usage.reasoning,
    ...(usage.reasoning === 0 ? {} : { thoughtsTokenCount: usage.reasoning }),
    totalTokenCount: prompt + usage.output,
  };
}
