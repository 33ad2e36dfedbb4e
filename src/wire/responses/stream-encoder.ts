/**
 * Model events as the event stream of the Responses API, in the order and with the fields that OpenAI's SDK and the
 * Open Responses contract (https://www.openresponses.org) ask for: consecutive `sequence_number`s, `output_index` in
 * order of appearance, each event one block, `[DONE]` last.
 */
import type { Part, ReasoningPart, TextPart, ToolCallPart } from "../../core/message.ts";
import type { EndReason, ModelError, ModelEvent, PartHeader } from "../../core/model.ts";
import type { NanoUsd, Usage } from "../../core/usage.ts";
import type { Peer, StreamEncoder } from "../codec.ts";
import { isObject, type JsonObject, stringOf } from "../json.ts";
import { formatSse } from "../sse.ts";
import { encodeEnd } from "./end.ts";
import { errorBody, errorHeaders } from "./error.ts";
import { callItem, fieldsOf, messageItem, reasoningItem, textContent } from "./items.ts";
import { summaryOf } from "./parts.ts";
import { type ResponseState, responseObject } from "./resource.ts";
import { encodeUsage } from "./usage.ts";

/** An item that clients know of and that has not ended. */
type OpenItem = { id: string; outputIndex: number; header: PartHeader; text: string };

/** Writes one response as events; `events` gives them as objects, `push` as text. */
export class ResponsesEncoder implements StreamEncoder {
  readonly #peer: Peer;
  readonly #open = new Map<number, OpenItem>();
  /**
   * A part that has begun but is not announced: if it ends at once (ciphertext, server-side blocks), its item is
   * announced with the id it really has.
   */
  #held: { index: number; header: PartHeader } | undefined;
  /** Parts without deltas that have begun: they are told of when they end, and only if this dialect can say them. */
  readonly #whole = new Map<number, PartHeader>();
  #sequence = 0;
  #state: ResponseState;
  #usage: { usage: Usage; cost: NanoUsd | undefined } | undefined;
  #begun = false;
  #refused = false;
  #out: JsonObject[] = [];

  constructor(peer: Peer) {
    this.#peer = peer;
    this.#state = {
      id: "resp_0",
      model: peer.model,
      status: "in_progress",
      output: [],
      usage: null,
      details: null,
      error: null,
    };
  }

  push(event: ModelEvent): string {
    return this.events(event)
      .map((data) => formatSse(JSON.stringify(data), stringOf(data.type)))
      .join("");
  }

  end(): string {
    return formatSse("[DONE]");
  }

  /** The dialect's events for one of ours. */
  events(event: ModelEvent): JsonObject[] {
    if (event.type === "start") {
      this.#state = {
        ...this.#state,
        id: event.responseId ?? this.#state.id,
        model: event.model ?? this.#state.model,
      };
    }
    this.#begin();
    if (event.type !== "part.end" || event.index !== this.#held?.index) this.#release();
    this.#write(event);
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #write(event: ModelEvent): void {
    switch (event.type) {
      case "start":
        return;
      case "part.start":
        if (hasDeltas(event.part)) this.#held = { index: event.index, header: event.part };
        else this.#whole.set(event.index, event.part);
        return;
      case "part.delta":
        this.#deltaOf(event.index, event.delta);
        return;
      case "part.end":
        this.#end(event.index, event.part);
        return;
      case "usage":
        this.#usage = { usage: event.usage, cost: event.cost };
        return;
      case "unknown":
        if (event.dialect === "responses" && isObject(event.data)) this.#emit(event.data);
        return;
      case "end":
        this.#finish(event.reason);
        return;
      case "error":
        this.#fail(event.error);
    }
  }

  #emit(event: JsonObject): void {
    this.#out.push({ ...event, sequence_number: this.#sequence });
    this.#sequence += 1;
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#emit({ type: "response.created", response: responseObject(this.#state) });
    this.#emit({ type: "response.in_progress", response: responseObject(this.#state) });
  }

  #release(): void {
    if (this.#held === undefined) return;
    const { index, header } = this.#held;
    this.#held = undefined;
    this.#announce(index, header, undefined);
  }

  /** Tells of a new item; `id` is its own id where it has one. */
  #announce(index: number, header: PartHeader, id: string | undefined): OpenItem {
    const item: OpenItem = {
      id: id ?? `${prefixes[header.type]}_${this.#state.id}_${index}`,
      outputIndex: this.#state.output.length,
      header,
      text: "",
    };
    this.#open.set(index, item);
    const announced = announcedItem(item);
    // The place in `output` is taken now, since parts may end in another order.
    this.#state.output.push(announced);
    this.#emit({ type: "response.output_item.added", output_index: item.outputIndex, item: announced });
    if (header.type === "text") {
      this.#emit({ type: "response.content_part.added", ...placeOf(item), part: emptyText });
    }
    return item;
  }

  #deltaOf(index: number, delta: string): void {
    const item = this.#open.get(index);
    if (item !== undefined) this.#delta(item, delta);
  }

  #delta(item: OpenItem, delta: string): void {
    if (item.header.type === "reasoning" && item.text === "") {
      this.#emit({
        type: "response.reasoning_summary_part.added",
        ...summaryPlace(item),
        part: emptySummary,
      });
    }
    item.text += delta;
    switch (item.header.type) {
      case "text":
        this.#emit({ type: "response.output_text.delta", ...placeOf(item), delta, logprobs: [] });
        return;
      case "reasoning":
        this.#emit({ type: "response.reasoning_summary_text.delta", ...summaryPlace(item), delta });
        return;
      case "tool_call":
        this.#emit({
          type: "response.function_call_arguments.delta",
          item_id: item.id,
          output_index: item.outputIndex,
          delta,
        });
    }
  }

  #end(index: number, part: Part): void {
    const fields = fieldsOf(part, this.#peer);
    let item = this.#open.get(index);
    if (item === undefined) {
      const header = this.#whole.get(index) ?? this.#held?.header;
      if (this.#held?.index === index) this.#held = undefined;
      // A block of another maker means nothing to this dialect's clients, and answers hold no files.
      const sayable = part.type === "opaque" ? Object.keys(fields).length > 0 : part.type !== "file";
      if (header === undefined || !sayable) return;
      item = this.#announce(index, header, stringOf(fields.id));
    }
    this.#open.delete(index);
    const text = wholeText(part);
    // Dialects whose parts come whole have no deltas; clients of this one read nothing else.
    if (text !== item.text && text.startsWith(item.text)) this.#delta(item, text.slice(item.text.length));
    const finished = this.#finishItem(item, part, fields);
    if (finished === undefined) return;
    this.#state.output[item.outputIndex] = finished;
    this.#emit({ type: "response.output_item.done", output_index: item.outputIndex, item: finished });
  }

  #finishItem(item: OpenItem, part: Part, fields: JsonObject): JsonObject | undefined {
    switch (part.type) {
      case "text":
        return this.#endText(item, part, fields);
      case "reasoning":
        return this.#endReasoning(item, part, fields);
      case "tool_call":
        return this.#endCall(item, part, fields);
      case "opaque":
        return fields;
      case "image":
        return {
          type: "image_generation_call",
          id: item.id,
          status: "completed",
          result: typeof part.data === "string" ? part.data : part.data.url,
        };
      default:
        return undefined;
    }
  }

  #endText(item: OpenItem, part: TextPart, fields: JsonObject): JsonObject {
    // That a text is a refusal is known when it ends. It was streamed as text, and OpenAI's SDK fails on a part that
    // changes its type; only the finished item, which replaces the part, says so.
    if (part.refusal === true) this.#refused = true;
    const { refusal: _, ...streamed } = part;
    this.#emit({ type: "response.output_text.done", ...placeOf(item), text: part.text, logprobs: [] });
    this.#emit({ type: "response.content_part.done", ...placeOf(item), part: textContent(streamed, fields) });
    return messageItem(part, fields, item.id);
  }

  #endReasoning(item: OpenItem, part: ReasoningPart, fields: JsonObject): JsonObject {
    if (item.text !== "") {
      this.#emit({ type: "response.reasoning_summary_text.done", ...summaryPlace(item), text: part.text });
      const [summary] = summaryOf(part.text);
      this.#emit({
        type: "response.reasoning_summary_part.done",
        ...summaryPlace(item),
        part: summary ?? emptySummary,
      });
    }
    return reasoningItem(part, fields, item.id);
  }

  #endCall(item: OpenItem, part: ToolCallPart, fields: JsonObject): JsonObject {
    const finished = callItem(part, fields, item.id);
    this.#emit({
      type: "response.function_call_arguments.done",
      item_id: item.id,
      output_index: item.outputIndex,
      name: part.name,
      arguments: finished.arguments ?? item.text,
    });
    return finished;
  }

  #finish(reason: EndReason): void {
    const { status, details } = encodeEnd(reason, this.#refused);
    this.#terminal({ status, details, error: null });
  }

  #fail(error: ModelError): void {
    const body = errorBody(error);
    const headers = errorHeaders(error);
    // OpenAI writes the error's fields flat, the Open Responses contract (and the SDK's check) in an object.
    this.#emit({
      type: "error",
      code: body.code ?? null,
      message: error.message,
      param: null,
      error: { ...body, ...(Object.keys(headers).length === 0 ? {} : { headers }) },
    });
    this.#terminal({
      status: "failed",
      details: null,
      error: { code: body.code ?? null, message: error.message },
    });
  }

  #terminal(
    last: Pick<ResponseState, "details" | "error"> & { status: "completed" | "incomplete" | "failed" },
  ): void {
    const usage = this.#usage === undefined ? null : encodeUsage(this.#usage.usage, this.#usage.cost);
    this.#state = { ...this.#state, ...last, usage };
    this.#emit({ type: `response.${last.status}`, response: responseObject(this.#state) });
  }
}

function hasDeltas(header: PartHeader): boolean {
  return header.type === "text" || header.type === "reasoning" || header.type === "tool_call";
}

function wholeText(part: Part): string {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.text;
    case "tool_call":
      return part.malformed ?? JSON.stringify(part.input);
    default:
      return "";
  }
}

const prefixes: { [type in PartHeader["type"]]: string } = {
  text: "msg",
  reasoning: "rs",
  tool_call: "fc",
  opaque: "item",
  image: "ig",
  file: "file",
};

const emptyText: JsonObject = { type: "output_text", text: "", annotations: [], logprobs: [] };
const emptySummary: JsonObject = { type: "summary_text", text: "" };

function placeOf(item: OpenItem): JsonObject {
  return { item_id: item.id, output_index: item.outputIndex, content_index: 0 };
}

function summaryPlace(item: OpenItem): JsonObject {
  return { item_id: item.id, output_index: item.outputIndex, summary_index: 0 };
}

/** An item as it is told of before anything of it is known. */
function announcedItem(item: OpenItem): JsonObject {
  const { id, header } = item;
  switch (header.type) {
    case "text":
      return { type: "message", id, status: "in_progress", role: "assistant", content: [] };
    case "reasoning":
      return { type: "reasoning", id, summary: [] };
    case "tool_call":
      return {
        type: "function_call",
        id,
        call_id: header.id,
        name: header.name,
        arguments: "",
        status: "in_progress",
      };
    case "opaque":
      return { type: header.kind, id, status: "in_progress" };
    default:
      return { type: "image_generation_call", id, status: "in_progress", result: null };
  }
}
