import { expect, it } from "vitest";
import { headOf, tailOf } from "../../src/core/text.ts";

it.each([
  ["abc", 2, "ab", "bc"],
  ["abc", 3, "abc", "abc"],
  ["abc", 9, "abc", "abc"],
  ["a😀b", 2, "a", "b"],
  ["a😀b", 3, "a😀", "😀b"],
  ["😀", 1, "", ""],
  ["abc", 0, "", ""],
])("%j is cut at %i units without half a character", (text, length, head, tail) => {
  expect(headOf(text, length)).toBe(head);
  expect(tailOf(text, length)).toBe(tail);
});
