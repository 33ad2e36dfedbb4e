/** Ledger entries for tests, with sensible defaults. */

import type { DurableEvent, Entry } from "../../src/core/event.ts";
import { noEvidence } from "../../src/core/evidence.ts";
import type { EntryId, SessionId, TurnId } from "../../src/core/ids.ts";
import type { Part } from "../../src/core/message.ts";
import type { NewEntry } from "../../src/core/store.ts";
import type { NanoUsd, Usage } from "../../src/core/usage.ts";
import { zeroUsage } from "../../src/core/usage.ts";

type EventOf<Type extends DurableEvent["type"]> = Extract<DurableEvent, { type: Type }>;

/** The n-th session's id, in the shape of a UUIDv7. */
export function sessionId(n: number): SessionId {
  return `0190a000-${n.toString(16).padStart(4, "0")}-7000-8000-${n.toString(16).padStart(12, "0")}` as SessionId;
}

export function usageOf(input: number, output: number): Usage {
  return { ...zeroUsage, input, output };
}

export function nano(value: number): NanoUsd {
  return value as NanoUsd;
}

export function text(words: string): Part {
  return { type: "text", text: words };
}

export function call(id: string, name = "bash", input: { [key: string]: string } = {}): Part {
  return { type: "tool_call", id, name, input };
}

export function user(
  words: string,
  origin: EventOf<"user.message">["origin"] = "prompt",
): EventOf<"user.message"> {
  return { type: "user.message", origin, parts: [text(words)] };
}

export function answer(
  parts: Part[],
  more: Partial<Omit<EventOf<"assistant.message">, "type" | "parts">> = {},
): EventOf<"assistant.message"> {
  return {
    type: "assistant.message",
    step: 1,
    parts,
    usage: usageOf(100, 10),
    cost: nano(1000),
    model: { requested: "test/model-a", answered: "model-a-2026" },
    upstream: "test",
    requestId: null,
    attempt: 1,
    timings: { startedAt: 0, firstPartMs: 1, totalMs: 2 },
    end: { reason: parts.some((part) => part.type === "tool_call") ? "tool_calls" : "stop" },
    estimatedPromptTokens: 90,
    ...more,
  };
}

export function started(
  callId: string,
  access: EventOf<"tool.started">["access"] = "execute",
): EventOf<"tool.started"> {
  return {
    type: "tool.started",
    step: 1,
    callId,
    name: "bash",
    input: {},
    access,
    summary: `run ${callId}`,
    decision: { effect: "allow", rule: "mode:full", source: "built-in", reason: "full mode allows it" },
  };
}

export function finished(
  callId: string,
  output = `output of ${callId}`,
  status: EventOf<"tool.finished">["status"] = "ok",
): EventOf<"tool.finished"> {
  return {
    type: "tool.finished",
    step: 1,
    callId,
    name: "bash",
    status,
    output: [{ type: "text", text: output }],
    display: [],
    durationMs: 3,
  };
}

export function stepStarted(step = 1): EventOf<"step.started"> {
  return {
    type: "step.started",
    step,
    model: "test/model-a",
    effort: null,
    prefixHash: "h",
    estimate: { system: 1, tools: 1, files: 0, history: 1, reserve: 1 },
    maxOutputTokens: 1000,
    reservation: null,
  };
}

export function failedAttempt(usage: Usage, cost: NanoUsd | null): EventOf<"attempt.failed"> {
  return {
    type: "attempt.failed",
    step: 1,
    attempt: 1,
    model: "test/model-a",
    error: { code: "network", message: "reset" },
    usage,
    cost,
    parts: [text("half an ans")],
  };
}

export function compaction(
  more: Partial<Omit<EventOf<"compaction.finished">, "type">> = {},
): EventOf<"compaction.finished"> {
  return {
    type: "compaction.finished",
    method: "summary",
    trigger: "threshold",
    summary: "what happened",
    keptFrom: null,
    prunedCalls: [],
    tokensBefore: 1000,
    tokensAfter: 100,
    usage: usageOf(50, 5),
    cost: nano(500),
    model: "test/model-a",
    ...more,
  };
}

export function turnEnded(): EventOf<"turn.ended"> {
  return {
    type: "turn.ended",
    reason: "done",
    steps: 1,
    usage: zeroUsage,
    cost: nano(0),
    durationMs: 1,
    toolCalls: 0,
    denied: 0,
    evidence: noEvidence,
  };
}

export function sessionStarted(cwd = "/home/dev/project"): EventOf<"session.started"> {
  return { type: "session.started", cwd, model: "test/model-a", mode: "ask", title: null, version: "0.0.0" };
}

/**
 * Gives events their place: each is the child of the one before (or of where a `branch.moved` went), a second apart.
 * `seq` has gaps, as in life, where live-only events take numbers too.
 */
export function chained(events: readonly DurableEvent[], after: NewEntry | null = null): NewEntry[] {
  let parent: EntryId | null = after?.id ?? null;
  const first = after === null ? 0 : after.seq;
  return events.map((event, index) => {
    const seq = first + 3 * (index + 1);
    const entry: NewEntry = {
      id: entryId(seq),
      parent,
      seq,
      at: 1_700_000_000_000 + seq * 1000,
      turnId: "turn-1" as TurnId,
      agent: "main",
      ...event,
    };
    parent = event.type === "branch.moved" ? event.leaf : entry.id;
    return entry;
  });
}

/** The id `chained` gives the entry of that `seq`. */
export function entryId(seq: number): EntryId {
  return `entry-${seq.toString().padStart(6, "0")}` as EntryId;
}

/** The entry as a reader gets it. */
export function asRead(session: SessionId, entry: NewEntry): Entry {
  return { v: 1, sessionId: session, ...entry };
}
