/** Pieces a person took out of the window: what the fold makes of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DurableEvent, Entry } from "../../src/core/event.ts";
import { foldPath } from "../../src/sessions/fold.ts";
import { pieceKey } from "../../src/sessions/provenance.ts";
import { arbitrarySession } from "../support/arbitrary-session.ts";
import {
  answer,
  asRead,
  call,
  chained,
  compaction,
  entryId,
  finished,
  sessionId,
  started,
  text,
} from "../support/entries.ts";
import { pathOf } from "../support/tree.ts";

const session = sessionId(1);
const entriesOf = (...events: DurableEvent[]): Entry[] =>
  chained(events).map((entry) => asRead(session, entry));
const evict = (...evicted: { entry: Entry["id"]; part?: number }[]): DurableEvent =>
  compaction({ method: "evict", trigger: "manual", summary: null, model: null, evicted });
const undone = (seq: number): DurableEvent => ({
  type: "compaction.undone",
  compactions: [entryId(seq)],
  tokensBefore: 1,
  tokensAfter: 2,
});

const long = "x".repeat(5_000);
const talked: DurableEvent[] = [
  {
    type: "user.message",
    origin: "prompt",
    parts: [text("look at @a.ts"), text(`<file>${long}</file>`)],
    attached: [{ kind: "file", label: "@a.ts", part: 1 }],
  },
  answer([text("I look."), call("c1"), call("c2")]),
  started("c1"),
  finished("c1", `first ${long}`),
  started("c2"),
  finished("c2", `second ${long}`, "error"),
  answer([text("done")]),
];
const [said, firstResult, secondResult] = [entryId(3), entryId(12), entryId(18)];

describe("evicting", () => {
  it("leaves a word in place of a result, which stays paired and an error", () => {
    const fold = foldPath(entriesOf(...talked, evict({ entry: firstResult }, { entry: secondResult })));
    const [, , results] = fold.messages();
    expect(results?.parts).toEqual([
      {
        type: "tool_result",
        callId: "c1",
        content: [
          { type: "text", text: expect.stringMatching(/took this out.*5006 characters\. Run the call/) },
        ],
      },
      {
        type: "tool_result",
        callId: "c2",
        isError: true,
        content: [{ type: "text", text: expect.stringContaining("5007 characters") }],
      },
    ]);
    expect(fold.dropped.evicted).toEqual(new Set([firstResult, secondResult]));
  });

  it("names recall where the model has it", () => {
    const segment: DurableEvent = {
      type: "segment.started",
      system: "s",
      tools: ["read", "recall"],
      prefixHash: "h",
      files: [],
    };
    const fold = foldPath(entriesOf(...talked, segment, evict({ entry: firstResult })));
    expect(JSON.stringify(fold.messages())).toContain("Recall with from 12 and to 12 reads it again");
  });

  it("takes one part of a message out, and no other", () => {
    const fold = foldPath(entriesOf(...talked, evict({ entry: said, part: 1 })));
    expect(fold.messages()[0]?.parts).toEqual([
      text("look at @a.ts"),
      text(
        expect.stringMatching(/^\[The user took this out.*5013 characters\. Ask for it if you need it\.\]$/),
      ),
    ]);
  });

  it("tells of each piece what it is and by what it went; nothing goes twice", () => {
    const events = [...talked, evict({ entry: firstResult }), evict({ entry: firstResult })];
    const fold = foldPath(entriesOf(...events));
    const results = fold.placed().filter(({ part }) => part.type === "tool_result");
    expect(results).toMatchObject([
      { piece: { entry: firstResult }, evictedBy: entryId(24), call: { id: "c1" } },
      { piece: { entry: secondResult }, evictedBy: null },
    ]);
    expect(fold.placed()[1]).toMatchObject({
      attached: { label: "@a.ts" },
      origin: "prompt",
      evictedBy: null,
    });
    expect(JSON.stringify(results)).toContain("5006 characters");
  });

  it("is undone piece by piece; that says nothing of compactions to come", () => {
    const events = [...talked, evict({ entry: firstResult }), evict({ entry: secondResult }), undone(24)];
    const fold = foldPath(entriesOf(...events));
    expect(JSON.stringify(fold.messages())).toContain(`first ${long}`);
    expect(JSON.stringify(fold.messages())).not.toContain(`second ${long}`);
    expect(fold.state()).toMatchObject({ keepsAll: false, measured: null });
  });

  it("of what a path does not have changes nothing", () => {
    const before = foldPath(entriesOf(...talked)).messages();
    const strange = evict(
      { entry: entryId(999) },
      { entry: said, part: 7 },
      { entry: said },
      { entry: entryId(6) },
    );
    expect(foldPath(entriesOf(...talked, strange)).messages()).toEqual(before);
  });

  it("law: what was taken out and its words are gone, each message keeps its parts, and undoing gives all back", () => {
    fc.assert(
      fc.property(arbitrarySession, fc.array(fc.nat(), { maxLength: 5 }), (entries, picks) => {
        const path = pathOf(entries.map((entry) => asRead(session, entry)));
        const before = foldPath(path);
        const pieces = before.placed().flatMap(({ piece }) => piece ?? []);
        const evicted = picks.flatMap((pick) => pieces[pick % Math.max(1, pieces.length)] ?? []);
        const [entry] = chained([evict(...evicted)], path.at(-1) ?? null).map((one) => asRead(session, one));
        if (!entry) throw new Error("nothing was chained");
        const shapes = before.messages().map(({ role, parts }) => [role, parts.length]);
        const after = foldPath([...path, entry]);
        expect(after.messages().map(({ role, parts }) => [role, parts.length])).toEqual(shapes);
        const gone = new Set(evicted.map(pieceKey));
        for (const { piece, evictedBy, part } of after.placed()) {
          if (piece === null || !gone.has(pieceKey(piece))) continue;
          expect(evictedBy).not.toBeNull();
          expect(JSON.stringify(part)).toContain("took this out");
        }
        const [back] = chained([{ ...undone(0), compactions: [entry.id] } as DurableEvent], entry);
        if (!back) throw new Error("nothing was chained");
        expect(foldPath([...path, entry, asRead(session, back)]).messages()).toEqual(before.messages());
      }),
      { numRuns: 1500 },
    );
  });
});
