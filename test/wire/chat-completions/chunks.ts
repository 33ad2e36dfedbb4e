/** Small streams for the tests of the decoder. */
import type { Json, Part } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { chatCompletionsCodec as codec } from "../../../src/wire/chat-completions/codec.ts";
import { compatFor } from "../../../src/wire/chat-completions/compat.ts";

/** Who answers. */
export const peer = { provider: "host", model: "m" };

/** The events of raw stream text. */
export function decode(text: string, provider = "host"): ModelEvent[] {
  const decoder = codec.streamDecoder(peer, compatFor(provider));
  return [...decoder.push(Buffer.from(text)), ...decoder.end()];
}

/** The text of a stream of these chunks. */
export const sse = (...chunks: Json[]): string =>
  chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
/** A chunk that adds to the answer. */
export const delta = (fields: { [key: string]: Json }): Json => ({
  id: "r",
  model: "m",
  choices: [{ index: 0, delta: fields }],
});
/** A chunk that says why the answer ends. */
export const finish = (reason: string, more: { [key: string]: Json } = {}): Json => ({
  choices: [{ index: 0, delta: {}, finish_reason: reason, ...more }],
});
/** A chunk with one entry of `tool_calls`. */
export const call = (entry: { [key: string]: Json }): Json => delta({ tool_calls: [entry] });
/** What closes a stream. */
export const done = "data: [DONE]\n\n";

/** The finished parts, in order. */
export const partsOf = (events: ModelEvent[]): Part[] =>
  events
    .filter((event) => event.type === "part.end")
    .sort((a, b) => a.index - b.index)
    .map((event) => event.part);
/** This dialect's own opaque data. */
export const own = (fields: { [key: string]: Json }) => ({
  ...peer,
  data: { dialect: "chat-completions", fields },
});
