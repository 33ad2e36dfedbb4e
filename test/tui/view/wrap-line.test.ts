import fc from "fast-check";
import { expect, it } from "vitest";
import { type Line, type Span, wrap } from "../../../src/tui/view/line.ts";
import { wrapLine } from "../../../src/tui/view/wrap-line.ts";

it("breaks a line of many styles where plain text would break, and every piece keeps its style", () => {
  const span: fc.Arbitrary<Span> = fc.record({
    text: fc.stringMatching(/^[ab 漢é]{0,12}$/u),
    tone: fc.constantFrom("good" as const, "bad" as const),
  });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 6 }), fc.integer({ min: 2, max: 20 }), (spans, columns) => {
      const line: Line = spans;
      const text = spans.map((one) => one.text).join("");
      const rows = wrapLine(line, columns);
      expect(rows.map((row) => row.map((one) => one.text).join(""))).toEqual(wrap(text, columns));
      const tonesOf = (from: Line) =>
        from.flatMap((one) => Array.from(one.text.replaceAll(" ", ""), (char) => char + one.tone));
      expect(rows.flatMap(tonesOf)).toEqual(tonesOf(line));
    }),
    { numRuns: 2000 },
  );
});
