import { describe, expect, it } from "vitest";
import { countOf } from "../../src/wire/json.ts";

describe("token counts from outside", () => {
  it("are whole, exact and never negative, whatever was sent", () => {
    expect([12.5, 1e300, -1, Number.NaN, 7].map(countOf)).toEqual([13, 0, 0, 0, 7]);
  });
});
