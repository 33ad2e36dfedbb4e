/** The zod schemas of the values events are made of. */
import * as z from "zod";
import { type ExitReason, exitCodes } from "./errors.ts";
import type { EntryId, SessionId, TurnId } from "./ids.ts";
import type { Json, Part } from "./message.ts";
import { modelErrorCodes } from "./model.ts";
import type { NanoUsd } from "./usage.ts";

/** A field that may be absent, but never `undefined`. */
export const optional = z.exactOptional;
/** A whole number from 0. */
export const count = z.int().nonnegative();
/** Any JSON. */
export const json = z.json() as z.ZodType<Json>;
/** A session's id. */
export const sessionId = z.uuid().describe("Session id") as z.ZodType<string> as z.ZodType<SessionId>;
/** A turn's id. */
export const turnId = z.uuid().describe("Turn id") as z.ZodType<string> as z.ZodType<TurnId>;
/** An entry's id. */
export const entryId = z.uuid().describe("Entry id") as z.ZodType<string> as z.ZodType<EntryId>;
/** Money. */
export const nanoUsd = z
  .int()
  .describe("Billionths of a US dollar") as z.ZodType<number> as z.ZodType<NanoUsd>;
/** Money, or null where no price is known. */
export const cost = nanoUsd.nullable().describe("null: the model has no known price");
/** A model's name. */
export const model = z.string().describe("provider/model");
/** A span of time. */
export const ms = z.number().nonnegative().describe("Milliseconds");
/** A point in time. */
export const unixMs = z.number().describe("Unix time in milliseconds");

/** See `Usage`. */
export const usage = z.strictObject({
  input: count,
  cacheRead: count,
  cacheWrite5m: count,
  cacheWrite1h: count,
  output: count,
  reasoning: count,
});

const opaque = z.strictObject({ provider: z.string(), model: z.string(), data: json });
const cache = optional(z.enum(["5m", "1h"]));
const text = z.strictObject({
  type: z.literal("text"),
  text: z.string(),
  refusal: optional(z.literal(true)),
  opaque: optional(opaque),
  cache,
});
const mediaData = z.union([z.string(), z.strictObject({ url: z.string() })]);
const media = {
  mediaType: z.string(),
  data: mediaData,
  name: optional(z.string()),
  opaque: optional(opaque),
  cache,
};
const image = z.strictObject({ type: z.literal("image"), ...media });
/** What a tool gives the model. */
export const content = z.array(z.union([text, image]));
const part = z.discriminatedUnion("type", [
  text,
  z.strictObject({
    type: z.literal("reasoning"),
    text: z.string(),
    redacted: optional(z.literal(true)),
    opaque: optional(opaque),
  }),
  z.strictObject({
    type: z.literal("tool_call"),
    id: z.string(),
    name: z.string(),
    input: json,
    malformed: optional(z.string()),
    opaque: optional(opaque),
    cache,
  }),
  z.strictObject({
    type: z.literal("tool_result"),
    callId: z.string(),
    content,
    isError: optional(z.literal(true)),
    cache,
  }),
  image,
  z.strictObject({ type: z.literal("file"), ...media }),
  z.strictObject({ type: z.literal("opaque"), kind: z.string(), opaque }),
]) satisfies z.ZodType<Part>;
/** The parts of a message. */
export const parts = z.array(part);

/** See `Mode`. */
export const mode = z.enum(["plan", "ask", "edit", "full"]);
/** See `Effort`. */
export const effort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);
/** See `ExitReason`. */
export const reason = z.enum(Object.keys(exitCodes) as [ExitReason, ...ExitReason[]]);
/** See `ModelError`. */
export const modelError = z.strictObject({
  code: z.enum(modelErrorCodes),
  status: optional(z.int()),
  retryAfterMs: optional(ms),
  resetsAt: optional(unixMs),
  requestId: optional(z.string()),
  message: z.string(),
  raw: optional(z.string()),
});
/** See `TokenBreakdown`. */
export const breakdown = z.strictObject({
  system: count,
  tools: count,
  files: count,
  history: count,
  reserve: count,
});
/** See `Decision`. */
export const decision = z.strictObject({
  effect: z.enum(["allow", "deny", "ask"]),
  rule: z.string(),
  source: z.string(),
  reason: z.string(),
  place: optional(z.string().describe("file:line:column of the rule, where it stands in a file")),
  part: optional(z.string().describe("The part of a shell command that decided")),
});
/** See `Display`. */
export const display = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.string() }),
  z.strictObject({
    type: z.literal("diff"),
    path: z.string(),
    patch: z.string(),
    added: count,
    removed: count,
  }),
  z.strictObject({
    type: z.literal("terminal"),
    command: z.string(),
    output: z.string(),
    exitCode: z.int().nullable(),
    durationMs: ms,
  }),
  z.strictObject({
    type: z.literal("table"),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.string())),
  }),
  z.strictObject({
    type: z.literal("todo"),
    items: z.array(z.strictObject({ text: z.string(), status: z.enum(["pending", "in_progress", "done"]) })),
  }),
]);
/** The fields of `BudgetRefusal`. */
export const budgetRefusal = {
  scope: z.enum(["run", "session", "day", "project"]),
  unit: z.enum(["usd", "tokens"]),
  cap: z.number(),
  spent: z.number(),
  reserved: z.number(),
  wanted: z.number().nullable(),
  reason: z.string(),
};
