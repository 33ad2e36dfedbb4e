import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestNames, slipsBetween } from "../../src/core/likeness.ts";

const names = ["openai", "anthropic", "google", "openrouter", "demo", "model", "mode", "sessions", "src"];

describe("what may have been meant", () => {
  it.each([
    ["nope", []],
    ["opneai", ["openai"]],
    ["antropic", ["anthropic"]],
    ["ANTHROPIC", ["anthropic"]],
    ["modle", ["model", "mode"]],
    ["scr", ["src"]],
    ["sess", ["sessions"]],
    // Too little is typed to guess from, or too much else.
    ["se", []],
    ["x", []],
    ["", []],
    ["sessions-of-yesterday", []],
    ["goggles", ["google"]],
  ])("by %j is %j", (wanted, meant) => {
    expect(nearestNames(wanted, names)).toEqual(meant);
  });

  it("is never more than a slip for every three letters away, unless it begins so", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 9 });
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 6 }), (wanted, others) => {
        for (const name of nearestNames(wanted, others))
          expect(
            name.startsWith(wanted) || slipsBetween(wanted, name) * 3 <= Math.max(wanted.length, name.length),
          ).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("slips between two words", () => {
  it.each([
    ["", "", 0],
    ["abc", "abc", 0],
    ["abc", "acb", 1],
    ["abc", "ab", 1],
    ["abc", "xabc", 1],
    ["abc", "axc", 1],
    ["kitten", "sitting", 3],
    ["nope", "openai", 4],
  ])("%j and %j: %d", (a, b, slips) => {
    expect([slipsBetween(a, b), slipsBetween(b, a)]).toEqual([slips, slips]);
  });
});
