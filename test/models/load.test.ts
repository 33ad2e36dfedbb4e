import { describe, expect, it } from "vitest";
import { findModel } from "../../src/models/catalogue.ts";
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
