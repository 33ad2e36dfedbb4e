/** Why the model stopped, in the API's words and in Tau's. */
import type { EndReason } from "../../core/model.ts";

const reasons: { readonly [raw: string]: EndReason } = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "refusal",
  pause_turn: "paused",
  // The answer to `pause_after_compaction`: call again with the same content.
  compaction: "paused",
  // Words that hosts compatible with this API let through from other dialects.
  stop: "stop",
  tool_calls: "tool_calls",
  length: "length",
  content_filter: "refusal",
};

/** The reason a `stop_reason` stands for; undefined for one this version does not know. */
export function decodeStopReason(raw: string): EndReason | undefined {
  return Object.hasOwn(reasons, raw) ? reasons[raw] : undefined;
}

const own: { readonly [reason in EndReason]: readonly string[] } = {
  stop: ["end_turn", "stop_sequence"],
  tool_calls: ["tool_use"],
  length: ["max_tokens", "model_context_window_exceeded"],
  refusal: ["refusal"],
  paused: ["pause_turn", "compaction"],
};

/** The `stop_reason` for a reason: the upstream's own word if it is one of this API. */
export function encodeStopReason(
  reason: EndReason,
  raw: string | undefined,
  stopSequence: string | undefined,
): string {
  if (reason === "stop" && stopSequence !== undefined) return "stop_sequence";
  const words = own[reason];
  return (raw !== undefined && words.includes(raw) ? raw : words[0]) ?? "end_turn";
}
