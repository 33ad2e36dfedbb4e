import fc from "fast-check";
import { expect, it } from "vitest";
import { type Amounts, addTimes, noAmounts } from "../../src/meter/amounts.ts";
import { type Piece, PromptShares } from "../../src/meter/prompt-shares.ts";

type Doing =
  | { do: "add"; weight: number }
  | { do: "remove"; modulo: number; rest: number }
  | { do: "charge"; input: number; read: number }
  | { do: "sent" };

const doing: fc.Arbitrary<Doing> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("add" as const), weight: fc.integer({ min: 1, max: 500 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("remove" as const),
      modulo: fc.integer({ min: 1, max: 4 }),
      rest: fc.nat(3),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("charge" as const), input: fc.nat(900), read: fc.nat(900) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sent" as const) }) },
);

/** A dollar a token not read, a tenth for one that was. */
const bill = (input: number, read: number): { fresh: Amounts; read: Amounts } => ({
  fresh: { ...noAmounts(), input, cost: input },
  read: { ...noAmounts(), cacheRead: read, cost: read / 10 },
});

it("charges each piece what charging every piece at every step would, without doing so", () => {
  fc.assert(
    fc.property(fc.array(doing, { maxLength: 40 }), (doings) => {
      const paid = new Map<number, Amounts>();
      const pay = (payer: number, amounts: Amounts, factor: number): void => {
        const sum = paid.get(payer) ?? noAmounts();
        addTimes(sum, amounts, factor);
        paid.set(payer, sum);
      };
      const shares = new PromptShares<number, Piece<number>>(pay);
      // The plain way: a list, walked at each charge.
      let pieces: { id: number; weight: number; old: boolean }[] = [];
      const owed = new Map<number, { input: number; cacheRead: number }>();
      let [ids, charged] = [0, 0];
      for (const next of doings) {
        switch (next.do) {
          case "add":
            shares.add({ payer: ids, weight: next.weight });
            pieces.push({ id: ids++, weight: next.weight, old: false });
            break;
          case "remove":
            shares.remove(({ payer }) => payer % next.modulo === next.rest);
            pieces = pieces.filter(({ id }) => id % next.modulo !== next.rest);
            break;
          case "sent":
            shares.sent();
            for (const piece of pieces) piece.old = true;
            break;
          case "charge": {
            if (!shares.charge(bill(next.input, next.read))) {
              expect(pieces).toEqual([]);
              break;
            }
            charged += next.input + next.read / 10;
            const sizeOf = (old: boolean) =>
              pieces.reduce((sum, piece) => sum + (piece.old === old ? piece.weight : 0), 0);
            const [fresh, old] = [sizeOf(false), sizeOf(true)];
            const freshTokens = ((next.input + next.read) * fresh) / (fresh + old);
            const freshInput = Math.min(freshTokens, next.input);
            for (const piece of pieces) {
              const part = piece.weight / (piece.old ? old : fresh);
              const sum = owed.get(piece.id) ?? { input: 0, cacheRead: 0 };
              sum.input += part * (piece.old ? next.input - freshInput : freshInput);
              sum.cacheRead +=
                part * (piece.old ? next.read - (freshTokens - freshInput) : freshTokens - freshInput);
              owed.set(piece.id, sum);
              piece.old = true;
            }
          }
        }
      }
      shares.settle();
      for (const [id, { input, cacheRead }] of owed) {
        expect(paid.get(id)?.input ?? 0).toBeCloseTo(input, 6);
        expect(paid.get(id)?.cacheRead ?? 0).toBeCloseTo(cacheRead, 6);
      }
      expect([...paid.values()].reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(charged, 5);
    }),
    { numRuns: 1_000 },
  );
});
