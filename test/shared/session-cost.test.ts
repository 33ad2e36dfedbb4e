import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type NanoUsd, type Usage, usd, zeroUsage } from "../../src/core/usage.ts";
import { priceUsage } from "../../src/meter/price.ts";
import { findModel } from "../../src/models/catalogue.ts";
import { loadShipped } from "../../src/models/shipped.ts";

const shared = process.env.TAU_SHARED ?? resolve(import.meta.dirname, "../../../shared");
const folder = resolve(shared, "fixtures/agent-sessions");
const present = existsSync(folder);
if (!present) process.stdout.write(`skipped: no ${folder}\n`);

function read<Shape>(...path: string[]): Shape {
  return JSON.parse(readFileSync(resolve(folder, ...path), "utf8")) as Shape;
}

/** What a call costs by the shipped catalogue. */
async function price(provider: string, model: string, usage: Usage, at: number): Promise<NanoUsd | null> {
  return priceUsage(usage, findModel(await loadShipped(provider), model).price, { at });
}

type PiMessage = {
  role: string;
  provider: string;
  model: string;
  timestamp: number;
  usage?: { input: number; output: number; cacheRead: number; cacheWrite: number; cost: { total: number } };
};

async function pricePi(message: PiMessage): Promise<{ ours: NanoUsd | null; theirs: NanoUsd } | null> {
  if (message.role !== "assistant" || message.usage === undefined) return null;
  const { input, output, cacheRead, cacheWrite, cost } = message.usage;
  const usage = { ...zeroUsage, input, output, cacheRead, cacheWrite5m: cacheWrite };
  const ours = await price(message.provider, message.model, usage, message.timestamp);
  return { ours, theirs: usd(cost.total) };
}

describe.skipIf(!present)("recorded sessions", () => {
  it("of pi price to the cost pi recorded, message by message", async () => {
    const lines = readFileSync(resolve(folder, "pi/large-session.jsonl"), "utf8").split("\n");
    const messages = lines.flatMap((line) => {
      const entry = line === "" ? {} : (JSON.parse(line) as { message?: PiMessage });
      return entry.message === undefined ? [] : [entry.message];
    });
    messages.push(read<PiMessage>("pi/assistant-message-with-thinking-code.json"));
    let priced = 0;
    let total = 0;
    for (const message of messages) {
      const costs = await pricePi(message);
      if (costs === null) continue;
      priced += 1;
      total += costs.ours ?? 0;
      expect(costs.ours, JSON.stringify(message.usage)).toBe(costs.theirs);
    }
    process.stdout.write(`pi: ${priced} assistant messages, $${(total / 1e9).toFixed(6)}\n`);
    expect(priced).toBe(454);
    expect(Math.abs(total / 1e9 - 30.3301977 - 0.07902125)).toBeLessThan(1e-6);
  });

  it("of OpenHands price to the cost LiteLLM recorded, call by call", async () => {
    const calls = ["llm-logs", "nonfncall-llm-logs"].flatMap((sub) =>
      readdirSync(resolve(folder, "openhands", sub)).map((name) =>
        read<OpenHandsLog>("openhands", sub, name),
      ),
    );
    expect(calls).toHaveLength(5);
    for (const { cost, timestamp, response } of calls) {
      const { usage } = response;
      const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
      const model = response.model.replace("litellm_proxy/", "");
      const deepseek = model.startsWith("deepseek");
      // LiteLLM knows no hours: it charged DeepSeek's daytime price at 19:44 UTC, when the night discount ran.
      const at = deepseek ? Date.UTC(2025, 8, 4, 12) : timestamp * 1000;
      const counts = {
        ...zeroUsage,
        input: usage.prompt_tokens - cacheRead,
        cacheRead,
        output: usage.completion_tokens,
      };
      expect(await price(deepseek ? "deepseek" : "anthropic", model, counts, at), model).toBe(usd(cost));
    }
  });
});

type OpenHandsLog = {
  cost: number;
  timestamp: number;
  response: {
    model: string;
    usage: {
      prompt_tokens: number;
      completion_tokens: number;
      prompt_tokens_details?: { cached_tokens?: number };
    };
  };
};
