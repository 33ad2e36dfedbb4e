/** The response object, complete: strict clients refuse one with a field missing, null or not. */
import type { Json } from "../../core/message.ts";
import { isObject, type JsonObject } from "../json.ts";

/** What is said of a response at one moment of its life. */
export type ResponseState = {
  id: string;
  model: string;
  status: "in_progress" | "completed" | "incomplete" | "failed";
  output: Json[];
  usage: JsonObject | null;
  details: JsonObject | null;
  error: JsonObject | null;
};

/**
 * All fields the Open Responses contract requires, absent ones as null. `created_at` is 0, since a codec has no
 * clock, and the fields that echo a request hold the API's defaults: the server that knows both lays its own over them.
 */
export function responseObject(state: ResponseState): JsonObject {
  return {
    id: state.id,
    object: "response",
    created_at: 0,
    completed_at: state.status === "completed" ? 0 : null,
    status: state.status,
    incomplete_details: state.details,
    model: state.model,
    previous_response_id: null,
    instructions: null,
    // A copy: the encoder goes on filling its own.
    output: [...state.output],
    error: state.error,
    tools: [],
    tool_choice: "auto",
    truncation: "disabled",
    parallel_tool_calls: true,
    text: { format: { type: "text" } },
    top_p: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    temperature: 1,
    reasoning: null,
    usage: state.usage,
    max_output_tokens: null,
    max_tool_calls: null,
    store: false,
    background: false,
    service_tier: "default",
    metadata: {},
    safety_identifier: null,
    prompt_cache_key: null,
  };
}

/** The finished response among the events our encoder wrote. */
export function finalResponse(events: readonly JsonObject[]): JsonObject {
  const last = events.findLast((event) => isObject(event.response))?.response;
  if (!isObject(last)) throw new Error("the events end without a terminal one");
  return last;
}
