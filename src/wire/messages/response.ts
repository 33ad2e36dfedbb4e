/** Whole (not streamed) answers of the Messages API. */
import type { Json } from "../../core/message.ts";
import type { ModelEvent } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import { boundedRaw } from "../http-failure.ts";
import { isObject, type JsonObject, objectOf, otherFields, parseJson, withExtra } from "../json.ts";
import { encodeAnswerPart } from "./encode-block.ts";
import { decodeError, encodeErrorBody } from "./error.ts";
import { encodeStopReason } from "./stop-reason.ts";
import { MessagesReader } from "./stream-decoder.ts";
import { encodeUsage } from "./usage.ts";

const messageFields = new Set([
  "id",
  "type",
  "role",
  "model",
  "content",
  "stop_reason",
  "stop_sequence",
  "usage",
  "context_management",
]);

/** A message as the events its stream would have given. */
export function decodeResponse(body: Json, peer: Peer): ModelEvent[] {
  const message = objectOf(body);
  const raw = (): string => boundedRaw(JSON.stringify(body));
  if (message.type === "error" || isObject(message.error)) {
    return [{ type: "error", error: decodeError({ status: 200, headers: {}, body: JSON.stringify(body) }) }];
  }
  if (!Array.isArray(message.content)) {
    const text = "The provider's answer is not a message of the Messages API.";
    return [{ type: "error", error: { code: "unknown", message: text, raw: raw() } }];
  }
  const out: ModelEvent[] = [];
  const reader = new MessagesReader(peer);
  const say = (event: JsonObject): void => {
    reader.read(event, "", out);
  };
  say({ type: "message_start", message: { id: message.id ?? null, model: message.model ?? null } });
  for (const [index, block] of message.content.entries()) {
    say({ type: "content_block_start", index, content_block: block });
    say({ type: "content_block_stop", index });
  }
  say({
    type: "message_delta",
    delta: {
      stop_reason: message.stop_reason ?? null,
      stop_sequence: message.stop_sequence ?? null,
      ...otherFields(message, messageFields),
    },
    usage: message.usage ?? {},
    context_management: message.context_management ?? null,
  });
  say({ type: "message_stop" });
  return out;
}

/** The message that a stream's events come to, or the error object if they end in one. */
export function encodeResponse(events: readonly ModelEvent[], peer: Peer): JsonObject {
  const content = new Map<number, Json>();
  let unnamed: JsonObject = {};
  const message: JsonObject = {
    id: "msg_unknown",
    type: "message",
    role: "assistant",
    model: peer.model,
    content: [],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {},
  };
  for (const event of events) {
    switch (event.type) {
      case "start":
        if (event.responseId !== undefined) message.id = event.responseId;
        if (event.model !== undefined) message.model = event.model;
        break;
      case "part.start":
        // Parts stand in the order in which they began.
        content.set(event.index, null);
        break;
      case "part.end":
        content.set(event.index, encodeAnswerPart(event.part, peer) ?? null);
        break;
      case "usage":
        message.usage = encodeUsage(event.usage);
        break;
      case "unknown":
        if (event.dialect === "messages" && event.name === "message_delta" && isObject(event.data)) {
          unnamed = withExtra(unnamed, event.data);
        }
        break;
      case "end":
        message.stop_reason = encodeStopReason(event.reason, event.raw, event.stopSequence);
        message.stop_sequence = event.stopSequence ?? null;
        break;
      case "error":
        return objectOf(parseJson(encodeErrorBody(event.error)));
      case "part.delta":
        break;
    }
  }
  message.content = [...content.values()].filter((block) => block !== null);
  // What the decoder kept of a `message_delta` stands in the message itself here.
  const { type: _, delta, usage, ...top } = unnamed;
  return withExtra({ ...message, ...objectOf(delta), ...top }, { usage: objectOf(usage) });
}
