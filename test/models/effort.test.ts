import { describe, expect, it } from "vitest";
import type { Effort } from "../../src/core/model.ts";
import { findModel } from "../../src/models/catalogue.ts";
import { thinkingFor } from "../../src/models/effort.ts";
import type { ReasoningControl } from "../../src/models/model-info.ts";
import { loadShipped } from "../../src/models/shipped.ts";
import { encodeRequest } from "../../src/wire/messages/encode-request.ts";

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

  // platform.claude.com, "Effort" and "Adaptive thinking": before 4.6 a budget, from 4.6 on adaptive by words; Opus 4.5
  // takes words, but thinks only within a budget.
  const adaptive = (effort: string) => ({ thinking: { type: "adaptive" }, output_config: { effort } });
  const budget = (tokens: number) => ({ thinking: { type: "enabled", budget_tokens: tokens } });
  const claude: [string, Effort, object][] = [
    ["claude-3-7-sonnet-20250219", "high", budget(24_576)],
    ["claude-sonnet-4-0", "medium", budget(8_192)],
    ["claude-opus-4-1", "low", budget(1_024)],
    ["claude-sonnet-4-5", "high", budget(24_576)],
    ["claude-haiku-4-5-20251001", "xhigh", budget(31_999)],
    ["claude-opus-4-5", "high", { ...budget(24_576), output_config: { effort: "high" } }],
    ["claude-opus-4-5-20251101", "max", { ...budget(31_999), output_config: { effort: "high" } }],
    ["claude-opus-4-5", "none", { thinking: { type: "disabled" } }],
    ["claude-haiku-4-5", "none", { thinking: { type: "disabled" } }],
    ["claude-opus-4-6", "high", adaptive("high")],
    ["claude-sonnet-4-6", "xhigh", adaptive("high")],
    ["claude-opus-4-7", "xhigh", adaptive("xhigh")],
    ["claude-opus-5", "max", adaptive("max")],
    ["claude-sonnet-5-5", "minimal", adaptive("low")],
    // Thinking cannot be turned off here: the least of it is asked for.
    ["claude-opus-5-5", "none", adaptive("low")],
    ["claude-fable-5-2", "medium", adaptive("medium")],
    ["claude-haiku-5-5", "high", adaptive("high")],
    ["claude-3-opus-20240229", "high", {}],
  ];
  it.each(claude)("%s is asked for %s in the form it takes", async (model, wanted, fields) => {
    const thinking = thinkingFor(wanted, findModel(await loadShipped("anthropic"), model).reasoning);
    const body = encodeRequest(
      {
        model,
        system: [],
        messages: [],
        tools: [],
        stream: true,
        maxOutputTokens: 32_000,
        ...(thinking && { reasoning: thinking }),
      },
      { provider: "anthropic", model },
    );
    const { thinking: sent, output_config: config } = body;
    expect(JSON.parse(JSON.stringify({ thinking: sent, output_config: config }))).toEqual(fields);
  });

  it("reaches models steered by budget", async () => {
    const haiku = findModel(await loadShipped("anthropic"), "claude-haiku-4-5");
    expect(thinkingFor("max", haiku.reasoning)).toEqual({ budgetTokens: 63_999 });
  });
});
