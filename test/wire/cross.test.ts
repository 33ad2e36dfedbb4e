/** N dialects in, N dialects out: what one dialect's stream says survives being told again in another. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textOf, toolCallsOf } from "../../src/core/message.ts";
import type { Dialect, ModelEvent } from "../../src/core/model.ts";
import { promptTokens } from "../../src/core/usage.ts";
import type { Peer } from "../../src/wire/codec.ts";
import { type AnyCodec, loadCodec } from "../../src/wire/codecs.ts";
import { arbEventStream, arbUsage, plainSayable, type Sayable } from "../support/arbitraries.ts";

const dialects: readonly Dialect[] = ["messages", "chat-completions", "responses", "generate-content"];

/** The upstream's peer and the client's differ, as they do in a gateway: nothing opaque may be needed on the way. */
const upstream: Peer = { provider: "upstream", model: "their-model" };
const client: Peer = { provider: "client", model: "our-model" };

/** What all four dialects can say in a stream. */
const common: Sayable = {
  ...plainSayable(upstream),
  stream: {
    ...plainSayable(upstream).stream,
    usage: arbUsage(["input", "cacheRead", "output"]),
    ends: [{ reason: "stop" }, { reason: "length" }],
    // Failures have a test of their own below.
    errors: fc.constant({ code: "overloaded", message: "The server is overloaded." }),
  },
};

function transcode(codec: AnyCodec, events: readonly ModelEvent[], peer: Peer): ModelEvent[] {
  const encoder = codec.streamEncoder(peer);
  const text = events.map((event) => encoder.push(event)).join("") + encoder.end();
  const decoder = codec.streamDecoder(peer);
  return [...decoder.push(Buffer.from(text)), ...decoder.end()];
}

/** What must survive any pair of dialects. */
function gist(events: readonly ModelEvent[]) {
  const parts = events
    .filter((event) => event.type === "part.end")
    .sort((a, b) => a.index - b.index)
    .map((event) => event.part);
  const usage = events.filter((event) => event.type === "usage").at(-1)?.usage;
  const last = events.at(-1);
  return {
    text: textOf(parts),
    calls: toolCallsOf(parts).map(({ name, input }) => ({ name, input })),
    prompt: usage === undefined ? undefined : promptTokens(usage),
    cached: usage?.cacheRead,
    output: usage?.output,
    end: last?.type === "end" ? last.reason : last?.type === "error" ? `error ${last.error.code}` : undefined,
  };
}

const ended = arbEventStream(common).filter((events) => events.at(-1)?.type === "end");

describe.each(dialects)("an upstream that speaks %s", (from) => {
  test.each(dialects)(
    "answers a client that speaks %s",
    async (to) => {
      const [a, b] = await Promise.all([loadCodec(from), loadCodec(to)]);
      fc.assert(
        fc.property(ended, (events) => {
          const heard = transcode(a, events, upstream);
          const told = transcode(b, heard, client);
          expect(gist(told)).toEqual(gist(events));
        }),
        { numRuns: 1000 },
      );
    },
    120_000,
  );

  test.each(dialects)("fails a client that speaks %s in the middle of a stream", async (to) => {
    const [a, b] = await Promise.all([loadCodec(from), loadCodec(to)]);
    const failure: ModelEvent[] = [
      { type: "start", responseId: "r_1", model: "their-model" },
      { type: "part.start", index: 0, part: { type: "text" } },
      { type: "part.delta", index: 0, delta: "half an ans" },
      { type: "part.end", index: 0, part: { type: "text", text: "half an ans" } },
      { type: "error", error: { code: "overloaded", message: "The server is overloaded." } },
    ];
    const told = gist(transcode(b, transcode(a, failure, upstream), client));
    expect(told).toMatchObject({ text: "half an ans", end: "error overloaded" });
  });

  test.each(dialects)("that breaks off is never a success for a client that speaks %s", async (to) => {
    const [a, b] = await Promise.all([loadCodec(from), loadCodec(to)]);
    const decoder = a.streamDecoder(upstream);
    const encoder = a.streamEncoder(upstream);
    const begun: ModelEvent[] = [
      { type: "start", responseId: "r_1", model: "their-model" },
      { type: "part.start", index: 0, part: { type: "text" } },
      { type: "part.delta", index: 0, delta: "half" },
    ];
    const bytes = Buffer.from(begun.map((event) => encoder.push(event)).join(""));
    const heard = [...decoder.push(bytes), ...decoder.end()];
    expect(heard.at(-1)).toMatchObject({ type: "error", error: { code: "truncated" } });
    expect(transcode(b, heard, client).at(-1)?.type).toBe("error");
  });
});
