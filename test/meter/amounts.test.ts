import fc from "fast-check";
import { expect, it } from "vitest";
import { noAmounts, wholeShares } from "../../src/meter/amounts.ts";

const shares = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 30 });
const total = fc.oneof(fc.nat(50), fc.maxSafeNat());

it("shares made whole sum to exactly the total, each within one of its part", () => {
  fc.assert(
    fc.property(shares, total, (parts, whole) => {
      const amounts = parts.map((cost) => ({ ...noAmounts(), cost }));
      const given = wholeShares(amounts, { ...noAmounts(), cost: whole }).map(({ cost }) => Number(cost));
      expect(given.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(whole));
      const sum = parts.reduce((all, part) => all + part, 0);
      for (const [index, part] of given.entries()) {
        expect(Number.isSafeInteger(part) && part >= 0).toBe(true);
        if (sum > 0 && whole < 1e9)
          expect(Math.abs(part - ((parts[index] ?? 0) / sum) * whole)).toBeLessThan(1 + 1e-6);
      }
    }),
    { numRuns: 2_000 },
  );
});
