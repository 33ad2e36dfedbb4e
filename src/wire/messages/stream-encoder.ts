/** Model events as the event stream of the Messages API, as its official SDKs read it. */
import type { Json } from "../../core/message.ts";
import type { ModelEvent, PartHeader } from "../../core/model.ts";
import { type Usage, zeroUsage } from "../../core/usage.ts";
import type { Peer, StreamEncoder } from "../codec.ts";
import { isObject, type JsonObject, objectOf, withExtra } from "../json.ts";
import { type PartEvent, PartQueue } from "../part-queue.ts";
import { formatSse } from "../sse.ts";
import { encodeAnswerPart } from "./encode-block.ts";
import { encodeErrorBody } from "./error.ts";
import { encodeStopReason } from "./stop-reason.ts";
import { wireToolId } from "./tool-id.ts";
import { encodeUsage } from "./usage.ts";

type PartEnd = ModelEvent & { type: "part.end" };

/** Encodes the stream of one response. */
export function streamEncoder(peer: Peer): StreamEncoder {
  return new MessagesStreamEncoder(peer);
}

/**
 * Blocks are written one after another, as the API itself does: while one is open, the events of other parts wait.
 * Clients exist that keep no more than one block.
 */
class MessagesStreamEncoder implements StreamEncoder {
  readonly #peer: Peer;
  #start: (ModelEvent & { type: "start" }) | undefined;
  #begun = false;
  #done = false;
  #usage: Usage = zeroUsage;
  /** Whether it came after `message_start`, so that only a `message_delta` can tell it. */
  #usageIsLate = false;
  /** What unknown `message_delta` fields are put back. */
  #unnamed: JsonObject = {};
  readonly #queue = new PartQueue();
  #nextBlock = 0;
  /** The header of the current part while its block is not yet on the wire. */
  #header: PartHeader | undefined;
  #kind: PartHeader["type"] = "text";
  #wrote = false;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  push(event: ModelEvent): string {
    if (this.#done) return "";
    switch (event.type) {
      case "start":
        this.#start = event;
        return "";
      case "usage":
        this.#usage = event.usage;
        this.#usageIsLate = this.#begun;
        return "";
      case "part.start":
      case "part.delta":
      case "part.end":
        return (
          this.#begin() +
          this.#queue
            .take(event)
            .map((ready) => this.#part(ready))
            .join("")
        );
      case "unknown":
        return this.#unknown(event);
      case "end":
        this.#done = true;
        return (
          this.#begin() +
          this.#messageDelta(
            encodeStopReason(event.reason, event.raw, event.stopSequence),
            event.stopSequence ?? null,
          ) +
          write({ type: "message_stop" })
        );
      case "error":
        this.#done = true;
        // What a broken answer has cost so far is told before the error.
        return (
          this.#begin() +
          (this.#usageIsLate ? this.#messageDelta(null, null) : "") +
          formatSse(encodeErrorBody(event.error), "error")
        );
    }
  }

  end(): string {
    // Events that stop without a terminal one must not look like a finished message.
    return this.#done
      ? ""
      : this.push({
          type: "error",
          error: { code: "truncated", message: "The answer stopped before it was complete." },
        });
  }

  /** `message_start` waits for the first thing to follow, so that usage known by then stands in it. */
  #begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    return write({
      type: "message_start",
      message: {
        id: this.#start?.responseId ?? "msg_unknown",
        type: "message",
        role: "assistant",
        model: this.#start?.model ?? this.#peer.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: encodeUsage(this.#usage),
      },
    });
  }

  #messageDelta(stopReason: string | null, stopSequence: string | null): string {
    const delta = { stop_reason: stopReason, stop_sequence: stopSequence };
    return write(withExtra({ type: "message_delta", delta, usage: encodeUsage(this.#usage) }, this.#unnamed));
  }

  #part(event: PartEvent): string {
    if (event.type === "part.start") return this.#open(event.part);
    return event.type === "part.delta" ? this.#delta(event.delta) : this.#end(event);
  }

  /** Text and tool calls begin at once; reasoning may turn out redacted, and other blocks are known only at their end. */
  #open(header: PartHeader): string {
    this.#header = header;
    return header.type === "text" || header.type === "tool_call" ? this.#blockStart() : "";
  }

  #blockStart(): string {
    const header = this.#header;
    this.#header = undefined;
    if (header === undefined) return "";
    const block: JsonObject =
      header.type === "tool_call"
        ? { type: "tool_use", id: wireToolId(header.id), name: header.name, input: {} }
        : header.type === "reasoning"
          ? { type: "thinking", thinking: "", signature: "" }
          : { type: "text", text: "" };
    this.#kind = header.type;
    this.#wrote = false;
    return write({ type: "content_block_start", index: this.#nextBlock, content_block: block });
  }

  #delta(delta: string): string {
    const start = this.#blockStart();
    this.#wrote = true;
    const body: JsonObject =
      this.#kind === "tool_call"
        ? { type: "input_json_delta", partial_json: delta }
        : this.#kind === "reasoning"
          ? { type: "thinking_delta", thinking: delta }
          : { type: "text_delta", text: delta };
    return start + this.#blockDelta(body);
  }

  #blockDelta(delta: JsonObject): string {
    return write({ type: "content_block_delta", index: this.#nextBlock, delta });
  }

  #end({ part }: PartEnd): string {
    if (
      part.type === "reasoning" &&
      part.redacted !== true &&
      part.text === "" &&
      part.opaque === undefined
    ) {
      this.#header = undefined;
      return "";
    }
    const whole =
      part.type !== "text" && part.type !== "tool_call" && (part.type !== "reasoning" || part.redacted);
    if (whole) {
      this.#header = undefined;
      const block = encodeAnswerPart(part, this.#peer);
      if (block === undefined) return "";
      return (
        write({ type: "content_block_start", index: this.#nextBlock, content_block: block }) +
        this.#blockStop()
      );
    }
    let text = this.#blockStart();
    if (!this.#wrote) {
      const said =
        part.type === "tool_call"
          ? (part.malformed ?? (isEmpty(part.input) ? "" : JSON.stringify(part.input)))
          : part.text;
      if (said !== "") text += this.#delta(said);
    }
    return text + this.#tail(part) + this.#blockStop();
  }

  /** Signature and citations, which come as deltas of their own. */
  #tail(part: PartEnd["part"]): string {
    const fields = objectOf(encodeAnswerPart(part, this.#peer));
    if (part.type === "reasoning" && typeof fields.signature === "string" && fields.signature !== "") {
      return this.#blockDelta({ type: "signature_delta", signature: fields.signature });
    }
    if (part.type !== "text" || !Array.isArray(fields.citations)) return "";
    return fields.citations
      .map((citation) => this.#blockDelta({ type: "citations_delta", citation }))
      .join("");
  }

  #blockStop(): string {
    const text = write({ type: "content_block_stop", index: this.#nextBlock });
    this.#nextBlock += 1;
    return text;
  }

  #unknown(event: ModelEvent & { type: "unknown" }): string {
    if (event.dialect !== "messages" || !isObject(event.data)) return "";
    if (event.name === "message_delta") {
      this.#unnamed = withExtra(this.#unnamed, event.data);
      return "";
    }
    return this.#begin() + formatSse(JSON.stringify(event.data), event.name);
  }
}

function isEmpty(input: Json): boolean {
  return isObject(input) && Object.keys(input).length === 0;
}

function write(event: JsonObject): string {
  return formatSse(JSON.stringify(event), String(event.type));
}
