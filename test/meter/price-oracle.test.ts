import { calcPrice } from "@pydantic/genai-prices";
import { describe, expect, it } from "vitest";
import { zeroUsage } from "../../src/core/usage.ts";
import { priceUsage } from "../../src/meter/price.ts";
import { loadShipped } from "../../src/models/shipped.ts";
import { priceOf, type StoredPrice } from "../../src/models/stored.ts";

/** Catalogue providers whose prices genai-prices knows, and its name for them. */
const providers = {
  anthropic: "anthropic",
  openai: "openai",
  google: "google",
  openrouter: "openrouter",
  deepseek: "deepseek",
  groq: "groq",
  xai: "x-ai",
  mistral: "mistral",
  moonshotai: "moonshotai",
  "amazon-bedrock": "aws",
};

/** Below and above every tier, at ordinary and at special hours, before and after every dated change. */
const calls = [1_000, 150_000, 200_000, 200_001, 272_000, 300_000, 600_000].flatMap((prompt) =>
  [
    "2026-03-01T12:00:00Z",
    "2026-08-20T02:00:00Z",
    "2026-11-24T07:30:00Z",
    "2026-11-24T20:00:00Z",
    "2027-06-01T00:00:00Z",
  ].map((time) => ({ prompt, at: new Date(time) })),
);

const states = (price: StoredPrice, kind: "cacheRead" | "cacheWrite5m" | "cacheWrite1h") =>
  [price, ...(price.changes ?? [])].every(
    (card) => (card[kind] ?? 0) > (kind === "cacheRead" ? 0 : card.input),
  );

describe("the price of a call", () => {
  it.each(Object.entries(providers))("is what genai-prices makes it: %s", async (provider, genaiId) => {
    const { models } = await loadShipped(provider);
    const off: string[] = [];
    let compared = 0;
    for (const [id, { price }] of Object.entries(models)) {
      if (price?.source !== "genai-prices") continue;
      const ready = priceOf(price);
      for (const { prompt, at } of calls) {
        const share = Math.floor(prompt / 4);
        const usage = {
          ...zeroUsage,
          cacheRead: states(price, "cacheRead") ? share : 0,
          cacheWrite5m: states(price, "cacheWrite5m") ? share : 0,
          cacheWrite1h: states(price, "cacheWrite1h") ? share : 0,
          output: 777,
        };
        usage.input = prompt - usage.cacheRead - usage.cacheWrite5m - usage.cacheWrite1h;
        const theirs = calcPrice(
          {
            input_tokens: prompt,
            cache_read_tokens: usage.cacheRead,
            cache_write_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
            cache_write_1h_tokens: usage.cacheWrite1h,
            output_tokens: usage.output,
          },
          id,
          { providerId: genaiId, timestamp: at },
        );
        if (theirs === null) throw new Error(`genai-prices does not know ${id}`);
        compared += 1;
        const ours = priceUsage(usage, ready, { at: at.getTime() });
        if (Math.abs((ours ?? 0) - theirs.total_price * 1e9) > 1) {
          off.push(
            `${id} ${prompt} ${at.toISOString()}: ${ours} but ${theirs.total_price * 1e9} (${theirs.model.id})`,
          );
        }
      }
    }
    expect(off.slice(0, 20).join("\n")).toBe("");
    expect(compared).toBeGreaterThan(100);
  });
});
