import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import { usd } from "../../../src/core/usage.ts";
import { decode, delta, done, finish, sse } from "./chunks.ts";

describe("usage", () => {
  const zero = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };
  test.each<[string, string, { [key: string]: Json }, unknown]>([
    [
      "cached tokens are part of the prompt",
      "openai",
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { usage: { ...zero, input: 6, cacheRead: 4, output: 5, reasoning: 3 } },
    ],
    [
      "DeepSeek's names",
      "deepseek",
      { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 },
      { usage: { ...zero, input: 6, cacheRead: 4, output: 5 } },
    ],
    [
      "cache writes, and OpenRouter's cost",
      "openrouter",
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        cost: 0.001,
        prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 7 },
      },
      { usage: { ...zero, input: 2, cacheRead: 1, cacheWrite5m: 7, output: 5 }, cost: usd(0.001) },
    ],
    [
      "writes by lifetime",
      "host",
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        cache_creation_input_tokens: 7,
        cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
      },
      { usage: { ...zero, input: 3, cacheWrite5m: 3, cacheWrite1h: 4, output: 5 } },
    ],
    [
      "a key of one's own at OpenRouter pays both",
      "openrouter",
      {
        prompt_tokens: 1,
        completion_tokens: 1,
        cost: 0.001,
        is_byok: true,
        cost_details: { upstream_inference_cost: 0.02 },
      },
      { usage: { ...zero, input: 1, output: 1 }, cost: usd(0.021) },
    ],
    [
      "xAI leaves reasoning out of the completion, and bills in ticks",
      "xai",
      {
        prompt_tokens: 401,
        completion_tokens: 44,
        total_tokens: 630,
        cost_in_usd_ticks: 1_489_500,
        prompt_tokens_details: { cached_tokens: 305 },
        completion_tokens_details: { reasoning_tokens: 185 },
      },
      { usage: { ...zero, input: 96, cacheRead: 305, output: 229, reasoning: 185 }, cost: usd(0.00014895) },
    ],
    [
      "Vercel leaves it out without saying so",
      "vercel-ai-gateway",
      {
        prompt_tokens: 19,
        completion_tokens: 93,
        total_tokens: 112,
        completion_tokens_details: { reasoning_tokens: 64 },
      },
      { usage: { ...zero, input: 19, output: 157, reasoning: 64 } },
    ],
    [
      "reasoning above the completion is counted within it elsewhere",
      "openrouter",
      {
        prompt_tokens: 43,
        completion_tokens: 10,
        total_tokens: 53,
        completion_tokens_details: { reasoning_tokens: 11 },
      },
      { usage: { ...zero, input: 43, output: 10, reasoning: 10 } },
    ],
    [
      "Grok on Azure counts cached tokens beside the prompt",
      "azure",
      {
        prompt_tokens: 23,
        completion_tokens: 110,
        total_tokens: 133,
        prompt_tokens_details: { cached_tokens: 158 },
        cost_in_usd_ticks: 0,
      },
      { usage: { ...zero, input: 23, cacheRead: 158, output: 110 } },
    ],
    [
      "voxtral counts audio beside the prompt",
      "mistral",
      {
        prompt_tokens: 11,
        completion_tokens: 15,
        total_tokens: 401,
        prompt_tokens_details: { audio_tokens: 375, cached_tokens: 9 },
      },
      { usage: { ...zero, input: 377, cacheRead: 9, output: 15 } },
    ],
  ])("%s", (_title, provider, usage, expected) => {
    const last = decode(
      sse(delta({ content: "a" }), finish("stop"), { choices: [], usage }) + done,
      provider,
    );
    expect(last.findLast((event) => event.type === "usage")).toEqual({
      type: "usage",
      ...(expected as object),
    });
  });

  const counts = { prompt_tokens: 2, completion_tokens: 1 };
  test.each<[string, Json[], number]>([
    [
      "in the last chunk, without choices",
      [delta({ content: "a" }), finish("stop"), { choices: [], usage: counts }],
      1,
    ],
    ["with the finish reason", [{ ...(finish("stop") as object), usage: counts }], 1],
    [
      "in every chunk, of which the last counts",
      [
        { choices: [], usage: { ...counts, completion_tokens: 0 } },
        { choices: [], usage: counts },
        { choices: [], usage: counts },
        finish("stop"),
      ],
      2,
    ],
    ["in x_groq", [{ ...(finish("stop") as object), x_groq: { id: "q", usage: counts } }], 1],
    ["in the choice", [finish("stop", { usage: counts })], 1],
    [
      "null in between",
      [
        { ...(delta({ content: "a" }) as object), usage: null },
        finish("stop"),
        { choices: [], usage: counts },
      ],
      1,
    ],
  ])("%s", (_title, chunks, times) => {
    const told = decode(sse(...chunks) + done).filter((event) => event.type === "usage");
    expect(told).toHaveLength(times);
    expect(told.at(-1)?.usage).toEqual({ ...zero, input: 2, output: 1 });
  });
});
