import { describe, expect, it } from "vitest";
import { parseExecOptions } from "../../src/cli/options.ts";

describe("options with a time", () => {
  it("refuse what no timer can hold, instead of ending the run at once", () => {
    expect(() => parseExecOptions({ timeout: "3000000" })).toThrow(/at most 2147483/);
  });
});
