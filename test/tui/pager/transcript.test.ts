import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DurableEvent, Entry } from "../../../src/core/event.ts";
import { transcriptLines } from "../../../src/tui/pager/transcript.ts";
import { widthOfLine } from "../../../src/tui/view/line.ts";
import { arbitrarySession } from "../../support/arbitrary-session.ts";
import {
  answer,
  asRead,
  call,
  chained,
  compaction,
  finished,
  sessionId,
  text,
  user,
} from "../../support/entries.ts";

const shown = (event: DurableEvent, columns = 60): string =>
  chained([event])
    .flatMap((entry) => transcriptLines(asRead(sessionId(1), entry) satisfies Entry, columns))
    .map((line) => line.map((span) => span.text).join(""))
    .join("\n");

describe("the transcript", () => {
  it.each<[string, DurableEvent, string]>([
    ["what the person said", user("fix it"), "› fix it"],
    [
      "thoughts, whole",
      answer([{ type: "reasoning", text: "first this\nthen that" }]),
      "∴ first this\n  then that",
    ],
    [
      "calls with their input",
      answer([call("c1", "bash", { command: "ls -la" })]),
      '● bash {"command":"ls -la"}',
    ],
    [
      "results that have nothing to display",
      { ...finished("c1"), display: [], output: [{ type: "text", text: "one\ntwo" }] },
      "  one\n  two",
    ],
    [
      "all of a command's output",
      {
        ...finished("c1"),
        display: [
          {
            type: "terminal",
            command: "seq",
            output: Array.from({ length: 40 }, (_, n) => n).join("\n"),
            exitCode: 0,
            durationMs: 1,
          },
        ],
      },
      Array.from({ length: 40 }, (_, n) => `  ${n}`).join("\n"),
    ],
    [
      "a summary that stands for what was before",
      { ...compaction(), summary: "We began." },
      "summary of the conversation so far:\n  We began.",
    ],
    ["what cannot be seen, made visible or taken out", answer([text("a\u001b[2Jb\u202ec")]), "abc"],
  ])("shows %s", (_, event, expected) => {
    expect(shown(event)).toContain(expected);
  });

  it("keeps every line of any session to the width", () => {
    fc.assert(
      fc.property(arbitrarySession, fc.integer({ min: 12, max: 120 }), (entries, columns) => {
        for (const entry of entries)
          for (const line of transcriptLines(asRead(sessionId(1), entry), columns))
            expect(
              line.some(({ text: part }) => part.includes("\n")) ? Number.NaN : widthOfLine(line),
            ).toBeLessThanOrEqual(Math.max(columns, 40));
      }),
      { numRuns: 300 },
    );
  });
});
