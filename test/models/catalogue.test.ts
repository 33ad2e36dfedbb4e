import { describe, expect, it } from "vitest";
import { findModel, type ProviderCatalogue } from "../../src/models/catalogue.ts";
import { matchModel } from "../../src/models/match.ts";
import { loadShipped, loadSources, shippedProviders } from "../../src/models/shipped.ts";
import { storedProviderSchema } from "../../src/models/stored-schema.ts";

const none: ProviderCatalogue = { provider: "ollama", date: null, origin: "none", models: {} };

describe("the shipped catalogue", () => {
  it("has files that fit the schema, with sane limits, for every provider Tau ships an entry for", async () => {
    for (const provider of shippedProviders) {
      const { date, models } = await loadShipped(provider);
      const file = storedProviderSchema.parse({ v: 1, provider, date, models });
      expect(Object.keys(file.models).length, provider).toBeGreaterThan(2);
      for (const [id, model] of Object.entries(file.models)) {
        expect(model.output, `${provider}/${id}`).toBeLessThanOrEqual(model.window);
        expect(model.maxInput ?? 0, `${provider}/${id}`).toBeLessThan(model.window);
      }
    }
    for (const id of [
      "anthropic",
      "openai",
      "google",
      "openrouter",
      "deepseek",
      "groq",
      "xai",
      "mistral",
      "azure",
    ]) {
      expect(shippedProviders).toContain(id);
    }
  });

  it("says its date, its sources and their licences", async () => {
    const { date, sources } = await loadSources();
    expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(sources.map(({ licence }) => licence)).toEqual(["MIT", "MIT", "MIT"]);
    expect(sources.every((source) => source.date <= date)).toBe(true);
  });

  it("describes a model completely", async () => {
    expect(findModel(await loadShipped("anthropic"), "claude-opus-4-5")).toMatchObject({
      provider: "anthropic",
      id: "claude-opus-4-5",
      entry: "claude-opus-4-5",
      contextWindow: 200_000,
      maxInput: null,
      maxOutput: 64_000,
      capabilities: { vision: true, files: true, tools: true, structuredOutput: true, temperature: true },
      reasoning: { efforts: ["low", "medium", "high"], budget: { min: 1024, max: null } },
      deprecated: false,
      priceSource: "genai-prices",
      price: {
        rates: {
          input: 5_000_000,
          output: 25_000_000,
          cacheRead: 500_000,
          cacheWrite5m: 6_250_000,
          cacheWrite1h: 10_000_000,
        },
        tiers: [],
      },
    });
  });

  it("keeps context tiers, input limits, time-of-day prices and service tiers", async () => {
    const gpt = findModel(await loadShipped("openai"), "gpt-5.5");
    expect(gpt).toMatchObject({ contextWindow: 1_050_000, maxInput: 922_000 });
    expect(gpt.price?.tiers.map((tier) => tier.rates.input)).toEqual([10_000_000]);
    expect(gpt.price?.serviceTiers.priority?.rates.output).toBe(75_000_000);
    const deepseek = findModel(await loadShipped("deepseek"), "deepseek-v4-pro");
    expect(deepseek.price?.changes.map(({ when }) => when)).toEqual([
      { from: "2026-08-17" },
      { daily: { start: 3_600, end: 14_400 } },
      { daily: { start: 21_600, end: 36_000 } },
    ]);
  });

  it("knows common other names of a host", async () => {
    expect((await loadShipped("gemini")).models["gemini-2.5-pro"]).toBeDefined();
    expect(await loadShipped("constructor")).toMatchObject({ origin: "none", models: {} });
  });
});

describe("names that are not in the catalogue word for word", () => {
  const ids = [
    "gpt-5",
    "gpt-4o",
    "gpt-4o-2024-05-13",
    "claude-x",
    "Qwen/Qwen3-32B",
    "llama3",
    "a/b",
    "claude-sonnet-5",
  ];
  const table: [string, string, string, ReturnType<typeof matchModel>][] = [
    [
      "a listed snapshot is itself",
      "openai",
      "gpt-4o-2024-05-13",
      { entry: "gpt-4o-2024-05-13", price: "same" },
    ],
    ["OpenAI's date", "openai", "gpt-5-2025-08-07", { entry: "gpt-5", price: "same" }],
    ["Anthropic's date", "anthropic", "claude-x-20250929", { entry: "claude-x", price: "same" }],
    ["Vertex's date", "google-vertex", "claude-x@20250929", { entry: "claude-x", price: "same" }],
    ["not a date", "openai", "gpt-5-2025-13-07", null],
    ["letter case", "together", "qwen/qwen3-32b", { entry: "Qwen/Qwen3-32B", price: "same" }],
    ["a local server's default tag", "ollama", "llama3:latest", { entry: "llama3", price: "same" }],
    ["another tag is another model", "ollama", "llama3:70b", null],
    ["OpenRouter's free variant", "openrouter", "a/b:free", { entry: "a/b", price: "free" }],
    ["OpenRouter's routing variants", "openrouter", "a/b:nitro", { entry: "a/b", price: "unknown" }],
    ["free is OpenRouter's word only", "together", "a/b:free", null],
    ["a newer generation is not an older one", "anthropic", "claude-sonnet-5-5", null],
    ["-latest may have moved on", "openai", "gpt-5-latest", null],
    ["a size or flavour is another model", "openai", "gpt-5-mini", null],
    ["nothing", "openai", "", null],
  ];
  it.each(table)("%s", (_, provider, model, match) => {
    expect(matchModel(provider, model, ids)).toEqual(match);
  });
});

describe("models of any name", () => {
  it("run by default limits and without a price when nobody knows them", () => {
    expect(findModel(none, "my-finetune")).toMatchObject({
      id: "my-finetune",
      entry: null,
      contextWindow: 128_000,
      maxOutput: 8_192,
      price: null,
      priceSource: null,
      capabilities: { tools: true, vision: false },
    });
  });

  it("take what the settings say, the exact name before the host's, and keep the rest", async () => {
    const overrides = {
      "ollama/*": { price: { input: 0, output: 0 }, contextWindow: 32_000 },
      "ollama/big": { contextWindow: 4_096, vision: true, reasoning: true },
    };
    expect(findModel(none, "big", overrides)).toMatchObject({
      contextWindow: 4_096,
      maxOutput: 4_096,
      capabilities: { vision: true, tools: true },
      reasoning: { efforts: [], budget: null },
      price: { rates: { input: 0, output: 0 } },
      priceSource: "config",
    });
    const anthropic = await loadShipped("anthropic");
    const dearer = findModel(anthropic, "claude-opus-4-5", {
      "anthropic/claude-opus-4-5": { price: { input: 6, output: 30, cacheRead: 0.6, cacheWrite5m: 7.5 } },
    });
    expect(dearer.contextWindow).toBe(200_000);
    expect(dearer.price?.rates).toEqual({
      input: 6_000_000,
      output: 30_000_000,
      cacheRead: 600_000,
      cacheWrite5m: 7_500_000,
      cacheWrite1h: 12_000_000,
    });
  });

  it("never show a routed variant at a price it may not have", async () => {
    const openrouter = await loadShipped("openrouter");
    const base = findModel(openrouter, "anthropic/claude-opus-4.5");
    expect(base.price).not.toBeNull();
    const nitro = findModel(openrouter, "anthropic/claude-opus-4.5:nitro");
    expect(nitro).toMatchObject({ contextWindow: base.contextWindow, price: null, priceSource: null });
  });
});
