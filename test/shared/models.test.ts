import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { findModel } from "../../src/models/catalogue.ts";
import { loadCatalogue } from "../../src/models/load.ts";
import { refreshCatalogue } from "../../src/models/refresh.ts";
import { loadShipped } from "../../src/models/shipped.ts";

const shared = process.env.TAU_SHARED ?? resolve(import.meta.dirname, "../../../shared");
const folder = resolve(shared, "models");
const present = existsSync(folder);
if (!present) process.stdout.write(`skipped: no ${folder}\n`);

type PiModel = {
  id: string;
  type: string;
  contextWindow?: number;
  maxTokens?: number;
  cost: Cost & { tiers?: { inputTokensAbove: number }[] };
};
type Cost = { input: number; output: number };
type DevModel = {
  name?: string;
  modalities?: { output?: string[] };
  limit?: { context?: number; input?: number; output?: number };
  cost?: Cost & { cache_read?: number };
  tool_call?: boolean;
};

const read = (name: string): unknown => JSON.parse(readFileSync(resolve(folder, name), "utf8"));

/** Providers both sources and the catalogue call by the same name. */
const common = [
  "anthropic",
  "openai",
  "google",
  "openrouter",
  "deepseek",
  "groq",
  "xai",
  "mistral",
  "moonshotai",
  "zai",
];

describe.skipIf(!present)("the shipped catalogue and the models folder", () => {
  it("know the same models of models.dev, with limits and abilities from one of the sources", async () => {
    const dev = read("models.dev/api.main-providers.json") as {
      [p: string]: { models: { [id: string]: DevModel } };
    };
    let compared = 0;
    for (const provider of common) {
      const catalogue = await loadShipped(provider);
      const pi = piModels(provider);
      for (const [id, model] of Object.entries(dev[provider]?.models ?? {})) {
        const { context = 0, output = 0, input } = model.limit ?? {};
        const drivable =
          (model.modalities?.output ?? []).every((kind) => kind === "text") && output > 1 && context > 1;
        if (!drivable || /embed/.test(id)) continue;
        const info = findModel(catalogue, id);
        const other = pi.get(id);
        compared += 1;
        expect(info.entry, `${provider}/${id}`).toBe(id);
        expect([context, other?.contextWindow], `${provider}/${id}`).toContain(info.contextWindow);
        expect(
          [Math.min(output, info.contextWindow), other?.maxTokens, info.contextWindow],
          `${provider}/${id}`,
        ).toContain(info.maxOutput);
        if (input !== undefined && input > 0 && input < info.contextWindow) expect(info.maxInput).toBe(input);
        if (model.tool_call === true) expect(info.capabilities.tools, `${provider}/${id}`).toBe(true);
        if (other === undefined && info.priceSource === "models.dev" && model.cost !== undefined) {
          expect(info.price?.rates.input).toBeCloseTo(model.cost.input * 1e6, 3);
          expect(info.price?.rates.output).toBeCloseTo(model.cost.output * 1e6, 3);
        }
      }
    }
    process.stdout.write(`models.dev: ${compared} models compared\n`);
    expect(compared).toBeGreaterThan(400);
  });

  it("know the same models of pi-ai, and price those genai-prices does not name as pi-ai does", async () => {
    let compared = 0;
    let priced = 0;
    for (const provider of common) {
      const catalogue = await loadShipped(provider);
      for (const [id, model] of piModels(provider)) {
        const info = findModel(catalogue, id);
        compared += 1;
        expect(info.entry, `${provider}/${id}`).toBe(id);
        if (info.priceSource !== "pi-ai") continue;
        priced += 1;
        expect(info.price?.rates.input, `${provider}/${id}`).toBe(Math.round(model.cost.input * 1e6));
        expect(info.price?.rates.output, `${provider}/${id}`).toBe(Math.round(model.cost.output * 1e6));
        expect(info.price?.tiers.map((tier) => tier.above)).toEqual(
          (model.cost.tiers ?? []).map((tier) => tier.inputTokensAbove),
        );
      }
    }
    process.stdout.write(`pi-ai: ${compared} models compared, ${priced} priced by it\n`);
    expect(compared).toBeGreaterThan(350);
  });

  it("can be refreshed from the folder's models.dev file as a user would", async () => {
    const text = readFileSync(resolve(folder, "models.dev/api.main-providers.json"), "utf8");
    const { files, providers } = refreshCatalogue(text, "2099-01-01");
    expect(providers.length).toBe(30);
    expect(providers.reduce((sum, { models }) => sum + models, 0)).toBeGreaterThan(1_400);
    const refreshed = files.find(({ name }) => name === "anthropic.json")?.text ?? "";
    const catalogue = await loadCatalogue("anthropic", async () => refreshed);
    const info = findModel(catalogue, "claude-opus-4-5");
    expect(info).toMatchObject({ contextWindow: 200_000, priceSource: "refreshed" });
    expect(info.price).toMatchObject({
      rates: { input: 5_000_000, cacheWrite5m: 6_250_000, cacheWrite1h: 10_000_000 },
    });
  });

  it("never price at nothing what a source merely does not know", async () => {
    const free: string[] = [];
    for (const provider of [...common, "nvidia", "github-copilot", "opencode", "ollama-cloud"]) {
      const catalogue = await loadShipped(provider);
      for (const id of Object.keys(catalogue.models)) {
        const { price } = findModel(catalogue, id);
        if (price !== null && price.rates.input === 0 && price.rates.output === 0) free.push(id);
      }
    }
    expect(free.length).toBeGreaterThan(5);
    expect(free.filter((id) => !/[:-]free$/.test(id))).toEqual([]);
  });

  it("agree with the cross-check of four sources wherever those agree", async () => {
    const { rows } = read("crosscheck.json") as { rows: CrossRow[] };
    const off: string[] = [];
    let compared = 0;
    for (const row of rows) {
      const quoted = row["models.dev"];
      if (!row.agree || !common.includes(row.provider) || quoted?.[0] == null || quoted[1] == null) continue;
      const { price } = findModel(await loadShipped(row.provider), row.model);
      if (price === null) continue;
      compared += 1;
      const now =
        price.changes.filter(({ when }) => "from" in when && when.from <= "2026-11-24").at(-1) ?? price;
      if (
        now.rates.input !== Math.round(quoted[0] * 1e6) ||
        now.rates.output !== Math.round(quoted[1] * 1e6)
      ) {
        off.push(`${row.provider}/${row.model}`);
      }
    }
    process.stdout.write(
      `cross-check: ${compared} models compared, priced otherwise by genai-prices: ${off.join(", ")}\n`,
    );
    expect(compared).toBeGreaterThan(60);
    // Each of these is a later or moved price in genai-prices; scripts/price-disagreements.ts shows both.
    expect(off.length).toBeLessThanOrEqual(6);
  });
});

type CrossRow = { provider: string; model: string; agree: boolean; "models.dev"?: (number | null)[] };

function piModels(provider: string): Map<string, PiModel> {
  const folderName = readdirSync(folder).find((name) => name.startsWith("pi-ai-")) ?? "";
  const models = new Map<string, PiModel>();
  const path = `${folderName}/${provider}.json`;
  if (!existsSync(resolve(folder, path))) return models;
  for (const byId of Object.values(read(path) as { [api: string]: { [key: string]: PiModel } })) {
    for (const model of Object.values(byId)) {
      const described = model.contextWindow !== undefined && model.maxTokens !== undefined;
      if (model.type === "chat" && described && !models.has(model.id)) models.set(model.id, model);
    }
  }
  return models;
}
