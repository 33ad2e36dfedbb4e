/** The event stream of the Messages API (docs.anthropic.com, "Streaming Messages") as model events. */
import type { Json } from "../../core/message.ts";
import type { ModelError, ModelEvent } from "../../core/model.ts";
import type { Peer, StreamDecoder } from "../codec.ts";
import { isObject, type JsonObject, objectOf, otherFields, stringOf } from "../json.ts";
import { type EventReader, jsonStreamDecoder, truncated } from "../json-stream.ts";
import { decodeError } from "./error.ts";
import { closeBlock, growBlock, headerOf, type OpenBlock, openBlock } from "./open-block.ts";
import { decodeStopReason } from "./stop-reason.ts";
import { decodeBilledUsage, decodeCost, knownUsageFields, mergeRawUsage } from "./usage.ts";

const eventFields = new Set(["type", "delta", "usage"]);
const deltaFields = new Set(["stop_reason", "stop_sequence"]);

/** Decodes the stream of one response. */
export function streamDecoder(peer: Peer): StreamDecoder {
  return jsonStreamDecoder(new MessagesReader(peer));
}

/** Reads the events of one message. Blocks are kept by their index: they may interleave. */
export class MessagesReader implements EventReader {
  done = false;
  readonly #peer: Peer;
  readonly #open = new Map<number, OpenBlock>();
  #usage: JsonObject = {};
  #stopReason: string | undefined;
  #stopSequence: string | undefined;
  #begun = false;
  #called = false;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  read(payload: Json, raw: string, out: ModelEvent[]): void {
    const event = objectOf(payload);
    switch (event.type) {
      case "content_block_delta":
        this.#delta(event, out);
        break;
      case "content_block_start":
        this.#start(event, out);
        break;
      case "content_block_stop":
        this.#stop(event, out);
        break;
      case "message_start":
        this.#begin(objectOf(event.message), out);
        break;
      case "message_delta":
        this.#messageDelta(event, out);
        break;
      case "message_stop":
        this.#end(out);
        break;
      case "ping":
        break;
      default:
        // Proxies write bare error objects into a stream that has already begun.
        if (event.type === "error" || (event.type === undefined && isObject(event.error))) {
          this.fail(decodeError({ status: 200, headers: {}, body: raw }), out);
        } else {
          out.push(unknown(payload));
        }
    }
  }

  finish(out: ModelEvent[]): void {
    this.fail(truncated, out);
  }

  fail(error: ModelError, out: ModelEvent[]): void {
    for (const index of [...this.#open.keys()]) this.#close(index, out);
    this.done = true;
    out.push({ type: "error", error });
  }

  #begin(message: JsonObject, out: ModelEvent[]): void {
    // Some proxies send it twice.
    if (!this.#begun) {
      this.#begun = true;
      const id = stringOf(message.id);
      const model = stringOf(message.model);
      out.push({
        type: "start",
        ...(id === undefined ? {} : { responseId: id }),
        ...(model === undefined ? {} : { model }),
      });
    }
    this.#count(message.usage, out);
  }

  #count(usage: Json | undefined, out: ModelEvent[]): void {
    if (!isObject(usage)) return;
    this.#usage = mergeRawUsage(this.#usage, usage);
    const cost = decodeCost(this.#usage);
    out.push({
      type: "usage",
      usage: decodeBilledUsage(this.#usage),
      ...(cost === undefined ? {} : { cost }),
    });
  }

  #start(event: JsonObject, out: ModelEvent[]): void {
    if (typeof event.index !== "number" || !isObject(event.content_block)) {
      out.push(unknown(event));
      return;
    }
    const index = event.index;
    if (this.#open.has(index)) this.#close(index, out);
    const open = openBlock(event.content_block);
    this.#open.set(index, open);
    out.push({ type: "part.start", index, part: headerOf(open.block) });
    // The input of a tool call is given with its stop, because deltas may still replace what stands here.
    if (open.text !== "" && open.kind !== "tool_use") {
      out.push({ type: "part.delta", index, delta: open.text });
    }
  }

  #delta(event: JsonObject, out: ModelEvent[]): void {
    const index = typeof event.index === "number" ? event.index : -1;
    const open = this.#open.get(index);
    const delta = event.delta;
    if (open === undefined || !isObject(delta)) {
      out.push(unknown(event));
      return;
    }
    let text: Json | undefined;
    if (delta.type === "text_delta" && open.kind === "text") text = delta.text;
    else if (delta.type === "thinking_delta" && open.kind === "thinking") text = delta.thinking;
    else if (delta.type === "input_json_delta" && open.kind === "tool_use") {
      text = delta.partial_json;
      // Deltas replace an input given at the start.
      if (!open.grown && text !== "") open.text = "";
    } else {
      growBlock(open, delta);
      return;
    }
    if (typeof text !== "string" || text === "") return;
    open.text += text;
    open.grown = true;
    out.push({ type: "part.delta", index, delta: text });
  }

  #stop(event: JsonObject, out: ModelEvent[]): void {
    if (typeof event.index === "number" && this.#open.has(event.index)) this.#close(event.index, out);
    else out.push(unknown(event));
  }

  #close(index: number, out: ModelEvent[]): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    if (open.kind === "tool_use") {
      this.#called = true;
      if (!open.grown && open.text !== "") out.push({ type: "part.delta", index, delta: open.text });
    }
    out.push({ type: "part.end", index, part: closeBlock(open, this.#peer) });
  }

  #messageDelta(event: JsonObject, out: ModelEvent[]): void {
    const delta = objectOf(event.delta);
    this.#stopReason = stringOf(delta.stop_reason) ?? this.#stopReason;
    this.#stopSequence = stringOf(delta.stop_sequence) ?? this.#stopSequence;
    const rest = unnamed(event, delta);
    if (rest !== undefined)
      out.push({ type: "unknown", dialect: "messages", name: "message_delta", data: rest });
    this.#count(event.usage, out);
  }

  #end(out: ModelEvent[]): void {
    for (const index of [...this.#open.keys()]) this.#close(index, out);
    const raw = this.#stopReason;
    const reason = raw === undefined ? (this.#called ? "tool_calls" : "stop") : decodeStopReason(raw);
    if (reason === undefined) {
      const message = `The answer ended for a reason this version does not know: ${raw}.`;
      this.fail({ code: "unknown", message }, out);
      return;
    }
    this.done = true;
    out.push({
      type: "end",
      reason,
      ...(raw === undefined ? {} : { raw }),
      ...(this.#stopSequence === undefined ? {} : { stopSequence: this.#stopSequence }),
    });
  }
}

/**
 * What a `message_delta` says that has no word in Tau (container, stop details, applied context edits, counts of
 * server-side tools and passes), in the event's own shape; the encoder puts it back into its `message_delta`.
 */
function unnamed(event: JsonObject, delta: JsonObject): JsonObject | undefined {
  const top = otherFields(event, eventFields);
  const inDelta = otherFields(delta, deltaFields);
  const usage = isObject(event.usage) ? otherFields(event.usage, knownUsageFields) : undefined;
  if (top === undefined && inDelta === undefined && usage === undefined) return undefined;
  return {
    type: "message_delta",
    ...(inDelta === undefined ? {} : { delta: inDelta }),
    ...(usage === undefined ? {} : { usage }),
    ...top,
  };
}

function unknown(payload: Json): ModelEvent {
  const name = isObject(payload) ? stringOf(payload.type) : undefined;
  return { type: "unknown", dialect: "messages", ...(name === undefined ? {} : { name }), data: payload };
}
