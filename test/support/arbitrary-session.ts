/** Arbitrary whole sessions for property tests. */
import fc from "fast-check";
import type { DurableEvent } from "../../src/core/event.ts";
import type { EntryId } from "../../src/core/ids.ts";
import type { Part } from "../../src/core/message.ts";
import type { NewEntry } from "../../src/core/store.ts";
import {
  answer,
  call,
  chained,
  compaction,
  entryId,
  failedAttempt,
  finished,
  nano,
  sessionStarted,
  started,
  stepStarted,
  text,
  turnEnded,
  usageOf,
  user,
} from "./entries.ts";

/** What can happen next in an arbitrary session; indexes choose among what is there at that moment. */
type Happening =
  | { do: "say"; words: string; origin: Extract<DurableEvent, { type: "user.message" }>["origin"] }
  | { do: "answer"; calls: string[]; words: string; end: "stop" | "error" | "aborted"; reasoning: boolean }
  | { do: "fail" }
  | { do: "start"; callId: string; read: boolean }
  | { do: "finish"; callId: string; long: boolean; ok: boolean }
  | { do: "compact"; keep: number | null; prune: string[]; summary: boolean }
  | { do: "evict"; what: { entry: number; part: number | null }[] }
  | { do: "undo"; what: number[] }
  | { do: "move"; to: number }
  | { do: "label"; of: number; label: string | null }
  | { do: "step" }
  | { do: "end" };

// Few ids on purpose: upstreams that number calls anew in each answer are where pairing breaks.
const callIds = fc.constantFrom("call_0", "call_1", "toolu_a", "toolu_b", "");

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      words: fc.string({ minLength: 1, maxLength: 12 }),
      origin: fc.constantFrom("prompt", "steer", "reminder"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      calls: fc.array(callIds, { maxLength: 3 }),
      words: fc.string({ maxLength: 12 }),
      end: fc.constantFrom("stop", "stop", "error", "aborted"),
      reasoning: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fail" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("start" as const), callId: callIds, read: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("finish" as const),
      callId: callIds,
      long: fc.boolean(),
      ok: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("compact" as const),
      keep: fc.option(fc.nat()),
      prune: fc.array(callIds, { maxLength: 2 }),
      summary: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("evict" as const),
      what: fc.array(fc.record({ entry: fc.nat(), part: fc.option(fc.nat({ max: 2 })) }), { maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("undo" as const), what: fc.array(fc.nat(), { maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("move" as const), to: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("label" as const),
      of: fc.nat(),
      label: fc.constantFrom("a", "b", null),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("step" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const) }) },
);

/** Any session whatever, also ones no correct loop would write: the fold has to stand them all. */
export const arbitrarySession: fc.Arbitrary<NewEntry[]> = fc
  .array(happening, { maxLength: 30 })
  .map((happenings) => {
    const events: DurableEvent[] = [sessionStarted()];
    for (const next of happenings) events.push(eventOf(next, events.length));
    return chained(events);
  });

function eventOf(next: Happening, soFar: number): DurableEvent {
  const anyEntry = (index: number): EntryId => entryId(3 * (1 + (index % soFar)));
  switch (next.do) {
    case "say":
      return user(next.words, next.origin);
    case "answer": {
      const parts: Part[] = [
        ...(next.reasoning ? [{ type: "reasoning" as const, text: "hm" }] : []),
        ...(next.words === "" ? [] : [text(next.words)]),
        ...next.calls.map((id) => call(id)),
      ];
      return next.end === "stop" ? answer(parts) : answer(parts, { end: { reason: next.end } });
    }
    case "fail":
      return failedAttempt(usageOf(7, 3), nano(70));
    case "start":
      return started(next.callId, next.read ? "read" : "execute");
    case "finish":
      return finished(next.callId, next.long ? "x".repeat(900) : "short", next.ok ? "ok" : "error");
    case "compact":
      return compaction({
        keptFrom: next.keep === null ? null : anyEntry(next.keep),
        prunedCalls: next.prune,
        summary: next.summary ? "what happened" : null,
      });
    case "evict":
      return compaction({
        method: "evict",
        trigger: "manual",
        summary: null,
        model: null,
        usage: usageOf(0, 0),
        cost: nano(0),
        evicted: next.what.map(({ entry, part }) => ({
          entry: anyEntry(entry),
          ...(part !== null && { part }),
        })),
      });
    case "undo":
      return {
        type: "compaction.undone",
        compactions: next.what.map(anyEntry),
        tokensBefore: 100,
        tokensAfter: 1000,
      };
    case "move":
      return { type: "branch.moved", leaf: anyEntry(next.to) };
    case "label":
      return { type: "point.labelled", entry: anyEntry(next.of), label: next.label };
    case "step":
      return stepStarted();
    case "end":
      return turnEnded();
  }
}
