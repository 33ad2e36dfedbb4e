import { describe, expect, it } from "vitest";
import { findModel } from "../../src/models/catalogue.ts";
import { listModels, showModel } from "../../src/models/listing.ts";
import { loadCatalogue } from "../../src/models/load.ts";
import { refreshCatalogue } from "../../src/models/refresh.ts";
import { loadShipped } from "../../src/models/shipped.ts";

const nothing = async () => null;

/** A refreshed file for xAI with one known model dearer and one nobody knew. */
function refreshed(date: string): string {
  const model = (id: string, input: number) => ({
    id,
    limit: { context: 600_000, output: 30_000 },
    cost: { input, output: 9 },
    tool_call: true,
  });
  const models = { "grok-4.3": model("grok-4.3", 7), "grok-9": model("grok-9", 8) };
  return refreshCatalogue(JSON.stringify({ "x-ai": { models } }), date).files[0]?.text ?? "";
}

describe("a provider's catalogue", () => {
  it("is the shipped one when nothing was refreshed", async () => {
    expect(await loadCatalogue("xai", nothing)).toEqual(await loadShipped("xai"));
  });

  it("takes refreshed models over shipped ones and keeps the rest", async () => {
    const asked: string[] = [];
    const catalogue = await loadCatalogue("xai", async (name) => {
      asked.push(name);
      return refreshed("2099-01-01");
    });
    expect(asked).toEqual(["xai"]);
    expect(catalogue).toMatchObject({ provider: "xai", origin: "refreshed", date: "2099-01-01" });
    expect(findModel(catalogue, "grok-4.3")).toMatchObject({
      priceSource: "refreshed",
      price: { rates: { input: 7_000_000 } },
    });
    expect(findModel(catalogue, "grok-9").contextWindow).toBe(600_000);
    const { models } = await loadShipped("xai");
    const untouched = Object.keys(models).find((id) => id !== "grok-4.3") ?? "";
    expect(catalogue.models[untouched]).toEqual(models[untouched]);
  });

  it("ignores a refresh older than what is shipped", async () => {
    expect(await loadCatalogue("xai", async () => refreshed("2020-01-01"))).toEqual(await loadShipped("xai"));
  });

  it("says so when the refreshed file is damaged", async () => {
    await expect(loadCatalogue("xai", async () => '{"v":1,')).rejects.toThrow("not a model catalogue");
  });
});

describe("lists for people", () => {
  it("filter by every word and show what matters", async () => {
    const rows = listModels(await loadShipped("anthropic"), "OPUS 4.5");
    expect(rows.map((row) => row.name)).toEqual([
      "anthropic/claude-opus-4-5",
      "anthropic/claude-opus-4-5-20251101",
    ]);
    expect(rows[0]).toEqual({
      name: "anthropic/claude-opus-4-5",
      contextWindow: 200_000,
      maxOutput: 64_000,
      abilities: ["vision", "files", "tools", "schema", "reasoning"],
      price: { input: 5, output: 25, cacheRead: 0.5 },
      deprecated: false,
    });
    expect(listModels(await loadShipped("anthropic"), "no such thing")).toEqual([]);
  });

  it("show one model with its tiers, hours and sources", async () => {
    const deepseek = await loadShipped("deepseek");
    const facts = showModel(findModel(deepseek, "deepseek-v4-pro"), deepseek.date);
    const value = (label: string) => facts.find((fact) => fact.label === label)?.value;
    expect(value("price 06:00-10:00 UTC")).toBe("input 1.32, output 3.96, cache read 0.044");
    expect(value("price from 2026-08-17")).toBe("input 0.66, output 1.98, cache read 0.022");
    expect(value("price source")).toContain("genai-prices");
    const openai = await loadShipped("openai");
    const gpt = showModel(findModel(openai, "gpt-5.5"), openai.date);
    expect(gpt.map((fact) => fact.label)).toEqual(
      expect.arrayContaining(["max input", "price, prompt above 271999", "price (priority)"]),
    );
  });

  it("say plainly what is not known", () => {
    const none = { provider: "vllm", date: null, origin: "none" as const, models: {} };
    const facts = showModel(findModel(none, "mine"), null);
    expect(facts.find((fact) => fact.label === "price")?.value).toBe("unpriced");
    expect(facts.find((fact) => fact.label === "catalogue")?.value).toContain("not in it");
  });
});
