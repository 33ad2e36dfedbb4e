/** How hard to think, said the way a model is steered. */
import type { Effort } from "../core/model.ts";
import type { ReasoningControl } from "./model-info.ts";
import { effortOrder } from "./models-dev.ts";

/**
 * Thinking budgets that stand for effort words on models that count tokens instead: Google's own table for
 * `reasoning_effort` (ai.google.dev/gemini-api/docs/openai), continued upward to what Claude's budgets reach.
 */
const budgets: { readonly [E in Exclude<Effort, "none">]: number } = {
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 32_768,
  max: 63_999,
};

/** What to ask for: a word, a budget in tokens, or both; codecs say it in their dialect's way. */
export type Thinking = { effort: Effort; budgetTokens?: number } | { budgetTokens: number };

/**
 * What to ask of a model for an effort: the nearest word it has (the weaker of two as near), else a budget within its
 * bounds, else null: it thinks as it likes. `none` on a model steered by budget stays the word, which codecs turn
 * into their dialect's way of not thinking.
 */
export function thinkingFor(wanted: Effort, control: ReasoningControl | null): Thinking | null {
  if (control === null) return null;
  const { budget } = control;
  if (wanted === "none" && budget !== null && (control.efforts.length === 0 || control.wordNeedsBudget))
    return { effort: "none" };
  const distance = (effort: Effort): number =>
    Math.abs(effortOrder.indexOf(effort) - effortOrder.indexOf(wanted));
  const [nearest] = control.efforts.toSorted(
    (a, b) => distance(a) - distance(b) || effortOrder.indexOf(a) - effortOrder.indexOf(b),
  );
  const word = nearest === undefined ? {} : { effort: nearest };
  if (budget === null || wanted === "none" || (nearest !== undefined && !control.wordNeedsBudget))
    return nearest === undefined ? null : { effort: nearest };
  const { min, max } = budget;
  return {
    ...word,
    budgetTokens: Math.min(Math.max(budgets[wanted], min), max ?? Number.POSITIVE_INFINITY),
  };
}
