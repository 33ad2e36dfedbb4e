import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { preflight, promptOf } from "../../src/meter/preflight.ts";

const parts = (history: number) => ({ system: 1_000, tools: 2_000, files: 500, history, reserve: 0 });
const limits = { contextWindow: 200_000, maxInput: null, maxOutput: 64_000 };
const wanted = { outputTokens: 32_000, leastOutputTokens: 4_000, margin: 1_000 };

describe("preflight", () => {
  it("lets a small request through with the output it asked for", () => {
    expect(preflight(parts(10_000), limits, wanted)).toEqual({
      fits: true,
      maxOutputTokens: 32_000,
      overBy: 0,
      promptTokens: 13_500,
      promptLimit: 195_000,
      breakdown: { ...parts(10_000), reserve: 33_000 },
    });
  });

  it("caps the output at the model's own limit", () => {
    expect(preflight(parts(0), limits, { ...wanted, outputTokens: 500_000 }).maxOutputTokens).toBe(64_000);
  });

  it("lowers the output before it refuses, and says by how much it is over", () => {
    expect(preflight(parts(180_000), limits, wanted)).toMatchObject({ fits: true, maxOutputTokens: 15_500 });
    expect(preflight(parts(191_500), limits, wanted)).toMatchObject({
      fits: true,
      maxOutputTokens: 4_000,
      overBy: 0,
    });
    expect(preflight(parts(191_501), limits, wanted)).toMatchObject({
      fits: false,
      maxOutputTokens: 0,
      overBy: 1,
    });
  });

  it("holds the prompt against its own limit where the model has one", () => {
    const gpt = { contextWindow: 400_000, maxInput: 272_000, maxOutput: 128_000 };
    expect(preflight(parts(267_500), gpt, wanted)).toMatchObject({ fits: true, promptLimit: 271_000 });
    expect(preflight(parts(267_501), gpt, wanted)).toMatchObject({ fits: false, overBy: 1 });
  });

  it("never lets prompt, margin and answer pass the window, and fits once `overBy` tokens are gone", () => {
    const size = fc.integer({ min: 0, max: 300_000 });
    fc.assert(
      fc.property(
        fc.record({ system: size, tools: size, files: size, history: size, reserve: size }),
        fc.record({
          contextWindow: fc.integer({ min: 1, max: 400_000 }),
          maxInput: fc.option(fc.integer({ min: 1, max: 400_000 }), { nil: null }),
          maxOutput: fc.integer({ min: 1, max: 128_000 }),
        }),
        fc.record({
          outputTokens: size,
          leastOutputTokens: fc.integer({ min: 1, max: 8_000 }),
          margin: fc.nat(5_000),
        }),
        (breakdown, limits, wanted) => {
          const verdict = preflight(breakdown, limits, wanted);
          expect(verdict.fits).toBe(verdict.overBy === 0);
          expect(verdict.fits).toBe(verdict.maxOutputTokens > 0);
          if (verdict.fits) {
            expect(promptOf(breakdown) + wanted.margin + verdict.maxOutputTokens).toBeLessThanOrEqual(
              limits.contextWindow,
            );
            expect(verdict.maxOutputTokens).toBeGreaterThanOrEqual(
              Math.min(wanted.leastOutputTokens, Math.max(1, wanted.outputTokens), limits.maxOutput),
            );
            if (limits.maxInput !== null) expect(promptOf(breakdown)).toBeLessThanOrEqual(limits.maxInput);
          } else if (verdict.promptLimit > 0) {
            const less = {
              system: 0,
              tools: 0,
              files: 0,
              history: promptOf(breakdown) - verdict.overBy,
              reserve: 0,
            };
            expect(preflight(less, limits, wanted).fits).toBe(true);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
