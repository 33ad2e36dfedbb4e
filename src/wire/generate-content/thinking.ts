/** `thinkingConfig` (ai.google.dev/gemini-api/docs/thinking). */
import type { Json } from "../../core/message.ts";
import type { Effort, ModelRequest } from "../../core/model.ts";
import { isObject, type JsonObject, otherFields } from "../json.ts";
import { isThirdGeneration } from "./model-version.ts";

type Reasoning = NonNullable<ModelRequest["reasoning"]>;

/** Levels of the third generation. It cannot stop thinking altogether: its least is `MINIMAL`. */
const levels: { readonly [effort in Effort]: string } = {
  none: "MINIMAL",
  minimal: "MINIMAL",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
  xhigh: "HIGH",
  max: "HIGH",
};

/** Budgets of earlier generations: the vendor's own table for `reasoning_effort` (ai.google.dev, "OpenAI compatibility"). */
const budgets: { readonly [effort in Effort]: number } = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};

/** The `thinkingConfig`, if the request says anything about reasoning. Level and budget together are refused. */
export function encodeThinking(reasoning: Reasoning | undefined, model: string): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, budgetTokens, visible } = reasoning;
  const config: JsonObject = {};
  if (isThirdGeneration(model)) {
    if (effort !== undefined) config.thinkingLevel = levels[effort];
    else if (budgetTokens !== undefined) config.thinkingBudget = budgetTokens;
  } else if (effort === "none") config.thinkingBudget = 0;
  else if (budgetTokens !== undefined) config.thinkingBudget = budgetTokens;
  else if (effort !== undefined) config.thinkingBudget = budgets[effort];
  if (visible !== undefined) config.includeThoughts = visible;
  return Object.keys(config).length === 0 ? undefined : config;
}

const efforts: { readonly [level: string]: Effort } = {
  MINIMAL: "minimal",
  LOW: "low",
  MEDIUM: "medium",
  HIGH: "high",
};
const fields = new Set(["thinkingLevel", "thinkingBudget", "includeThoughts"]);

/** What a `thinkingConfig` asks for; undefined when it says something Tau has no word for. */
export function decodeThinking(config: Json | undefined): Reasoning | undefined {
  if (!isObject(config) || otherFields(config, fields) !== undefined) return undefined;
  const reasoning: Reasoning = {};
  if (typeof config.thinkingLevel === "string") {
    const effort = efforts[config.thinkingLevel.toUpperCase()];
    if (effort === undefined) return undefined;
    reasoning.effort = effort;
  }
  if (config.thinkingBudget === 0) reasoning.effort = "none";
  // -1 leaves the budget to the model, which is what absence means here.
  else if (typeof config.thinkingBudget === "number" && config.thinkingBudget > 0) {
    reasoning.budgetTokens = config.thinkingBudget;
  } else if (config.thinkingBudget === -1) return undefined;
  if (typeof config.includeThoughts === "boolean") reasoning.visible = config.includeThoughts;
  return reasoning;
}
