/**
 * The event stream of the Responses API as model events.
 * https://platform.openai.com/docs/api-reference/responses-streaming, https://www.openresponses.org
 *
 * Items are told apart by `output_index`, not by `item_id`: GitHub Copilot gives every event of an item another id.
 */
import type { Json, Part } from "../../core/message.ts";
import type { ModelError, ModelEvent, PartHeader } from "../../core/model.ts";
import type { Peer, StreamDecoder } from "../codec.ts";
import { arrayOf, isObject, type JsonObject, objectOf, parseJson, stringOf } from "../json.ts";
import { notJson } from "../json-stream.ts";
import { SseDecoder, type SseEvent } from "../sse.ts";
import { decodeEnd, failureOf } from "./end.ts";
import { streamError } from "./error.ts";
import {
  headerOf,
  headerOfPart,
  isTextContent,
  keyOf,
  type OpenPart,
  partial,
  slotOf,
  takePart,
} from "./open-parts.ts";
import {
  callArguments,
  customClosing,
  customOpening,
  escaped,
  partsOfItem,
  reasoningPart,
  toolCallPart,
} from "./parts.ts";
import { usageEvent } from "./usage.ts";

/** An output item whose end has not come, its parts by content index. */
type OpenItem = {
  item: JsonObject;
  parts: Map<number, OpenPart>;
  /** Which summary or thought the last reasoning delta belonged to. */
  section: string | undefined;
};

/** Events of one stream, or of one whole response body through `whole`. */
export class ResponsesDecoder implements StreamDecoder {
  readonly #peer: Peer;
  readonly #sse = new SseDecoder();
  readonly #open = new Map<string, OpenItem>();
  /** Items that have ended, by key and by id. */
  readonly #closed = new Set<string>();
  #out: ModelEvent[] = [];
  /** The failure an `error` event told of, until the response has ended. */
  #error: ModelError | undefined;
  /** What is said of a stream that held text that is not JSON, if it does not end well. */
  #garbled: ModelError | undefined;
  #started = false;
  #finished = false;
  #nextIndex = 0;
  #calls = false;
  #refused = false;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  push(chunk: Uint8Array): ModelEvent[] {
    return this.#drain(this.#sse.push(chunk));
  }

  end(): ModelEvent[] {
    // An event that only the body's end completes was cut off: its not being JSON is no garbage.
    const garbled = this.#garbled;
    const events = this.#drain(this.#sse.end());
    if (!this.#finished) {
      const told = this.#error ?? garbled;
      this.#fail(
        told ?? {
          code: this.#sse.failure === undefined ? "truncated" : "oversized",
          message: this.#sse.failure ?? "The stream ended before the response was complete.",
        },
      );
    }
    return [...events, ...this.#take()];
  }

  /** The events the stream of a finished response would have given. */
  whole(body: Json): ModelEvent[] {
    this.#finish(objectOf(body));
    return this.#take();
  }

  #drain(events: readonly SseEvent[]): ModelEvent[] {
    for (const event of events) this.#event(event);
    return this.#take();
  }

  #take(): ModelEvent[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #event(event: SseEvent): void {
    // What follows the terminal event is `[DONE]` or a second word on a failure already told.
    if (this.#finished || event.data === "[DONE]") return;
    const data = parseJson(event.data);
    if (!isObject(data)) {
      if (data === undefined) this.#garbled ??= notJson(event.data);
      this.#unknown(event.event, data ?? event.data);
      return;
    }
    this.#typed(stringOf(data.type) ?? event.event ?? (isObject(data.error) ? "error" : undefined), data);
  }

  #typed(type: string | undefined, data: JsonObject): void {
    switch (type) {
      case "response.output_text.delta":
      case "response.refusal.delta":
        this.#delta(this.#part(data, slotOf(data), { type: "text" }), stringOf(data.delta));
        return;
      case "response.function_call_arguments.delta":
        this.#callDelta(data, stringOf(data.delta));
        return;
      case "response.custom_tool_call_input.delta":
        this.#callDelta(data, escaped(stringOf(data.delta) ?? ""));
        return;
      // OpenAI's names and those of the Open Responses contract.
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
      case "response.reasoning.delta":
        this.#reasoningDelta(type, data);
        return;
      case "response.output_item.added":
        this.#add(keyOf(data), objectOf(data.item));
        return;
      case "response.output_item.done":
        this.#close(keyOf(data), objectOf(data.item));
        return;
      case "response.content_part.added":
        if (isTextContent(data.part)) this.#part(data, slotOf(data), { type: "text" });
        return;
      case "response.created":
      case "response.in_progress":
      case "response.queued":
        this.#start(objectOf(data.response));
        return;
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
        this.#finish(terminal(type.slice("response.".length), objectOf(data.response)));
        return;
      case "error":
        // `response.failed` follows, with the usage; if it does not, the stream's end tells of this error.
        this.#start({});
        this.#error ??= streamError(data);
        return;
      // Said again, whole, by the item that ends after them.
      case "response.content_part.done":
      case "response.output_text.done":
      case "response.output_text.annotation.added":
      case "response.refusal.done":
      case "response.function_call_arguments.done":
      case "response.custom_tool_call_input.done":
      case "response.reasoning_text.done":
      case "response.reasoning.done":
      case "response.reasoning_part.added":
      case "response.reasoning_part.done":
      case "response.reasoning_summary_part.added":
      case "response.reasoning_summary_part.done":
      case "response.reasoning_summary_text.done":
        return;
      default:
        this.#unknown(type, data);
    }
  }

  #start(response: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    const responseId = stringOf(response.id);
    const model = stringOf(response.model);
    this.#out.push({
      type: "start",
      ...(responseId === undefined ? {} : { responseId }),
      ...(model === undefined ? {} : { model }),
    });
  }

  #unknown(name: string | undefined, data: Json): void {
    this.#start({});
    this.#out.push({ type: "unknown", dialect: "responses", ...(name === undefined ? {} : { name }), data });
  }

  #add(key: string, item: JsonObject): void {
    this.#start({});
    const open: OpenItem = { item, parts: new Map(), section: undefined };
    this.#open.set(key, open);
    const header = headerOf(item);
    if (header !== undefined) this.#begin(open, 0, header);
  }

  #announce(header: PartHeader): OpenPart {
    const part: OpenPart = { index: this.#nextIndex, header, text: "" };
    this.#nextIndex += 1;
    this.#out.push({ type: "part.start", index: part.index, part: header });
    return part;
  }

  #begin(open: OpenItem, slot: number, header: PartHeader): OpenPart {
    const part = this.#announce(header);
    open.parts.set(slot, part);
    if (open.item.type === "custom_tool_call") this.#delta(part, customOpening);
    return part;
  }

  /** The open part an event speaks of; begun here when the server skipped `output_item.added`. */
  #part(data: JsonObject, slot: number, header: PartHeader): OpenPart {
    const key = keyOf(data);
    let open = this.#open.get(key);
    if (open === undefined) {
      this.#start({});
      open = { item: { id: data.item_id ?? null }, parts: new Map(), section: undefined };
      this.#open.set(key, open);
    }
    return open.parts.get(slot) ?? this.#begin(open, slot, header);
  }

  #delta(part: OpenPart, delta: string | undefined): void {
    if (delta === undefined || delta === "") return;
    part.text += delta;
    this.#out.push({ type: "part.delta", index: part.index, delta });
  }

  /** Arguments before the call's name is known cannot be shown; the item says them again when it is done. */
  #callDelta(data: JsonObject, delta: string | undefined): void {
    const part = this.#open.get(keyOf(data))?.parts.get(0);
    if (part !== undefined) this.#delta(part, delta);
  }

  #reasoningDelta(type: string, data: JsonObject): void {
    const part = this.#part(data, 0, { type: "reasoning" });
    const open = this.#open.get(keyOf(data));
    if (open === undefined) return;
    const section = `${type}:${data.summary_index ?? data.content_index ?? 0}`;
    const next = open.section !== undefined && open.section !== section && part.text !== "";
    open.section = section;
    this.#delta(part, `${next ? "\n\n" : ""}${stringOf(data.delta) ?? ""}`);
  }

  /** Ends the parts of an item by its finished form, which says what no delta does: annotations, signatures, status. */
  #close(key: string, item: JsonObject): void {
    this.#start({});
    const open = this.#open.get(key) ?? { item, parts: new Map<number, OpenPart>(), section: undefined };
    this.#open.delete(key);
    this.#closed.add(key);
    if (typeof item.id === "string") this.#closed.add(item.id);
    // A server that never says the role or type again is taken by what it said at first.
    const whole = item.type === undefined ? { ...open.item, ...item } : item;
    for (const { slot, part } of partsOfItem(whole, this.#peer)) {
      const begun = takePart(open.parts, slot, part) ?? this.#announce(headerOfPart(part));
      this.#endPart(begun, this.#settle(begun, part, whole));
    }
    for (const begun of open.parts.values()) this.#endPart(begun, partial(begun, open.item, this.#peer));
  }

  /** The finished part, made to agree with its deltas: what they left out is said as one more delta. */
  #settle(begun: OpenPart, part: Part, item: JsonObject): Part {
    switch (part.type) {
      case "text": {
        if (part.text.startsWith(begun.text)) this.#delta(begun, part.text.slice(begun.text.length));
        return part.text === begun.text ? part : { ...part, text: begun.text };
      }
      case "reasoning": {
        if (part.text.startsWith(begun.text)) this.#delta(begun, part.text.slice(begun.text.length));
        return part.text === begun.text ? part : reasoningPart(item, begun.text, this.#peer);
      }
      case "tool_call": {
        const finished = callArguments(item);
        if (finished.startsWith(begun.text)) this.#delta(begun, finished.slice(begun.text.length));
        else if (item.type === "custom_tool_call" && !begun.text.endsWith(customClosing))
          this.#delta(begun, customClosing);
        return finished === begun.text ? part : toolCallPart(item, begun.text, this.#peer);
      }
      default:
        return part;
    }
  }

  #endPart(begun: OpenPart, part: Part): void {
    if (part.type === "tool_call") this.#calls = true;
    if (part.type === "text" && part.refusal === true) this.#refused = true;
    this.#out.push({ type: "part.end", index: begun.index, part });
  }

  #finish(response: JsonObject): void {
    this.#start(response);
    arrayOf(response.output).forEach((item, at) => {
      if (!isObject(item)) return;
      const key = String(at);
      // Items whose end was streamed; by id as well, for servers that count `output_index` otherwise.
      if (this.#closed.has(key) || (typeof item.id === "string" && this.#closed.has(item.id))) return;
      const byId = typeof item.id === "string" && this.#open.has(item.id);
      this.#close(byId ? String(item.id) : key, item);
    });
    const usage = usageEvent(response);
    const error = this.#error ?? failureOf(response);
    this.#endParts();
    if (usage !== undefined) this.#out.push(usage);
    if (error !== undefined) {
      this.#fail(error);
      return;
    }
    this.#out.push(decodeEnd(response, { calls: this.#calls, refused: this.#refused }));
    this.#finished = true;
  }

  #fail(error: ModelError): void {
    this.#start({});
    this.#endParts();
    this.#out.push({ type: "error", error });
    this.#finished = true;
  }

  /** Ends what is still open, by what was said of it; a tool call cut off so is never whole. */
  #endParts(): void {
    for (const open of this.#open.values()) {
      for (const begun of open.parts.values()) this.#endPart(begun, partial(begun, open.item, this.#peer));
    }
    this.#open.clear();
  }
}

/** The response of a terminal event. The event's name is the word on its status where the object's own is stale. */
function terminal(status: string, response: JsonObject): JsonObject {
  const stale =
    response.status === undefined || response.status === "in_progress" || response.status === "queued";
  return stale ? { ...response, status } : response;
}
