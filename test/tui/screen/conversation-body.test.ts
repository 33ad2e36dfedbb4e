import fc from "fast-check";
import { expect, it } from "vitest";
import { ConversationBody } from "../../../src/tui/screen/conversation-body.ts";
import { plain } from "../../../src/tui/view/line.ts";

const line = (n: number) => plain(`line ${n}`);
const texts = (rows: readonly (readonly { text: string }[])[]): string[] =>
  rows.map((row) => row.map(({ text }) => text).join(""));

it("shows the end until it is turned back, then what is read stays where it is, whatever comes and whatever goes", () => {
  const op = fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 500 }) }),
    fc.record({ turn: fc.constantFrom<-1 | 1>(-1, 1) }),
  );
  fc.assert(
    fc.property(fc.array(op, { maxLength: 12 }), fc.integer({ min: 3, max: 30 }), (ops, height) => {
      const body = new ConversationBody();
      let count = 0;
      /** The first line in the window; null: it shows the end. */
      let top: number | null = null;
      for (const step of ops) {
        body.rows(40, height);
        const last = Math.max(0, count - height);
        if ("add" in step) {
          body.add(Array.from({ length: step.add }, (_, n) => line(count + n)));
          count += step.add;
        } else {
          body.turn(step.turn);
          const to: number = Math.max(0, (top ?? last) + step.turn * (height - 2));
          top = to >= last ? null : to;
        }
        const first = top ?? Math.max(0, count - height);
        const wanted = Array.from({ length: Math.min(height, count - first) }, (_, n) => `line ${first + n}`);
        const shown = texts(body.rows(40, height));
        expect(shown).toEqual(top === null ? wanted : [...wanted.slice(0, -1), "↓ more below: pagedown"]);
      }
    }),
    { numRuns: 1000 },
  );
});

it("keeps the last 20,000 lines, wraps them where it became narrower, and prints them all in the end", () => {
  const body = new ConversationBody();
  for (let n = 0; n < 21_000; n += 100) body.add(Array.from({ length: 100 }, (_, at) => line(n + at)));
  const all = texts(body.all(40));
  expect(all).toHaveLength(20_000);
  expect(all.at(-1)).toBe("line 20999");
  body.rows(40, 5);
  for (let pages = 0; pages < 8_000; pages += 1) body.turn(-1);
  expect(texts(body.rows(40, 5))[0]).toBe("line 1000");
  body.add([plain("a line that is too wide for it")]);
  expect(texts(body.all(10)).slice(-3)).toEqual(["that is", "too wide", "for it"]);
});
