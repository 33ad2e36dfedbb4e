import Anthropic from "@anthropic-ai/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textOf } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { messagesCodec as codec } from "../../../src/wire/messages/codec.ts";
import { streamBytes } from "../../support/codec-laws.ts";
import { interleaved, peer, streams } from "./sayable.ts";

/** Anthropic's own client, answered by our encoder instead of a network. */
function client(body: string, type: string): Anthropic {
  return new Anthropic({
    apiKey: "none",
    maxRetries: 0,
    fetch: async () => new Response(body, { headers: { "content-type": type } }),
  });
}

const ask = { model: "claude-test", max_tokens: 10, messages: [{ role: "user" as const, content: "hi" }] };
const endsWell = (events: readonly ModelEvent[]) =>
  events.at(-1)?.type === "end" &&
  // The SDK throws on tool input that is not JSON, whoever sends it.
  events.every((event) => event.type !== "part.end" || !("malformed" in event.part));

/** What a message of the SDK says, and what the events said. */
function readings(events: readonly ModelEvent[], message: Anthropic.Message) {
  const parts = events
    .flatMap((event) => (event.type === "part.end" ? [event] : []))
    .toSorted((a, b) => a.index - b.index)
    .map(({ part }) => part);
  const usage = events.findLast((event) => event.type === "usage")?.usage;
  const of = <T>(list: (T | undefined)[]) => list.filter((item) => item !== undefined);
  return {
    theirs: {
      text: message.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
      calls: of(
        message.content.map((block) =>
          block.type === "tool_use" ? { id: block.id, name: block.name, input: block.input } : undefined,
        ),
      ),
      thoughts: of(message.content.map((block) => (block.type === "thinking" ? block.thinking : undefined))),
      usage: [message.usage.input_tokens, message.usage.cache_read_input_tokens, message.usage.output_tokens],
    },
    ours: {
      text: textOf(parts),
      calls: of(
        parts.map((part) =>
          part.type === "tool_call" ? { id: part.id, name: part.name, input: part.input } : undefined,
        ),
      ),
      thoughts: of(
        parts.map((part) => (part.type === "reasoning" && part.redacted !== true ? part.text : undefined)),
      ),
      usage: [usage?.input, usage?.cacheRead, usage?.output],
    },
  };
}

describe("Anthropic's SDK", () => {
  test("reads every stream of ours that ends well", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(streams, interleaved).filter(endsWell), async (events) => {
        const body = Buffer.from(streamBytes(codec, peer, events)).toString();
        const message = await client(body, "text/event-stream").messages.stream(ask).finalMessage();
        const { theirs, ours } = readings(events, message);
        expect(theirs).toEqual(ours);
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  test("reads every whole answer of ours", async () => {
    await fc.assert(
      fc.asyncProperty(streams.filter(endsWell), async (events) => {
        const body = JSON.stringify(codec.encodeResponse(events, peer));
        const message = await client(body, "application/json").messages.create(ask);
        const { theirs, ours } = readings(events, message);
        expect(theirs).toEqual(ours);
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  test("throws on an error in the stream, with its message", async () => {
    const events: ModelEvent[] = [
      { type: "start", responseId: "msg_1" },
      { type: "error", error: { code: "overloaded", message: "come back later" } },
    ];
    const body = Buffer.from(streamBytes(codec, peer, events)).toString();
    await expect(client(body, "text/event-stream").messages.stream(ask).finalMessage()).rejects.toThrow(
      /come back later/,
    );
  });
});
