/** Why the model stopped (ai.google.dev/api/generate-content#FinishReason; Vertex has more words). */
import type { Json } from "../../core/message.ts";
import type { EndReason } from "../../core/model.ts";

/** `broken`: the provider threw the rest of the answer away; what is there must not pass for an answer. */
export type Finish = EndReason | "broken";

const reasons: { readonly [word: string]: Finish } = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "refusal",
  RECITATION: "refusal",
  LANGUAGE: "refusal",
  BLOCKLIST: "refusal",
  PROHIBITED_CONTENT: "refusal",
  SPII: "refusal",
  MODEL_ARMOR: "refusal",
  JAILBREAK: "refusal",
  IMAGE_SAFETY: "refusal",
  IMAGE_PROHIBITED_CONTENT: "refusal",
  IMAGE_RECITATION: "refusal",
  NO_IMAGE: "refusal",
  CONTINUATION: "paused",
  OTHER: "broken",
  IMAGE_OTHER: "broken",
  MALFORMED_FUNCTION_CALL: "broken",
  MALFORMED_RESPONSE: "broken",
  MISSING_THOUGHT_SIGNATURE: "broken",
  UNEXPECTED_TOOL_CALL: "broken",
  TOO_MANY_TOOL_CALLS: "broken",
};

/** Recorders that go through protobuf write the enum's number; only these are the same on both hosts. */
const numbers: readonly string[] = ["", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"];

/** The word of a `finishReason`; undefined while the answer goes on. */
export function finishWord(value: Json | undefined): string | undefined {
  if (typeof value === "number") return value === 0 ? undefined : (numbers[value] ?? String(value));
  if (typeof value !== "string" || value === "" || value === "FINISH_REASON_UNSPECIFIED") return undefined;
  return value;
}

/** What a word stands for; undefined for one this version does not know. */
export function decodeFinish(word: string): Finish | undefined {
  return Object.hasOwn(reasons, word) ? reasons[word] : undefined;
}

/**
 * The finish reason of an answer with a call whose arguments are not JSON. Such a call cannot be written, and leaving
 * it out silently, or writing it without arguments, would have the client act on what was not said.
 */
export function encodeMalformedFinish(reason: EndReason): string {
  return reason === "length" ? "MAX_TOKENS" : "MALFORMED_FUNCTION_CALL";
}

/** The finish reason for a reason: the upstream's own word if it is one of this API and means the same. */
export function encodeFinish(reason: EndReason, raw: string | undefined): string {
  const wanted: Finish = reason === "tool_calls" ? "stop" : reason;
  if (raw !== undefined && decodeFinish(raw) === wanted) return raw;
  switch (reason) {
    case "length":
      return "MAX_TOKENS";
    case "refusal":
      return "SAFETY";
    case "paused":
      return "CONTINUATION";
    default:
      return "STOP";
  }
}
