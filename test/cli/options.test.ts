import { describe, expect, it } from "vitest";
import { parseExecOptions } from "../../src/cli/options.ts";

describe("the options of exec", () => {
  it("are read as commander hands them over", () => {
    const raw = {
      model: "a/b",
      maxCost: "0.5",
      maxSteps: "3",
      timeout: "1.5",
      allow: ["bash(ls)"],
      json: true,
    };
    expect(parseExecOptions(raw)).toMatchObject({
      model: "a/b",
      maxCost: 0.5,
      maxSteps: 3,
      timeout: 1.5,
      allow: ["bash(ls)"],
      deny: [],
      json: true,
      continue: false,
      stdin: undefined,
      resume: undefined,
    });
    expect(parseExecOptions({ resume: true }).resume).toBe(true);
    expect(parseExecOptions({ resume: "0f" }).resume).toBe("0f");
    expect(parseExecOptions({ stdin: false }).stdin).toBe(false);
    expect(parseExecOptions({ compat: "claude", maxTurns: "7" }).maxSteps).toBe(7);
  });

  it.each<[object, string]>([
    [{ model: "" }, "--model needs a name, such as openai/gpt-5"],
    [{ effort: "lots" }, "--effort must be one of none, minimal, low, medium, high, xhigh, max"],
    [{ maxCost: "lots" }, "--max-cost must be a number"],
    [{ maxCost: "Infinity" }, "--max-cost must be a number"],
    [{ maxCost: "0" }, "--max-cost must be above zero"],
    [{ maxTokens: "1.5" }, "--max-tokens must be a whole number"],
    [{ maxTokens: "1e300" }, "--max-tokens must be a whole number"],
    [{ maxSteps: "-1" }, "--max-steps must be above zero"],
    [{ networkTimeout: "" }, "--network-timeout must be above zero"],
    // What no timer can hold would end the run at once.
    [{ timeout: "3000000" }, "--timeout must be at most 2147483 (24 days)"],
    [{ maxTurns: "3" }, "--max-turns is another tool's option"],
    [{ compat: "codex", maxTurns: "3", maxSteps: "4" }, "--max-turns and --max-steps are the same limit"],
  ])("%j is refused", (raw, message) => {
    expect(() => parseExecOptions(raw)).toThrow(message);
  });
});
