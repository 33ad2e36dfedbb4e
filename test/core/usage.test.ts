import { describe, expect, it } from "vitest";
import { addUsage, formatUsd, nanoUsd, promptTokens, totalTokens, usd } from "../../src/core/usage.ts";

const usage = { input: 1, cacheRead: 10, cacheWrite5m: 100, cacheWrite1h: 1000, output: 50, reasoning: 20 };

describe("usage", () => {
  it("counts are disjoint: a prompt is their sum, and reasoning is inside output", () => {
    expect(promptTokens(usage)).toBe(1111);
    expect(totalTokens(usage)).toBe(1161);
    expect(totalTokens(addUsage(usage, usage))).toBe(2322);
  });

  it("an unknown price reads as unpriced, never as nothing", () => {
    expect(formatUsd(null)).toBe("unpriced");
    expect(formatUsd(nanoUsd(0))).toBe("$0.0000");
    expect(formatUsd(usd(0.01234))).toBe("$0.0123");
    expect(formatUsd(usd(12.345))).toBe("$12.35");
  });
});
