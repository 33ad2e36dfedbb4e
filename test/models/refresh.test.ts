import { describe, expect, it } from "vitest";
import { TauError } from "../../src/core/errors.ts";
import { findModel } from "../../src/models/catalogue.ts";
import { parseRefreshed, refreshCatalogue } from "../../src/models/refresh.ts";

const modelsDev = {
  acme: {
    id: "acme",
    npm: "@acme/sdk",
    models: {
      "road-1": {
        id: "road-1",
        name: "Road 1",
        reasoning: true,
        tool_call: true,
        temperature: true,
        structured_output: true,
        knowledge: "2026-01",
        cost: {
          input: 2,
          output: 8,
          cache_read: 0.2,
          cache_write: 0,
          tiers: [{ tier: { type: "context", size: 200000 }, input: 4, output: 16 }],
        },
        limit: { context: 500000, input: 400000, output: 64000 },
        modalities: { input: ["text", "image", "pdf"], output: ["text"] },
        reasoning_options: [
          { type: "effort", values: [null, "high", "low"] },
          { type: "budget_tokens", min: -1, max: 32768 },
        ],
        some_new_field: { x: 1 },
      },
      draw: {
        id: "draw",
        limit: { context: 4000, output: 4000 },
        modalities: { input: ["text"], output: ["image"] },
      },
      embed: { id: "text-embedding-9", limit: { context: 8000, output: 1536 } },
      unknown: { id: "unknown", cost: { input: 0, output: 0 }, limit: { context: 8000, output: 4000 } },
      gift: { id: "gift:free", cost: { input: 0, output: 0 }, limit: { context: 8000, output: 4000 } },
      broken: { id: "broken", limit: { context: "many" } },
    },
  },
};

describe("refreshing the catalogue", () => {
  const refreshed = refreshCatalogue(JSON.stringify(modelsDev), "2026-11-24");
  const [file] = refreshed.files;
  const catalogue = parseRefreshed(file?.text ?? "");

  it("turns models.dev's api.json into files to load", () => {
    expect(refreshed.providers).toEqual([{ provider: "acme", models: 3, priced: 2 }]);
    expect(file?.name).toBe("acme.json");
    expect(catalogue).toMatchObject({ provider: "acme", date: "2026-11-24", origin: "refreshed" });
    expect(findModel(catalogue, "road-1")).toMatchObject({
      contextWindow: 500_000,
      maxInput: 400_000,
      maxOutput: 64_000,
      capabilities: { vision: true, files: true, tools: true, structuredOutput: true, temperature: true },
      reasoning: { efforts: ["low", "high"], budget: { min: 0, max: 32_768 } },
      knowledge: "2026-01",
      priceSource: "refreshed",
      price: {
        rates: { input: 2_000_000, cacheRead: 200_000, cacheWrite5m: 2_000_000 },
        tiers: [{ above: 200_000, rates: { input: 4_000_000, output: 16_000_000, cacheRead: 4_000_000 } }],
      },
    });
  });

  it("takes a zero for a price only where the name says free", () => {
    expect(findModel(catalogue, "unknown")).toMatchObject({ contextWindow: 8_000, price: null });
    expect(findModel(catalogue, "gift").price?.rates.input).toBe(0);
  });

  it("reads its own format back unchanged", () => {
    expect(refreshCatalogue(file?.text ?? "", "2027-01-01")).toEqual(refreshed);
    expect(refreshCatalogue(`[${file?.text}]`, "2027-01-01")).toEqual(refreshed);
  });

  const refused: [string, string, string][] = [
    ["not JSON", "<html>", "not JSON"],
    ["another JSON", '{"data":[{"id":"gpt"}]}', "data"],
    ["nothing of use", '{"acme":{"models":{}}}', "no model"],
    [
      "a negative price in its own format",
      (file?.text ?? "").replace('"input":2,', '"input":-2,'),
      "price.input",
    ],
    ["a provider name that is a path", '{"../../x":{"models":{}}}', "not a model catalogue"],
    [
      "own format with a path for a name",
      (file?.text ?? "").replace('"provider":"acme"', '"provider":"../acme"'),
      "provider",
    ],
  ];
  it.each(refused)("refuses %s and says where", (_, text, where) => {
    expect(() => refreshCatalogue(text, "2026-11-24")).toThrow(TauError);
    expect(() => refreshCatalogue(text, "2026-11-24")).toThrow(where);
  });
});
