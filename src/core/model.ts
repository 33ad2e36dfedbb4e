/** The model-stream protocol: what every upstream speaks inside Tau. Deltas only, never growing snapshots. */
import type { CacheTtl, Json, JsonSchema, Message, Part, TextPart } from "./message.ts";
import type { NanoUsd, Usage } from "./usage.ts";

/** The wire formats Tau has codecs for. */
export type Dialect = "messages" | "chat-completions" | "responses" | "generate-content";

/** A tool as the model is told of it. */
export type ToolSpec = {
  name: string;
  description: string;
  inputSchema: JsonSchema;
  /** Ask the provider to constrain arguments to the schema. */
  strict?: boolean;
  /** A prompt-cache breakpoint after this tool. */
  cache?: CacheTtl;
};

/** How hard the model should think. Codecs map it to the nearest thing their dialect has. */
export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

/** Whether and which tool must be called. */
export type ToolChoice = "auto" | "none" | "required" | { name: string };

/** One model call. Field order never matters: codecs write keys in a fixed order of their own (law "prefix"). */
export type ModelRequest = {
  /** The upstream's own model name, without Tau's `provider/` prefix. */
  model: string;
  system: TextPart[];
  messages: Message[];
  tools: ToolSpec[];
  toolChoice?: ToolChoice;
  parallelToolCalls?: boolean;
  /** Cap on generated tokens. Anthropic requires one; the others take their own default without it. */
  maxOutputTokens?: number;
  temperature?: number;
  topP?: number;
  stop?: string[];
  reasoning?: {
    effort?: Effort;
    /** Explicit thinking budget in tokens, for dialects that count it so. */
    budgetTokens?: number;
    /** Ask for readable thoughts or summaries where they are optional. */
    visible?: boolean;
  };
  /** Structured output: the answer must be JSON fitting `schema`. */
  output?: { name: string; schema: JsonSchema; strict?: boolean };
  /** Stable key that keeps requests of one session on one cache (OpenAI `prompt_cache_key` and kin). */
  cacheKey?: string;
  stream: boolean;
  /**
   * Top-level fields of the dialect that have no name here, kept as they came and written back only into the same
   * dialect. The gateway's pass-through and provider-specific options (OpenRouter routing) travel in it.
   */
  extra?: { dialect: Dialect; fields: { [key: string]: Json } };
};

/** What is known of a part when it begins. */
export type PartHeader =
  | { type: "text" }
  | { type: "reasoning" }
  | { type: "tool_call"; id: string; name: string }
  | { type: "opaque"; kind: string }
  | { type: "image" | "file" };

/** Why the model stopped. `paused`: the provider wants to be called again with the same content (Anthropic `pause_turn`). */
export type EndReason = "stop" | "tool_calls" | "length" | "refusal" | "paused";

/**
 * One event of a model stream. A well-formed stream is: `start`, then parts (each `part.start`, any `part.delta`,
 * `part.end`, keyed by `index`, possibly interleaved), `usage` any number of times, and exactly one terminal
 * event: `end` or `error`.
 */
export type ModelEvent =
  /** `requestId` comes from the response's headers, not from the dialect: the transport adds it. */
  | { type: "start"; responseId?: string; model?: string; requestId?: string }
  | { type: "part.start"; index: number; part: PartHeader }
  /** More text, reasoning, or JSON of a tool input. */
  | { type: "part.delta"; index: number; delta: string }
  | { type: "part.end"; index: number; part: Part }
  /** Totals so far: each usage event replaces the one before. `cost` is what the upstream itself says it charged. */
  | { type: "usage"; usage: Usage; cost?: NanoUsd }
  /** An event of the dialect this version does not know, verbatim, so that nothing is lost. */
  | { type: "unknown"; dialect: Dialect; name?: string; data: Json }
  | { type: "end"; reason: EndReason /** The dialect's own word. */; raw?: string; stopSequence?: string }
  | { type: "error"; error: ModelError };

/** Every kind of failure of a model call. */
export const modelErrorCodes = [
  "auth",
  "rate_limited",
  "overloaded",
  "context_overflow",
  "invalid_request",
  "refused",
  "network",
  "timeout",
  "stalled",
  "truncated",
  "oversized",
  "quota",
  "aborted",
  "unknown",
] as const;

/** What kind of failure it was; retry, exit code and the sentence for people all follow from it. */
export type ModelErrorCode = (typeof modelErrorCodes)[number];

/** A failed model call. It is an event, never an exception: parts and usage that came before it survive. */
export type ModelError = {
  code: ModelErrorCode;
  /** HTTP status, when there was a response. */
  status?: number;
  /** How long the upstream asked to wait. */
  retryAfterMs?: number;
  /** Unix ms at which a usage limit resets, when the upstream said so. */
  resetsAt?: number;
  requestId?: string;
  /** One sentence for people. */
  message: string;
  /** The upstream's error body, at most 8 KB of it. */
  raw?: string;
};
