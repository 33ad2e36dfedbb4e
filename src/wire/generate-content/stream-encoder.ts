/** Model events as the event stream of `streamGenerateContent?alt=sse`, as Google's official SDK reads it. */
import type { Json } from "../../core/message.ts";
import type { ModelEvent } from "../../core/model.ts";
import type { Usage } from "../../core/usage.ts";
import type { Peer, StreamEncoder } from "../codec.ts";
import { replayable } from "../dialect-data.ts";
import { isObject, type JsonObject } from "../json.ts";
import { type PartEvent, PartQueue } from "../part-queue.ts";
import { formatSse } from "../sse.ts";
import { encodePart } from "./encode-part.ts";
import { encodeErrorBody } from "./error.ts";
import { encodeFinish, encodeMalformedFinish } from "./finish-reason.ts";
import { encodeUsage } from "./usage.ts";

type PartEnd = ModelEvent & { type: "part.end" };

/** Encodes the stream of one response. */
export function streamEncoder(peer: Peer): StreamEncoder {
  return new ContentStreamEncoder(peer);
}

/**
 * Chunks have no part index, so parts are written one after another. Text goes out as it comes; tool calls and other
 * parts go out whole at their end, because the API itself sends them so.
 */
class ContentStreamEncoder implements StreamEncoder {
  readonly #peer: Peer;
  readonly #queue = new PartQueue();
  #responseId = "unknown";
  #model: string;
  #usage: Usage | undefined;
  #usageTold = true;
  #done = false;
  /** Of the part being written: whether it is a thought, and whether any of its text is out. */
  #thought = false;
  #plain = false;
  #wrote = false;
  #malformed = false;

  constructor(peer: Peer) {
    this.#peer = peer;
    this.#model = peer.model;
  }

  push(event: ModelEvent): string {
    if (this.#done) return "";
    switch (event.type) {
      case "start":
        this.#responseId = event.responseId ?? this.#responseId;
        this.#model = event.model ?? this.#model;
        return "";
      case "usage":
        this.#usage = event.usage;
        this.#usageTold = false;
        return "";
      case "part.start":
      case "part.delta":
      case "part.end":
        return this.#queue
          .take(event)
          .map((ready) => this.#part(ready))
          .join("");
      case "unknown":
        return event.dialect === "generate-content" ? this.#unknown(event.data) : "";
      case "end":
        this.#done = true;
        // The SDK takes a chunk without parts for an invalid one, so the last one has an empty text, as Google's has.
        return this.#chunk({
          content: { parts: [{ text: "" }], role: "model" },
          finishReason: this.#malformed
            ? encodeMalformedFinish(event.reason)
            : encodeFinish(event.reason, event.raw),
        });
      case "error":
        this.#done = true;
        // What a broken answer has cost so far is told before the error.
        return (this.#usageTold ? "" : this.#write({})) + formatSse(encodeErrorBody(event.error));
    }
  }

  end(): string {
    // Events that stop without a terminal one must not look like a finished answer.
    return this.#done
      ? ""
      : this.push({
          type: "error",
          error: { code: "truncated", message: "The answer stopped before it was complete." },
        });
  }

  #part(event: PartEvent): string {
    switch (event.type) {
      case "part.start":
        this.#thought = event.part.type === "reasoning";
        this.#plain = this.#thought || event.part.type === "text";
        this.#wrote = false;
        return "";
      case "part.delta":
        if (!this.#plain) return "";
        this.#wrote = true;
        return this.#say(this.#textPart(event.delta, {}));
      case "part.end":
        return this.#end(event);
    }
  }

  #end({ part }: PartEnd): string {
    if (part.type === "tool_result") return "";
    if (part.type === "text" || part.type === "reasoning") {
      const fields = replayable(part.opaque, this.#peer, "generate-content");
      const text = this.#wrote ? "" : part.text;
      return text === "" && fields === undefined ? "" : this.#say(this.#textPart(text, fields ?? {}));
    }
    if (part.type === "tool_call" && part.malformed !== undefined) {
      this.#malformed = true;
      return "";
    }
    if (part.type === "opaque") {
      const candidate = replayable(part.opaque, this.#peer, "generate-content")?.candidate;
      if (isObject(candidate)) return this.#chunk(candidate);
    }
    const encoded = encodePart(part, this.#peer);
    return encoded === undefined ? "" : this.#say(encoded);
  }

  #textPart(text: string, fields: JsonObject): JsonObject {
    return { text, ...(this.#thought ? { thought: true } : {}), ...fields };
  }

  #say(part: JsonObject): string {
    return this.#chunk({ content: { parts: [part], role: "model" } });
  }

  #chunk(candidate: JsonObject): string {
    return this.#write({ candidates: [{ ...candidate, index: 0 }] });
  }

  #write(chunk: JsonObject): string {
    this.#usageTold = true;
    return formatSse(
      JSON.stringify({
        ...chunk,
        ...(this.#usage === undefined ? {} : { usageMetadata: encodeUsage(this.#usage) }),
        modelVersion: this.#model,
        responseId: this.#responseId,
      }),
    );
  }

  /** What the decoder kept of a chunk was sometimes only some of its fields; both are chunks of their own. */
  #unknown(data: Json): string {
    return formatSse(JSON.stringify(data));
  }
}
