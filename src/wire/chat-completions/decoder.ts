/** Bytes of a streamed answer, or a whole body, to model events. */
import type { Json } from "../../core/message.ts";
import type { ModelError, ModelEvent } from "../../core/model.ts";
import type { Peer, StreamDecoder } from "../codec.ts";
import { arrayOf, isObject, parseJson } from "../json.ts";
import { SseDecoder, type SseEvent } from "../sse.ts";
import { ChunkReader } from "./chunks.ts";
import type { ChatCompat } from "./compat.ts";
import { errorOf } from "./errors.ts";

const truncated: ModelError = {
  code: "truncated",
  message: "The stream ended before the answer was complete.",
};

/** A line that is not JSON: a proxy's error page, or the stream of something else. */
function garbage(data: string): ModelError {
  return {
    code: "unknown",
    message: "The upstream sent a line that is not JSON.",
    raw: data.slice(0, 8192),
  };
}

/** A decoder for one stream. */
export function streamDecoder(peer: Peer, compat: ChatCompat): StreamDecoder {
  const sse = new SseDecoder();
  const reader = new ChunkReader(peer, compat);

  function read(event: SseEvent, last: boolean): void {
    if (reader.done || event.data === "") return;
    if (event.data === "[DONE]") {
      reader.end();
      return;
    }
    const chunk = parseJson(event.data);
    if (!isObject(chunk)) {
      // An unfinished last line is a cut stream, not a foreign one.
      if (last && chunk === undefined) return;
      reader.fail(garbage(event.data));
    } else if (event.event === "error" || chunk.object === "error") {
      reader.fail(errorOf(chunk.error ?? chunk, chunk));
    } else {
      reader.chunk(chunk);
    }
  }

  return {
    push(bytes) {
      for (const event of sse.push(bytes)) read(event, false);
      if (sse.failure !== undefined)
        reader.fail({ code: "oversized", message: `The provider's stream cannot be read: ${sse.failure}.` });
      return reader.take();
    },
    end() {
      for (const event of sse.end()) read(event, true);
      // Perplexity and others leave `[DONE]` out; a finish reason is as good an end.
      if (reader.finished) reader.end();
      else reader.fail(truncated);
      return reader.take();
    },
  };
}

/** The events of a whole body, as its stream would have given them. */
export function decodeResponse(body: Json, peer: Peer, compat: ChatCompat): ModelEvent[] {
  const reader = new ChunkReader(peer, compat);
  if (!isObject(body)) {
    reader.fail(garbage(JSON.stringify(body)));
    return reader.take();
  }
  const choices = arrayOf(body.choices).map((choice) => (isObject(choice) ? asChunk(choice) : choice));
  reader.chunk({ ...body, choices });
  if (choices.length > 0) reader.end();
  else reader.fail({ ...errorOf(body, body), message: "The upstream's answer has no choices." });
  return reader.take();
}

/** A choice with its message in the place of a delta; in a whole message each tool call is a call of its own. */
function asChunk(choice: { [key: string]: Json }): { [key: string]: Json } {
  const { message, delta: _unused, ...rest } = choice;
  if (!isObject(message)) return rest;
  if (!Array.isArray(message.tool_calls)) return { ...rest, delta: message };
  const calls = message.tool_calls.map((call, index) => (isObject(call) ? { ...call, index } : call));
  return { ...rest, delta: { ...message, tool_calls: calls } };
}
