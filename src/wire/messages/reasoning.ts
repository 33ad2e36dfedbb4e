/**
 * Thinking and effort (docs.anthropic.com, "Extended thinking", "Adaptive thinking", "Effort").
 * Models before adaptive thinking take a budget only: whoever knows the model sets `budgetTokens` for them.
 */
import type { Json } from "../../core/message.ts";
import type { Effort, ModelRequest } from "../../core/model.ts";
import { isObject, type JsonObject, otherFields, stringOf } from "../json.ts";

type Reasoning = NonNullable<ModelRequest["reasoning"]>;

/** The least budget the API takes. */
const minBudget = 1024;

/** The `thinking` field, if the request says anything about reasoning. */
export function encodeThinking(reasoning: Reasoning | undefined, maxTokens: number): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  if (reasoning.effort === "none") return { type: "disabled" };
  const display =
    reasoning.visible === undefined ? {} : { display: reasoning.visible ? "summarized" : "omitted" };
  if (reasoning.budgetTokens === undefined) return { type: "adaptive", ...display };
  // The budget must be below max_tokens and at least 1024; an output cap lowered after the fact must not be a 400.
  if (maxTokens <= minBudget) return { type: "disabled" };
  const budget = Math.max(minBudget, Math.min(reasoning.budgetTokens, maxTokens - 1));
  return { type: "enabled", budget_tokens: budget, ...display };
}

/** `output_config.effort`. The API has no `minimal`; its least is `low`. */
export function encodeEffort(effort: Effort | undefined): JsonObject {
  if (effort === undefined || effort === "none") return {};
  return { effort: effort === "minimal" ? "low" : effort };
}

const efforts: ReadonlySet<string> = new Set<Effort>(["low", "medium", "high", "xhigh", "max"]);

/** An effort word of the API. */
export function effortOf(value: Json | undefined): Effort | undefined {
  return typeof value === "string" && efforts.has(value) ? (value as Effort) : undefined;
}

/**
 * What `thinking` and the effort beside it ask for; undefined when `thinking` says something Tau has no word for
 * (`between_tools`, new fields).
 */
export function decodeThinking(
  thinking: Json | undefined,
  effort: Effort | undefined,
): Reasoning | "none" | undefined {
  if (thinking === undefined || thinking === null) return effort === undefined ? "none" : { effort };
  if (!isObject(thinking) || otherFields(thinking, thinkingFields) !== undefined) return undefined;
  const display = stringOf(thinking.display);
  const visible = display === undefined ? {} : { visible: display === "summarized" };
  const effortField = effort === undefined ? {} : { effort };
  if (thinking.type === "disabled") return { effort: "none" };
  if (thinking.type === "adaptive") return { ...effortField, ...visible };
  if (thinking.type === "enabled" && typeof thinking.budget_tokens === "number") {
    return { ...effortField, budgetTokens: thinking.budget_tokens, ...visible };
  }
  return undefined;
}

const thinkingFields = new Set(["type", "budget_tokens", "display"]);
