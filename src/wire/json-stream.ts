/** The part every event-stream decoder shares: bytes to JSON events, and what happens when that goes wrong. */
import type { Json } from "../core/message.ts";
import type { ModelError, ModelEvent } from "../core/model.ts";
import type { StreamDecoder } from "./codec.ts";
import { boundedRaw } from "./http-failure.ts";
import { parseJson } from "./json.ts";
import { SseDecoder, type SseEvent } from "./sse.ts";

/** What a dialect makes of the JSON events of one response. */
export type EventReader = {
  /** Whether the terminal event has been given; nothing is read after it. */
  readonly done: boolean;
  /** Appends to `out` what one event means. `raw` is its text. */
  read(payload: Json, raw: string, out: ModelEvent[]): void;
  /** The body is complete although no terminal event was read: appends the ending. */
  finish(out: ModelEvent[]): void;
  /** Closes what is open and appends the error. */
  fail(error: ModelError, out: ModelEvent[]): void;
};

/** The error of a body that stopped before the dialect's terminal event. */
export const truncated: ModelError = Object.freeze({
  code: "truncated",
  message: "The answer stopped before it was complete.",
});

/** Decodes an event stream whose every event is one JSON text, with `[DONE]` allowed as a farewell. */
export function jsonStreamDecoder(reader: EventReader): StreamDecoder {
  const sse = new SseDecoder();

  function read(events: SseEvent[], whenNotJson: (raw: string) => ModelError): ModelEvent[] {
    const out: ModelEvent[] = [];
    for (const { data } of events) {
      if (reader.done) return out;
      if (data === "" || data === "[DONE]") continue;
      const payload = parseJson(data);
      if (payload === undefined) reader.fail(whenNotJson(data), out);
      else reader.read(payload, data, out);
    }
    if (sse.failure !== undefined && !reader.done) {
      reader.fail(
        { code: "oversized", message: `The provider's stream cannot be read: ${sse.failure}.` },
        out,
      );
    }
    return out;
  }

  return {
    push: (chunk) => read(sse.push(chunk), notJson),
    end() {
      // Only an event the body's end cut off comes out here, so text that is not JSON means truncation, not garbage.
      const out = read(sse.end(), () => truncated);
      if (!reader.done) reader.finish(out);
      return out;
    },
  };
}

/** The error of a stream that holds something else than its dialect: a proxy's page, mostly. */
export function notJson(raw: string): ModelError {
  return {
    code: "unknown",
    message: "The provider's stream holds an event that is not JSON.",
    raw: boundedRaw(raw),
  };
}
