import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NanoUsd, promptTokens, type Usage, zeroUsage } from "../../src/core/usage.ts";
import { affordableOutput, priceUsage, worstCase } from "../../src/meter/price.ts";
import type { ModelPrice, RateCard, Rates } from "../../src/models/model-info.ts";
import { rateCardOf, type UsdCard } from "../../src/models/rates.ts";

const flat = (card: UsdCard): ModelPrice => ({ ...rateCardOf(card), changes: [], serviceTiers: {} });
const usage = (counts: Partial<Usage>): Usage => ({ ...zeroUsage, ...counts });
const noon = Date.UTC(2026, 10, 24, 12);

const opus = flat({ input: 5, output: 25, cacheRead: 0.5, cacheWrite5m: 6.25, cacheWrite1h: 10 });
const pro = flat({
  input: 1.25,
  output: 10,
  cacheRead: 0.125,
  tiers: [{ above: 200_000, input: 2.5, output: 15, cacheRead: 0.25 }],
});

describe("price of a call", () => {
  const table: [string, Partial<Usage>, ModelPrice, number][] = [
    ["plain input and output", { input: 1_000, output: 100 }, opus, 7_500_000],
    [
      "each cache rate by its own price",
      { cacheRead: 10, cacheWrite5m: 10, cacheWrite1h: 10 },
      opus,
      167_500,
    ],
    ["reasoning is part of the output, not charged again", { output: 10, reasoning: 9 }, opus, 250_000],
    ["at the threshold the base tier holds", { input: 200_000, output: 1 }, pro, 250_010_000],
    ["one token above it the whole call is dearer", { input: 200_001, output: 1 }, pro, 500_017_500],
    ["cached tokens count towards the tier", { input: 1, cacheRead: 200_000 }, pro, 50_002_500],
    [
      "fractions of a nano-dollar round to the nearest",
      { cacheRead: 1 },
      flat({ input: 1, output: 1, cacheRead: 0.0028 }),
      3,
    ],
    [
      "no discount stated: cache reads cost plain input",
      { cacheRead: 7 },
      flat({ input: 3, output: 9 }),
      21_000,
    ],
  ];
  it.each(table)("%s", (_, counts, price, nano) => {
    expect(priceUsage(usage(counts), price, { at: noon })).toBe(nano);
  });

  it("is null, not zero, without a price or for a service tier nobody published", () => {
    expect(priceUsage(usage({ input: 5 }), null, { at: noon })).toBeNull();
    expect(priceUsage(usage({ input: 5 }), opus, { at: noon, serviceTier: "priority" })).toBeNull();
    expect(worstCase({ at: noon, promptTokens: 5, maxOutputTokens: 5, cacheTtl: null }, null)).toBeNull();
  });

  it("charges a published service tier by its own card", () => {
    const price: ModelPrice = { ...opus, serviceTiers: { fast: rateCardOf({ input: 30, output: 150 }) } };
    expect(priceUsage(usage({ input: 1, output: 1 }), price, { at: noon, serviceTier: "fast" })).toBe(
      180_000,
    );
  });

  it("follows dated prices and hours of the day, the last one that holds", () => {
    const price: ModelPrice = {
      ...flat({ input: 1, output: 1 }),
      changes: [
        { when: { from: "2026-08-17" }, ...rateCardOf({ input: 2, output: 2 }) },
        { when: { daily: { start: 3600, end: 7200 } }, ...rateCardOf({ input: 4, output: 4 }) },
        { when: { daily: { start: 82_800, end: 1_800 } }, ...rateCardOf({ input: 8, output: 8 }) },
      ],
    };
    const at = (...time: [number, number, number, number?, number?]) =>
      priceUsage(usage({ input: 1 }), price, { at: Date.UTC(...time) });
    expect(at(2026, 7, 16, 12)).toBe(1000);
    expect(at(2026, 7, 17, 0, 30)).toBe(2000);
    expect(at(2026, 7, 17, 1)).toBe(4000);
    expect(at(2026, 7, 17, 2)).toBe(2000);
    expect(at(2026, 7, 17, 23, 59)).toBe(8000);
    expect(at(2026, 7, 17, 0, 29)).toBe(8000);
  });

  it("stays exact where floating point would not: two million tokens at $600 and an odd one", () => {
    const price = flat({ input: 600, output: 1, cacheRead: 0.000001 });
    expect(priceUsage(usage({ input: 14_999_999_999, cacheRead: 1 }), price, { at: noon })).toBe(
      8_999_999_999_400_000,
    );
  });
});

describe("worst case of a call", () => {
  const rate = fc.integer({ min: 0, max: 1_000_000_000 });
  const rates: fc.Arbitrary<Rates> = fc.record({
    input: rate,
    output: rate,
    cacheRead: rate,
    cacheWrite5m: rate,
    cacheWrite1h: rate,
  });
  const card: fc.Arbitrary<RateCard> = fc.record({
    rates,
    tiers: fc
      .uniqueArray(fc.record({ above: fc.integer({ min: 0, max: 400_000 }), rates }), {
        maxLength: 3,
        selector: (tier) => tier.above,
      })
      .map((tiers) => tiers.sort((a, b) => a.above - b.above)),
  });
  const second = fc.integer({ min: 0, max: 86_399 });
  const when = fc.oneof(
    fc.record({
      from: fc.constantFrom("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2027-01-01"),
    }),
    fc.record({ daily: fc.record({ start: second, end: second }) }),
  );
  const price: fc.Arbitrary<ModelPrice> = fc
    .record({
      card,
      changes: fc.array(fc.tuple(when, card), { maxLength: 4 }),
      batch: fc.option(card, { nil: undefined }),
    })
    .map(({ card, changes, batch }) => ({
      ...card,
      changes: changes.map(([when, changed]) => ({ when, ...changed })),
      serviceTiers: batch === undefined ? {} : { batch },
    }));
  const count = fc.integer({ min: 0, max: 250_000 });
  const counts = fc.record({
    input: count,
    cacheRead: count,
    cacheWrite5m: count,
    cacheWrite1h: count,
    output: count,
  });

  it("is never below what the call then costs, whenever within a day it is billed", () => {
    fc.assert(
      fc.property(
        price,
        counts,
        fc.integer({ min: 0, max: 50_000 }),
        fc.integer({ min: 0, max: 86_399_999 }),
        fc.constantFrom("5m" as const, "1h" as const, null),
        fc.constantFrom(undefined, "batch" as const),
        (price, counts, slack, later, cacheTtl, serviceTier) => {
          const spent = usage({ ...counts, cacheWrite1h: cacheTtl === "1h" ? counts.cacheWrite1h : 0 });
          const cost = priceUsage(spent, price, { at: noon + later, serviceTier });
          const bound = worstCase(
            {
              at: noon,
              promptTokens: promptTokens(spent) + slack,
              maxOutputTokens: spent.output + slack,
              cacheTtl,
              serviceTier,
            },
            price,
          );
          expect(cost === null).toBe(bound === null);
          if (cost !== null && bound !== null) expect(bound).toBeGreaterThanOrEqual(cost);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("is tight: it is the price itself when nothing is uncertain", () => {
    const wanted = { at: noon, promptTokens: 1_000, maxOutputTokens: 200, cacheTtl: null };
    expect(worstCase(wanted, flat({ input: 2, output: 8 }))).toBe(3_600_000);
    expect(worstCase({ ...wanted, cacheTtl: "5m" }, opus)).toBe(1_000 * 6_250 + 200 * 25_000);
    expect(worstCase({ ...wanted, cacheTtl: "1h" }, opus)).toBe(1_000 * 10_000 + 200 * 25_000);
    expect(worstCase({ ...wanted, promptTokens: 200_000 }, pro)).toBe(200_000 * 1_250 + 200 * 10_000);
  });

  it("lowers the output to exactly what a budget allows", () => {
    fc.assert(
      fc.property(
        price,
        count,
        fc.integer({ min: 1, max: 128_000 }),
        fc.nat(2_000_000_000),
        (price, prompt, output, budget) => {
          const wanted = { at: noon, promptTokens: prompt, maxOutputTokens: output, cacheTtl: "5m" as const };
          const tokens = affordableOutput(wanted, price, budget as NanoUsd) ?? -1;
          expect(tokens).toBeGreaterThanOrEqual(0);
          expect(tokens).toBeLessThanOrEqual(output);
          const cost = (maxOutputTokens: number) => worstCase({ ...wanted, maxOutputTokens }, price) ?? -1;
          if (tokens > 0) expect(cost(tokens)).toBeLessThanOrEqual(budget);
          if (tokens < output) expect(cost(tokens + 1)).toBeGreaterThan(budget);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
