/**
 * The zod schema of the event stream: exactly the types of event.ts (the compiler checks it in both directions), for
 * whoever reads events from outside, and the source of docs/schema/events.schema.json.
 */
import * as z from "zod";
import type { Attached } from "./attachment.ts";
import type { FileChange } from "./checkpoint.ts";
import type { AgentEvent, DurableEvent, Entry, EphemeralEvent } from "./event.ts";
import type { Evidence } from "./evidence.ts";
import { mainAgent } from "./ids.ts";
import type { TurnResult } from "./turn.ts";
import {
  breakdown,
  budgetRefusal,
  content,
  cost,
  count,
  decision,
  display,
  effort,
  entryId,
  json,
  mode,
  model,
  modelError,
  ms,
  nanoUsd,
  optional,
  parts,
  reason,
  sessionId,
  turnId,
  unixMs,
  usage,
} from "./value-schema.ts";

const kinds = ["test", "build", "typecheck", "lint", "format"] as const;
const checkRun = z.strictObject({
  kind: z.enum([...kinds, "command"]),
  command: z.string(),
  outcome: z.enum(["passed", "failed", "unknown", "unfinished"]),
  exitCode: z.int().nullable(),
  at: unixMs,
  thisTurn: z.boolean(),
  editsSince: count,
  commandsSince: count,
});
const evidence = z.strictObject({
  verify: z.strictObject({ command: z.string(), exitCode: z.int().nullable() }).nullable(),
  editsSinceVerify: count,
  checks: z.array(checkRun).describe("The last run of each kind of check in the session"),
  filesChanged: z.array(z.string()),
  claims: z
    .array(
      z.strictObject({
        kind: z.enum([...kinds, "verified"]),
        text: z.string(),
        verdict: z.enum(["supported", "stale", "contradicted", "unsupported"]),
        run: checkRun.nullable(),
      }),
    )
    .describe("What the final answer says of checks, held against the record"),
}) satisfies z.ZodType<Evidence>;
const outcome = {
  reason,
  error: optional(z.strictObject({ code: z.string(), message: z.string(), hint: optional(z.string()) })),
  steps: count,
  usage,
  cost,
  durationMs: ms,
  toolCalls: count,
  denied: count,
  resetsAt: optional(unixMs),
  evidence,
};

/** The result of a turn, as the `result` line of a headless run carries it. */
export const turnResultSchema = z.strictObject({
  ...outcome,
  text: z.string(),
  output: optional(json),
}) satisfies z.ZodType<TurnResult>;

const step = count.describe("Model call within the turn, from 1");
const callId = z.string();
const name = z.string();
const facts = optional(
  z
    .object({
      exitCode: optional(z.int().nullable().describe("Of a command; null when it did not end by itself")),
      bytes: optional(count.describe("Size of the whole output, before anything was cut from it")),
      truncated: optional(z.boolean().describe("Whether the model saw less than the whole output")),
      savedPath: optional(z.string().nullable().describe("Where the whole output is, if not in output")),
    })
    .catchall(json),
);
const replayed = optional(z.literal(true)).describe("Answered from a recording: nothing was spent");

const attached = z.strictObject({
  kind: z.enum(["paste", "prompt", "image", "file", "folder", "session", "resource", "command", "memory"]),
  label: z.string().describe("As its author saw it"),
  part: count.describe("Index of the part"),
}) satisfies z.ZodType<Attached>;

const fileChange = z.strictObject({
  path: z.string().describe("Absolute"),
  change: z.enum(["created", "modified", "deleted"]),
}) satisfies z.ZodType<FileChange>;

const durable = [
  z.strictObject({
    type: z.literal("session.started"),
    cwd: z.string(),
    project: optional(z.string()),
    model,
    mode,
    title: z.string().nullable(),
    version: z.string(),
    branch: optional(z.string()),
    forkedFrom: optional(z.strictObject({ sessionId, entryId })),
  }),
  z.strictObject({
    type: z.literal("segment.started"),
    system: z.string(),
    tools: z.array(z.string()),
    prefixHash: z.string(),
    files: z.array(z.strictObject({ path: z.string(), bytes: count, truncated: z.boolean() })),
  }),
  z.strictObject({
    type: z.literal("user.message"),
    origin: z.enum(["prompt", "steer", "reminder", "verify", "schema_repair", "evidence"]),
    parts,
    queued: optional(entryId),
    attached: optional(z.array(attached)),
  }),
  z.strictObject({
    type: z.literal("input.queued"),
    delivery: z.enum(["steer", "follow_up"]),
    parts,
    attached: optional(z.array(attached)),
  }),
  z.strictObject({ type: z.literal("input.dropped"), inputs: z.array(entryId) }),
  z.strictObject({
    type: z.literal("step.started"),
    step,
    model,
    mode: mode.exactOptional(),
    effort: effort.nullable(),
    prefixHash: z.string(),
    estimate: breakdown,
    maxOutputTokens: count,
    reservation: z.strictObject({ id: z.string(), cost, tokens: count }).nullable(),
  }),
  z.strictObject({
    type: z.literal("attempt.failed"),
    replayed,
    step,
    attempt: count,
    model,
    error: modelError,
    usage,
    cost,
    parts,
  }),
  z.strictObject({
    type: z.literal("assistant.message"),
    replayed,
    step,
    parts,
    usage,
    cacheHit: optional(
      z.number().min(0).max(1).nullable().describe("Share of the prompt that the cache served"),
    ),
    cost,
    costParts: optional(z.strictObject({ input: nanoUsd, cacheRead: nanoUsd, output: nanoUsd })),
    model: z.strictObject({ requested: model, answered: z.string() }),
    upstream: z.string(),
    requestId: z.string().nullable(),
    attempt: count,
    timings: z.strictObject({ startedAt: unixMs, firstPartMs: ms.nullable(), totalMs: ms }),
    end: z.strictObject({
      reason: z.enum(["stop", "tool_calls", "length", "refusal", "paused", "error", "aborted"]),
      raw: optional(z.string()),
      error: optional(modelError),
    }),
    estimatedPromptTokens: count,
  }),
  z.strictObject({
    type: z.literal("tool.started"),
    step,
    callId,
    name,
    input: json,
    access: z.enum(["read", "edit", "execute", "network"]),
    summary: z.string(),
    decision,
  }),
  z.strictObject({
    type: z.literal("tool.finished"),
    step,
    callId,
    name,
    status: z.enum(["ok", "error", "denied", "invalid", "interrupted"]),
    decision: optional(decision.describe("Why it was refused")),
    output: content,
    display: z.array(display),
    durationMs: ms,
    facts,
  }),
  z.strictObject({
    type: z.literal("approval.decided"),
    callId,
    answer: z.enum(["allow", "deny"]),
    scope: z.enum(["once", "session", "project"]),
    rule: optional(z.string()),
    comment: optional(z.string()),
  }),
  z.strictObject({ type: z.literal("plan.proposed"), plan: z.string() }),
  z.strictObject({
    type: z.literal("plan.decided"),
    proposal: entryId,
    answer: z.enum(["accepted", "left"]),
    plan: optional(z.string()),
    mode: optional(mode),
  }),
  z.strictObject({
    type: z.literal("compaction.finished"),
    replayed,
    method: z.enum(["prune", "summary", "mechanical", "evict"]),
    trigger: z.enum(["threshold", "manual", "overflow"]),
    summary: z.string().nullable(),
    keptFrom: entryId.nullable(),
    prunedCalls: z.array(z.string()),
    evicted: optional(
      z
        .array(z.strictObject({ entry: entryId, part: optional(count) }))
        .describe("Pieces a person took out of the window: results of calls, parts of messages"),
    ),
    tokensBefore: count,
    tokensAfter: count,
    usage,
    cost,
    model: model.nullable(),
    focus: optional(z.string()),
    error: optional(modelError),
  }),
  z.strictObject({
    type: z.literal("compaction.undone"),
    compactions: z.array(entryId),
    tokensBefore: count,
    tokensAfter: count,
  }),
  z.strictObject({ type: z.literal("branch.moved"), leaf: entryId }),
  z.strictObject({ type: z.literal("budget.refused"), step, model, ...budgetRefusal }),
  z.strictObject({ type: z.literal("model.mismatched"), step, requested: model, answered: z.string() }),
  z.strictObject({
    type: z.literal("cache.missed"),
    replayed,
    step,
    expectedTokens: count,
    readTokens: count,
    changed: z.string(),
    departure: optional(
      z.strictObject({
        byte: count.describe("In the encoded request, from 0"),
        path: z.string(),
        source: z.string(),
        before: z.string(),
        now: z.string(),
      }),
    ),
    cost,
  }),
  z.strictObject({
    type: z.literal("shell.finished"),
    command: z.string(),
    exitCode: z.int().nullable(),
    output: z.string(),
    durationMs: ms,
    shared: z.boolean().describe("Whether the next message carries it"),
  }),
  z.strictObject({
    type: z.literal("verify.finished"),
    command: z.string(),
    exitCode: z.int().nullable(),
    output: z.string(),
    durationMs: ms,
  }),
  z.strictObject({
    type: z.literal("checkpoint.created"),
    checkpoint: count.describe("Its number in the project's store"),
    callId,
    when: z.enum(["before", "after"]),
    changes: count.describe("Paths that had changed since the checkpoint before"),
    bytes: count.describe("Content that was read and kept"),
    durationMs: ms,
    files: optional(z.array(fileChange).describe("What the call changed, at most the first hundred")),
    count: optional(count.describe("How many the call changed in all")),
    notCovered: optional(count.describe("Of these, how many cannot be brought back")),
  }),
  z.strictObject({
    type: z.literal("files.restored"),
    kind: z.enum(["undo", "redo", "rewind"]),
    action: count,
    files: z.array(fileChange),
    count,
    skipped: z.array(z.string()).describe("Changed by others since, and left alone"),
    failed: z.array(z.strictObject({ path: z.string(), problem: z.string() })),
  }),
  z.strictObject({ type: z.literal("session.titled"), title: z.string() }),
  z.strictObject({ type: z.literal("point.labelled"), entry: entryId, label: z.string().nullable() }),
  z.strictObject({ type: z.literal("turn.ended"), ...outcome }),
  z.strictObject({
    type: z.literal("note"),
    level: z.enum(["info", "warning"]),
    code: z.string(),
    text: z.string(),
    data: optional(json),
  }),
] as const;

const ephemeral = [
  z.strictObject({ type: z.literal("text.delta"), step, delta: z.string() }),
  z.strictObject({ type: z.literal("reasoning.delta"), step, delta: z.string() }),
  z.strictObject({ type: z.literal("tool.input.delta"), step, callId, name, delta: z.string() }),
  z.strictObject({
    type: z.literal("tool.output"),
    callId,
    output: z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text"), text: z.string() }),
      z.strictObject({ type: z.literal("countdown"), remainingMs: ms }),
    ]),
  }),
  z.strictObject({
    type: z.literal("approval.requested"),
    callId,
    name,
    summary: z.string(),
    decision,
    display: z.array(display),
    suggestedRule: z.string().nullable(),
    details: optional(
      z.strictObject({
        rules: z.array(z.strictObject({ width: z.string(), rule: z.string() })),
        commands: z.array(z.strictObject({ command: z.string(), decision })),
      }),
    ),
  }),
  z.strictObject({ type: z.literal("approval.withdrawn"), callId }),
  z.strictObject({
    type: z.literal("retry.scheduled"),
    step,
    attempt: count,
    delayMs: ms,
    model,
    error: modelError,
  }),
  z.strictObject({ type: z.literal("limit.waiting"), step, model, resetsAt: unixMs, remainingMs: ms }),
  z.strictObject({ type: z.literal("upstream.switched"), step, from: model, to: model, error: modelError }),
  z.strictObject({ type: z.literal("context.usage"), tokens: count, window: count, breakdown }),
  z.strictObject({ type: z.literal("turn.finished"), result: turnResultSchema }),
] as const;

const header = {
  v: z.literal(1),
  seq: count.describe(
    "Strictly increasing within a session; the ledger has gaps where only live events were",
  ),
  at: unixMs,
  sessionId,
  turnId: turnId.nullable(),
  // Lines written before there was this field are all of the main agent.
  agent: z.string().default(mainAgent).describe("Who did it: main, or main/… for an agent it started"),
};

/** A durable event without its place in the tree. */
export const durableEventSchema = z.discriminatedUnion("type", durable) satisfies z.ZodType<DurableEvent>;
/** A live event without its header. */
export const ephemeralEventSchema = z.discriminatedUnion(
  "type",
  ephemeral,
) satisfies z.ZodType<EphemeralEvent>;

/** An entry of the ledger. */
export const entrySchema = z.union(
  durable.map((event) => event.extend({ ...header, id: entryId, parent: entryId.nullable() })),
) as z.ZodType<Entry>;

/** Any event of the stream. */
export const agentEventSchema = z.union([
  ...durable.map((event) => event.extend({ ...header, id: entryId, parent: entryId.nullable() })),
  ...ephemeral.map((event) => event.extend(header)),
]) as z.ZodType<AgentEvent>;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** Fails to compile when a type of event.ts says something the schema does not. */
const inStep: [
  Same<z.infer<typeof durableEventSchema>, DurableEvent>,
  Same<z.infer<typeof ephemeralEventSchema>, EphemeralEvent>,
] = [true, true];
void inStep;
