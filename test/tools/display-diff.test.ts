/** The diff people see: right line numbers wherever the change is, and bounded. */
import { applyPatch } from "diff";
import fc from "fast-check";
import { expect, test } from "vitest";
import { displayDiff } from "../../src/tools/edit/display-diff.ts";

const text = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 }), fc.boolean())
  .map(([lines, open]) => lines.join("\n") + (open ? "\n" : ""));

test("applied to the file before, it gives the file after", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after);
      const display = displayDiff("f", before, after);
      if (display.type !== "diff") throw new Error("no diff");
      expect(applyPatch(before, display.patch)).toBe(after);
      expect(display.added + display.removed).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});

test("one change in a large file is found at its line without reading the rest twice", () => {
  const lines = Array.from({ length: 300_000 }, (_, i) => `line ${i + 1}`);
  const before = lines.join("\n");
  lines[199_999] = "changed";
  const started = process.cpuUsage();
  const display = displayDiff("f", before, lines.join("\n"));
  expect(display).toMatchObject({
    added: 1,
    removed: 1,
    patch: expect.stringContaining("@@ -199997,7 +199997,7 @@"),
  });
  // Processor time: the clock would also measure what else the machine does.
  expect(process.cpuUsage(started).user).toBeLessThan(1_500_000);
});

test("a rewrite too large to be read is told in a sentence", () => {
  const before = Array.from({ length: 60_000 }, (_, i) => `${i}\n`).join("");
  expect(displayDiff("f", before, before.replaceAll("1", "x"))).toMatchObject({
    type: "text",
    text: expect.stringMatching(/^f: rewritten, 60,000 lines before, 60,000 lines after/),
  });
});
