import { describe, expect, it } from "vitest";
import type { Effort } from "../../src/core/model.ts";
import { findModel } from "../../src/models/catalogue.ts";
import { thinkingFor } from "../../src/models/effort.ts";
import type { ReasoningControl } from "../../src/models/model-info.ts";
import { loadShipped } from "../../src/models/shipped.ts";

const words: ReasoningControl = { efforts: ["low", "medium", "high"], budget: null };
const tokens: ReasoningControl = { efforts: [], budget: { min: 1_024, max: 32_768 } };

describe("effort", () => {
  const table: [string, Effort, ReasoningControl | null, ReturnType<typeof thinkingFor>][] = [
    ["a word the model has", "high", words, { effort: "high" }],
    ["the nearest below", "max", words, { effort: "high" }],
    ["the nearest above", "none", words, { effort: "low" }],
    ["the weaker of two as near", "medium", { efforts: ["low", "high"], budget: null }, { effort: "low" }],
    ["a budget", "high", tokens, { budgetTokens: 24_576 }],
    ["a budget within its bounds", "max", tokens, { budgetTokens: 32_768 }],
    ["no thinking at all", "none", tokens, { effort: "none" }],
    ["a model that cannot be steered", "high", { efforts: [], budget: null }, null],
    ["a model that does not think", "high", null, null],
  ];
  it.each(table)("%s", (_, wanted, control, asked) => {
    expect(thinkingFor(wanted, control)).toEqual(asked);
  });

  it("reaches models steered by budget", async () => {
    const haiku = findModel(await loadShipped("anthropic"), "claude-haiku-4-5");
    expect(thinkingFor("max", haiku.reasoning)).toEqual({ budgetTokens: 63_999 });
  });
});
