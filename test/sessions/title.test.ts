import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { titleColumns, titleOf } from "../../src/sessions/title.ts";

describe("a title", () => {
  it.each([
    ["Fix the flaky test. It fails on CI.", "Fix the flaky test"],
    ["\n\n  Why is src/a.ts slow?\nDetails follow", "Why is src/a.ts slow?"],
    ["Update node to v20.19 please", "Update node to v20.19 please"],
    ["# Task\n\nRename `foo` to **bar**", "Task"],
    ["- [ ] tidy up", "[ ] tidy up"],
    ["```\nconst x = 1;\n```", "const x = 1"],
    ["1. Do this first. Then that.", "Do this first"],
    ["\u001b[31mred\u001b[0m alert\u0007", "red alert"],
    ["修复测试。然后停止。", "修复测试"],
    ["Hi. Could you look at this?", "Hi. Could you look at this?"],
    ["!!! ... ---", null],
    ["", null],
    [
      "Please look through the whole repository and find every place where we swallow errors",
      "Please look through the whole repository and find every…",
    ],
    ["x".repeat(100), `${"x".repeat(59)}…`],
    ["测".repeat(40), `${"测".repeat(29)}…`],
  ])("of %j is %j", (prompt, title) => {
    expect(titleOf(prompt)).toBe(title);
  });

  it("is one clean line within its width, whatever was asked", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (prompt) => {
        const title = titleOf(prompt);
        if (title === null) return;
        expect(title.length).toBeGreaterThan(0);
        expect(title).not.toMatch(/[\p{Cc}\n]/u);
        expect([...title].filter((char) => !/\p{M}|\u200d/u.test(char)).length).toBeLessThanOrEqual(
          titleColumns,
        );
      }),
      { numRuns: 1000 },
    );
  });
});
