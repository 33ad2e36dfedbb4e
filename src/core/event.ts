/**
 * The one stream of a run. Every front end, the ledger, the meter and the tests read these and nothing else.
 * `core/event-schema.ts` holds the zod schema of exactly these types; their JSON Schema is shipped in docs/schema/.
 */

import type { Attached } from "./attachment.ts";
import type { CheckpointTaken, FileChange } from "./checkpoint.ts";
import type { AgentPath, EntryId, SessionId, TurnId } from "./ids.ts";
import type { ImagePart, Json, Part, TextPart } from "./message.ts";
import type { Effort, EndReason, ModelError } from "./model.ts";
import type { ApprovalAnswer, ApprovalDetails, Decision, Mode } from "./permission.ts";
import type { Access, Display, ToolFacts, ToolOutput } from "./tool.ts";
import type { TurnOutcome, TurnResult } from "./turn.ts";
import type { NanoUsd, Usage } from "./usage.ts";

/** A model as people name it: `provider/model`. */
export type ModelName = string;

/** Who or what said a user message. Only `prompt` begins a turn. */
export type MessageOrigin =
  | "prompt"
  /** Typed while the agent worked; injected after a tool batch. */
  | "steer"
  /** A dynamic reminder by Tau itself (limits near, loop advice); never edits the system prompt. */
  | "reminder"
  /** The outcome of a failed `--verify` command. */
  | "verify"
  /** The request to repair an answer that missed the output schema. */
  | "schema_repair"
  /** The request to prove or take back what the answer claims against the record. */
  | "evidence";

/** The code of a note that records a remembered line, which the next message carries. */
export const rememberedCode = "remembered";

/** What a message typed while the agent works is for: the turn that runs, or the next one. */
export type InputDelivery = "steer" | "follow_up";

/** Estimated tokens of a request, by what fills the window. */
export type TokenBreakdown = {
  system: number;
  tools: number;
  /** Context files (AGENTS.md and kin). */
  files: number;
  history: number;
  /** Kept free for the answer. */
  reserve: number;
};

/** A limit that stood in the way of a model call, in numbers. */
export type BudgetRefusal = {
  scope: "run" | "session" | "day" | "project";
  unit: "usd" | "tokens";
  /** nano-dollars or tokens, as `unit` says. */
  cap: number;
  spent: number;
  reserved: number;
  /** The worst case of the refused call; null when the model has no price. */
  wanted: number | null;
  reason: string;
};

/** Where an encoded request first departs from the one before it. */
export type PrefixDeparture = {
  /** Its byte in the encoded request, from 0. */
  byte: number;
  /** The place in the body: `messages[3].content[0].text`. */
  path: string;
  /** Whose words they are, for people: `tool bash`, `system prompt, under "## AGENTS.md"`, `message 4 (user), result of read`. */
  source: string;
  /** What stood there, in at most 80 characters from shortly before the place; `nothing` where nothing did. */
  before: string;
  /** What stands there now, as `before`. */
  now: string;
};

/** A piece of the conversation: what a call gave back (its `tool.finished` entry), or a part of what was said. */
export type ConversationPiece = {
  entry: EntryId;
  /** Index of the part of a `user.message`. */
  part?: number;
};

/** What a call's cost is made of. */
export type CostParts = {
  /** Prompt tokens not read from a cache, at the input and cache-write prices. */
  input: NanoUsd;
  cacheRead: NanoUsd;
  output: NanoUsd;
};

/**
 * Stands on what a model call came to when it was not made here: it was answered from a recording (`--replay`), or copied
 * from the session this one was forked from. Nothing was spent on it.
 */
export type Replayed = { replayed?: true };

/** How a tool call ended. */
export type ToolStatus =
  | "ok"
  | "error"
  /** Policy or a person said no. */
  | "denied"
  /** Its arguments were cut off, not JSON, or did not fit the schema; it was not run. */
  | "invalid"
  /** Aborted, or running when the process died; it may have had effects and is never re-run by itself. */
  | "interrupted";

/** Entries of the ledger. Committed before any reader hears of them. */
export type DurableEvent =
  | {
      type: "session.started";
      cwd: string;
      /** The project's root folder, under which budgets and reports count it; older ledgers lack it. */
      project?: string;
      model: ModelName;
      mode: Mode;
      title: string | null;
      version: string;
      /** The git branch the folder was on; not there where it was on none. */
      branch?: string;
      /** The session and entry this one was forked from; what stands up to that entry is copied. */
      forkedFrom?: { sessionId: SessionId; entryId: EntryId };
    }
  | {
      /** The fixed prefix of a segment: system prompt and tool list never change until the next one. */
      type: "segment.started";
      system: string;
      tools: string[];
      /** sha256 of the encoded system prompt and tool list. */
      prefixHash: string;
      /** Context files in the prompt, most general first. */
      files: { path: string; bytes: number; truncated: boolean }[];
    }
  | {
      type: "user.message";
      origin: MessageOrigin;
      parts: Part[];
      /** The `input.queued` entry it waited as; that one waits no longer. */
      queued?: EntryId;
      /** Which of the parts were attached rather than typed. */
      attached?: Attached[];
    }
  /** Typed while the agent worked, and waiting from now on. Its id names it in what becomes of it. */
  | { type: "input.queued"; delivery: InputDelivery; parts: Part[]; attached?: Attached[] }
  /** Waiting messages that were taken back before they were said. */
  | { type: "input.dropped"; inputs: EntryId[] }
  | {
      type: "step.started";
      step: number;
      model: ModelName;
      /** What its calls were judged by at first; a session that is gone on with keeps that of its last step. */
      mode?: Mode;
      effort: Effort | null;
      /** Chained sha256 of the request so far; equal prefixes have equal hashes. */
      prefixHash: string;
      estimate: TokenBreakdown;
      maxOutputTokens: number;
      reservation: { id: string; cost: NanoUsd | null; tokens: number } | null;
    }
  | (Replayed & {
      /** A model call that failed and was followed by another; its usage counts. */
      type: "attempt.failed";
      step: number;
      attempt: number;
      model: ModelName;
      error: ModelError;
      usage: Usage;
      cost: NanoUsd | null;
      /** What had been shown of it. */
      parts: Part[];
    })
  | (Replayed & {
      type: "assistant.message";
      step: number;
      parts: Part[];
      usage: Usage;
      /**
       * Share of the prompt that the cache served, 0 to 1: derived from `usage` here, so that no reader has a formula of
       * its own. Null when the upstream reported no prompt; absent in ledgers written before there was this field.
       */
      cacheHit?: number | null;
      cost: NanoUsd | null;
      /**
       * By the model's prices; of a charge the upstream itself told they give the proportions only. Not there where no
       * price is known, and in older ledgers.
       */
      costParts?: CostParts;
      /** What was asked for and what answered, as the upstream named it. */
      model: { requested: ModelName; answered: string };
      /** Provider id of the upstream that answered. */
      upstream: string;
      requestId: string | null;
      attempt: number;
      timings: { startedAt: number; firstPartMs: number | null; totalMs: number };
      end: { reason: EndReason | "error" | "aborted"; raw?: string; error?: ModelError };
      /** Prompt tokens as estimated before the call; the upstream's own count is in `usage`. */
      estimatedPromptTokens: number;
    })
  | {
      type: "tool.started";
      step: number;
      callId: string;
      name: string;
      input: Json;
      access: Access;
      summary: string;
      decision: Decision;
    }
  | {
      type: "tool.finished";
      step: number;
      callId: string;
      name: string;
      status: ToolStatus;
      /** Why it was refused; a call that was let run has its decision in `tool.started`. */
      decision?: Decision;
      /** What the model sees, note included. */
      output: (TextPart | ImagePart)[];
      display: Display[];
      durationMs: number;
      facts?: ToolFacts;
    }
  | ({ type: "approval.decided"; callId: string } & ApprovalAnswer)
  /** What the agent would do, as it wrote it in plan mode: nothing is changed before a person accepts it. */
  | { type: "plan.proposed"; plan: string }
  | {
      type: "plan.decided";
      /** The `plan.proposed` entry. */
      proposal: EntryId;
      answer: "accepted" | "left";
      /** As it was accepted; a person may have edited it. */
      plan?: string;
      /** The mode it is carried out in. */
      mode?: Mode;
    }
  | (Replayed & {
      type: "compaction.finished";
      /** `evict`: a person took pieces out by hand. */
      method: "prune" | "summary" | "mechanical" | "evict";
      /** Why: the window filled, a person asked, the upstream said overflow. */
      trigger: "threshold" | "manual" | "overflow";
      /** Replaces everything before `keptFrom` in requests; the entries themselves stay in the tree. */
      summary: string | null;
      keptFrom: EntryId | null;
      /** Calls whose results are shown to the model shortened. */
      prunedCalls: string[];
      /** Pieces a person took out: a word stands in their place. */
      evicted?: ConversationPiece[];
      tokensBefore: number;
      tokensAfter: number;
      usage: Usage;
      cost: NanoUsd | null;
      model: ModelName | null;
      /** What a person asked the summary to keep above all. */
      focus?: string;
      /** Why the model's summary was not used, when `method` is `mechanical`. */
      error?: ModelError;
    })
  | {
      /**
       * A person took compactions back: from here on the path is folded as if they had never been, and what came after
       * them stays. The compactions themselves stay in the tree, with what they cost.
       */
      type: "compaction.undone";
      /** Entries of type `compaction.finished`, oldest first. */
      compactions: EntryId[];
      /** Estimated prompt tokens before and after. */
      tokensBefore: number;
      tokensAfter: number;
    }
  /** The conversation goes on behind `leaf`, an earlier entry; nothing that was said is gone from the tree. */
  | { type: "branch.moved"; leaf: EntryId }
  | ({ type: "budget.refused"; step: number; model: ModelName } & BudgetRefusal)
  | { type: "model.mismatched"; step: number; requested: ModelName; answered: string }
  | (Replayed & {
      /** The prompt cache missed where the request should have hit it. */
      type: "cache.missed";
      step: number;
      expectedTokens: number;
      readTokens: number;
      /** The first part of the prefix that differs from the request before, or `expired`/`upstream` if none does. */
      changed: string;
      /** The first byte of it, when the request and the one before it were kept (each up to 16 million characters). */
      departure?: PrefixDeparture;
      cost: NanoUsd | null;
    })
  | {
      /** A command of the person's own (`!command`) came to its end; it passed no permission but what is never allowed. */
      type: "shell.finished";
      command: string;
      exitCode: number | null;
      /** Its beginning and end, as the next message carries it. */
      output: string;
      durationMs: number;
      /** Whether the next message carries it. */
      shared: boolean;
    }
  | { type: "verify.finished"; command: string; exitCode: number | null; output: string; durationMs: number }
  | ({
      /**
       * The state of the project's files was captured, so that it can be gone back to. `after` entries also say what the
       * call did to them.
       */
      type: "checkpoint.created";
      /** The call that is about to run, or has run. */
      callId: string;
      when: "before" | "after";
      /** What the call changed, at most the first hundred; absolute. */
      files?: FileChange[];
      /** How many it changed in all. */
      count?: number;
      /** Of these, how many cannot be brought back: what they held before was not captured. */
      notCovered?: number;
    } & CheckpointTaken)
  | {
      /** A person had files put back to what they were. */
      type: "files.restored";
      kind: "undo" | "redo" | "rewind";
      /** Its number among all that changed files in the project. */
      action: number;
      /** At most the first hundred; absolute. */
      files: FileChange[];
      count: number;
      /** Paths that others had changed since, and that were left alone. */
      skipped: string[];
      failed: { path: string; problem: string }[];
    }
  | { type: "session.titled"; title: string }
  /** A name for a point of the session's tree; null takes it away. */
  | { type: "point.labelled"; entry: EntryId; label: string | null }
  | ({ type: "turn.ended" } & TurnOutcome)
  | { type: "note"; level: "info" | "warning"; code: string; text: string; data?: Json };

/** For live readers only; never in the ledger. */
export type EphemeralEvent =
  | { type: "text.delta"; step: number; delta: string }
  | { type: "reasoning.delta"; step: number; delta: string }
  | { type: "tool.input.delta"; step: number; callId: string; name: string; delta: string }
  | { type: "tool.output"; callId: string; output: ToolOutput }
  | {
      type: "approval.requested";
      callId: string;
      name: string;
      summary: string;
      decision: Decision;
      display: Display[];
      /** The rule "always allow" would save. */
      suggestedRule: string | null;
      /** Absent where the question is not about one call. */
      details?: ApprovalDetails;
    }
  /** A question that needs no answer any more: a rule that came with another answer, or the mode, settled it. */
  | { type: "approval.withdrawn"; callId: string }
  | {
      type: "retry.scheduled";
      step: number;
      attempt: number;
      delayMs: number;
      model: ModelName;
      error: ModelError;
    }
  /** Waiting for a usage limit to reset; repeated as a countdown. */
  | { type: "limit.waiting"; step: number; model: ModelName; resetsAt: number; remainingMs: number }
  | { type: "upstream.switched"; step: number; from: ModelName; to: ModelName; error: ModelError }
  | { type: "context.usage"; tokens: number; window: number; breakdown: TokenBreakdown }
  | { type: "turn.finished"; result: TurnResult };

/** What is common to all events. */
export type EventHeader = {
  v: 1;
  /** Strictly increasing within a session; durable entries keep theirs, so the ledger has gaps. */
  seq: number;
  /** Unix ms. */
  at: number;
  sessionId: SessionId;
  turnId: TurnId | null;
  /** Who did it. */
  agent: AgentPath;
};

/** A durable event as the ledger holds it: a node of the session's tree. */
export type Entry = EventHeader & { id: EntryId; parent: EntryId | null } & DurableEvent;

/** One event of the stream. */
export type AgentEvent = Entry | (EventHeader & EphemeralEvent);
