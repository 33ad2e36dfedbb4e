/** How responses end: `status` and `incomplete_details` against end reasons. */
import type { EndReason, ModelError } from "../../core/model.ts";
import { ownValue } from "../../core/own.ts";
import { isObject, type JsonObject, objectOf, stringOf } from "../json.ts";
import { streamError } from "./error.ts";

/** Why a finished or incomplete response stopped. `calls` and `refused`: whether it holds tool calls, a refusal. */
export function decodeEnd(
  response: JsonObject,
  said: { calls: boolean; refused: boolean },
): { type: "end"; reason: EndReason; raw: string } {
  if (response.status === "incomplete") {
    const raw = stringOf(objectOf(response.incomplete_details).reason) ?? "incomplete";
    return { type: "end", reason: ownValue(incompleteReasons, raw) ?? "length", raw };
  }
  const reason = said.calls ? "tool_calls" : said.refused ? "refusal" : "stop";
  return { type: "end", reason, raw: "completed" };
}

/** `pause_turn` is ours: OpenAI has no paused responses, but the gateway must tell of an upstream's. */
const incompleteReasons: { [reason: string]: EndReason } = {
  max_output_tokens: "length",
  content_filter: "refusal",
  pause_turn: "paused",
};

/** `status` and `incomplete_details` for an end reason. A refusal said in words is a completed response. */
export function encodeEnd(
  reason: EndReason,
  refused: boolean,
): { status: "completed" | "incomplete"; details: JsonObject | null } {
  switch (reason) {
    case "length":
      return { status: "incomplete", details: { reason: "max_output_tokens" } };
    case "paused":
      return { status: "incomplete", details: { reason: "pause_turn" } };
    case "refusal":
      return refused
        ? { status: "completed", details: null }
        : { status: "incomplete", details: { reason: "content_filter" } };
    default:
      return { status: "completed", details: null };
  }
}

/** Why a response is no answer, if it is none. */
export function failureOf(response: JsonObject): ModelError | undefined {
  switch (response.status) {
    case "failed":
      return streamError(isObject(response.error) ? { error: response.error } : response);
    case "cancelled":
      return { code: "aborted", message: "The response was cancelled at the provider." };
    case "queued":
    case "in_progress":
      return {
        code: "truncated",
        message: `The response is still ${response.status}; nothing was answered yet.`,
      };
    default:
      // A gateway's failure under HTTP 200: an error object instead of a response.
      return isObject(response.error) && !Array.isArray(response.output) ? streamError(response) : undefined;
  }
}
