import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { footerItems } from "../../src/config/footer.ts";
import { nanoUsd } from "../../src/core/usage.ts";
import { emptyConversation } from "../../src/tui/state.ts";
import { type FooterFacts, footerLine } from "../../src/tui/view/footer-line.ts";
import { widthOfLine } from "../../src/tui/view/line.ts";

const facts: FooterFacts = {
  items: footerItems,
  model: "maker/model",
  effort: "high",
  mode: "ask",
  cwd: "/home/dev/project",
  branch: "main",
  budgetLeft: nanoUsd(1_500_000_000),
};
const state = {
  ...emptyConversation,
  context: { tokens: 80_000, window: 100_000, breakdown: null },
  cost: nanoUsd(2_000_000_000),
  turnCost: nanoUsd(250_000_000),
};
const textOf = (columns: number, more: Partial<FooterFacts> = {}): string =>
  footerLine(state, { ...facts, ...more }, columns)
    .map(({ text }) => text)
    .join("");

describe("the footer", () => {
  it("tells every fact there is room for, in the order that is set", () => {
    expect(textOf(200)).toBe(
      "maker/model · high · ask · main · context ▰▰▰▰▱ 80% · 0 in, 0 out · turn $0.2500, $2.00 · $1.50 left · /home/dev/project",
    );
    expect(textOf(200, { items: ["cost", "model"] })).toBe("turn $0.2500, $2.00 · maker/model");
    expect(textOf(200, { effort: null, branch: null, budgetLeft: null })).not.toMatch(/high|main|left|· ·/);
  });

  it("says facts shorter and leaves the least needed out where there is little room", () => {
    expect(textOf(60)).toBe("model · high · ask · 80% · 0 in, 0 out · $2.00 · $1.50 left");
    expect(textOf(14)).toBe("80% · $2.00");
  });

  it("never is wider than the terminal", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...footerItems]),
        fc.integer({ min: 1, max: 150 }),
        (items, columns) => {
          expect(widthOfLine(footerLine(state, { ...facts, items }, columns))).toBeLessThanOrEqual(columns);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("warns when the window is nearly full", () => {
    const bar = footerLine(state, facts, 200).find(({ text }) => text.includes("▰"));
    expect(bar?.tone).toBe("warning");
  });

  it("shows a folder whose name holds an escape sequence or a line break as one harmless row", () => {
    const cwd = "/tmp/a\u001b]0;owned\u0007\u001b[2Jb\nc";
    expect(textOf(200, { cwd })).toMatch(/\/tmp\/ab c$/);
  });
});
