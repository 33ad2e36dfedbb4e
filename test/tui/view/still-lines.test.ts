import { expect, it } from "vitest";
import { emptyConversation } from "../../../src/tui/state.ts";
import { stillLines } from "../../../src/tui/view/still-lines.ts";

const text = (lines: ReturnType<typeof stillLines>) =>
  lines.map((line) => line.map((span) => span.text).join(""));
const tool = { callId: "c", summary: "npm test", startedAt: 0, tail: "", remainingMs: null, allowedBy: null };

it("nothing moves while a call runs or an answer is thought about: only what begins and ends is told", () => {
  const quiet = { ...emptyConversation, answer: { ...emptyConversation.answer, thinking: 10 } };
  expect(text(stillLines(quiet, 0, 80, 10))).toEqual(["● working"]);
  const running = { ...emptyConversation, tools: [tool] };
  const later = { ...emptyConversation, tools: [{ ...tool, tail: "row\nrow\n", remainingMs: 5_000 }] };
  expect(text(stillLines(running, 0, 80, 10))).toEqual(["● npm test"]);
  expect(stillLines(later, 0, 80, 10)).toEqual(stillLines(running, 0, 80, 10));
  expect(stillLines(running, 0, 80, 0)).toEqual([]);
});

it("a wait tells until when, once", () => {
  const until = new Date(2026, 0, 2, 14, 2).getTime();
  const waiting = { ...emptyConversation, waiting: { text: "overloaded; trying again in", until } };
  expect(text(stillLines(waiting, 0, 80, 10))).toEqual(["! overloaded; trying again at 14:02"]);
});
