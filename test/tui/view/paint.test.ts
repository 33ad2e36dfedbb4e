import { describe, expect, it } from "vitest";
import type { Line } from "../../../src/tui/view/line.ts";
import { paint } from "../../../src/tui/view/paint.ts";

const palette = { code: { begin: "\x1b[36m", end: "\x1b[39m" } };

describe("a painted line", () => {
  it.each<[string, Line, string]>([
    [
      "has one code for neighbours of one style",
      [
        { text: "some", bold: true },
        { text: "th", bold: true },
        { text: "ing", bold: true },
      ],
      "\x1b[1msomething\x1b[22m",
    ],
    [
      "keeps styles apart that differ in one thing",
      [
        { text: "a", bold: true },
        { text: "b", bold: true, tone: "code" },
        { text: "c", tone: "code" },
        { text: "d" },
      ],
      "\x1b[1ma\x1b[22m\x1b[1m\x1b[36mb\x1b[39m\x1b[22m\x1b[36mc\x1b[39md",
    ],
    [
      "keeps links apart that lead elsewhere",
      [
        { text: "a", href: "https://a.example" },
        { text: "b", href: "https://b.example" },
      ],
      "\x1b]8;;https://a.example\x1b\\a\x1b]8;;\x1b\\\x1b]8;;https://b.example\x1b\\b\x1b]8;;\x1b\\",
    ],
  ])("%s", (_name, line, painted) => {
    expect(paint(line, palette)).toBe(painted);
  });
});
