/** Events of the Messages API, short to write in cases. */
import type { Json } from "../../../src/core/message.ts";
import { messagesCodec as codec } from "../../../src/wire/messages/codec.ts";
import { decodeText } from "../../support/stream-cases.ts";

export const peer = { provider: "anthropic", model: "claude-test" };
export type Event = { type: string; [key: string]: Json };

export const opaque = (fields: { [key: string]: Json }) => ({
  ...peer,
  data: { dialect: "messages", fields },
});
export const sse = (...events: Event[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
export const begin: Event = {
  type: "message_start",
  message: { id: "msg_1", model: "claude-test-1", content: [], usage: { input_tokens: 3, output_tokens: 1 } },
};
export const start = (index: number, content_block: Json): Event => ({
  type: "content_block_start",
  index,
  content_block,
});
export const delta = (index: number, value: Json): Event => ({
  type: "content_block_delta",
  index,
  delta: value,
});
export const stop = (index: number): Event => ({ type: "content_block_stop", index });
export const ending = (stop_reason: string, more: { [key: string]: Json } = {}): Event[] => [
  {
    type: "message_delta",
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: 9 },
    ...more,
  },
  { type: "message_stop" },
];
export const block = (content: Json, ...deltas: Json[]): Event[] => [
  start(0, content),
  ...deltas.map((one) => delta(0, one)),
  stop(0),
];
export const decode = (...events: Event[]) => decodeText(codec, peer, sse(begin, ...events));
export const tool = (id: string) => ({ type: "tool_use", id, name: "read", input: {} });
export const json = (partial_json: string) => ({ type: "input_json_delta", partial_json });
