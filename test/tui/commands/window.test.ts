/** /context: what it tells, and what its list does. */
import { describe, expect, it } from "vitest";
import type { WindowContents, WindowPiece } from "../../../src/agent/window-contents.ts";
import type { EntryId } from "../../../src/core/ids.ts";
import { nanoUsd } from "../../../src/core/usage.ts";
import { consequence, contextText } from "../../../src/tui/commands/window.ts";

const piece = (more: Partial<WindowPiece>): WindowPiece => ({
  piece: { entry: "e" as EntryId },
  name: "read a.ts",
  kind: "result",
  tokens: 1_000,
  freed: 955,
  rewritten: 4_000,
  cost: nanoUsd(14_000_000),
  saved: nanoUsd(2_000_000),
  text: "a",
  evictedBy: null,
  ...more,
});

const contents: WindowContents = {
  tokens: 9_000,
  window: 20_000,
  system: 1_000,
  files: [{ name: "/p/AGENTS.md", parts: 1, tokens: 500 }],
  tools: [
    { name: "bash", parts: 1, tokens: 1_000 },
    { name: "read", parts: 1, tokens: 500 },
  ],
  conversation: [
    { name: "results of read", parts: 3, tokens: 4_000 },
    { name: "answers", parts: 1, tokens: 2_000 },
  ],
  pieces: [],
};

describe("what fills the window", () => {
  it("is told by source, with what /compact would take out of it", () => {
    const previewCompaction = () => ({
      tokensBefore: 9000,
      tokensAfter: 4000,
      window: 20_000,
      dropped: {
        messages: 4,
        tokens: 5500,
        earlierSummary: false,
        tools: [{ name: "read", results: 3, tokens: 4000 }],
        files: [{ name: "a.ts", results: 1, tokens: 1500 }],
      },
      kept: { messages: 0, tokens: 0, from: null, begins: null },
      verbatim: [],
      call: null,
      refused: null,
    });
    expect(contextText(contents, { previewCompaction }).split("\n")).toEqual([
      "9000 of 20000 tokens, estimated where the model has not counted them",
      "system prompt        1000  ▰ 5.0%",
      "/p/AGENTS.md          500  ▰ 2.5%",
      "2 tools              1500  ▰▰ 7.5%",
      "results of read (3)  4000  ▰▰▰▰ 20.0%",
      "answers              2000  ▰▰ 10.0%",
      "free                11000  ▰▰▰▰▰▰▰▰▰▰▰ 55.0%",
      "/compact would free some 5000 tokens; of the 5500 it takes out the most are",
      "  read: 3 results, 4000 tokens",
      "  a.ts: 1 result, 1500 tokens",
    ]);
    expect(contextText(contents, { previewCompaction: () => null }).split("\n")).toHaveLength(7);
  });
});

describe("taking a piece out", () => {
  it.each([
    [
      piece({}),
      "Frees 955 tokens; the 4000 tokens from there on are sent uncached once (some $0.0140 more), which pays after 7 requests.",
    ],
    [
      piece({ cost: null, saved: null }),
      "Frees 955 tokens; the 4000 tokens from there on are sent uncached once.",
    ],
    [
      piece({ evictedBy: "x" as EntryId, freed: 0 }),
      "It is out of the window; ctrl+x puts it back. What stands behind it is then sent uncached once.",
    ],
  ])("says what it frees and costs: %#", (one, words) => {
    expect(consequence(one)).toBe(words);
  });
});
