import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idSource, uuidv7Source } from "../../src/core/ids.ts";

const random = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, index) => index * 37);

describe("uuidv7Source", () => {
  it("writes RFC 9562 version 7 ids that carry the time", () => {
    const id = uuidv7Source(() => 0x0192_0000_0001, random)();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(id.startsWith("01920000-0001-7")).toBe(true);
  });

  it("never goes backwards, whatever the clock does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 2, maxLength: 50 }),
        (times) => {
          let at = 0;
          const next = uuidv7Source(() => times[at++ % times.length] ?? 0, random);
          const ids = times.map(() => next());
          expect(ids.toSorted()).toEqual(ids);
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("stays unique past 4,096 ids in one millisecond", () => {
    const ids = idSource(() => 5, random);
    const made = Array.from({ length: 10_000 }, () => ids.entry());
    expect(new Set(made).size).toBe(made.length);
    expect(made.toSorted()).toEqual(made);
  });
});
