import { type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textOf } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { generateContentCodec as codec } from "../../../src/wire/generate-content/codec.ts";
import { streamBytes } from "../../support/codec-laws.ts";
import { interleaved, peer, streams } from "./sayable.ts";

/** Google's own client, answered by our encoder instead of a network. */
function client(body: string, type: string): GoogleGenAI {
  const fetch = async () => new Response(body, { headers: { "content-type": type } });
  return new GoogleGenAI({ apiKey: "none", httpOptions: { fetch } });
}

const ask = { model: peer.model, contents: "hi" };
const endsWell = (events: readonly ModelEvent[]) => events.at(-1)?.type === "end";

/** What the SDK's chunks say, and what the events said. */
function readings(events: readonly ModelEvent[], chunks: GenerateContentResponse[]) {
  const parts = events
    .flatMap((event) => (event.type === "part.end" ? [event] : []))
    .toSorted((a, b) => a.index - b.index)
    .map(({ part }) => part);
  const usage = events.findLast((event) => event.type === "usage")?.usage;
  const theirs = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
  const counts = chunks.at(-1)?.usageMetadata;
  return {
    theirs: {
      text: theirs.map((part) => (part.thought === true ? "" : (part.text ?? ""))).join(""),
      calls: theirs.flatMap((part) =>
        part.functionCall === undefined
          ? []
          : [{ id: part.functionCall.id, name: part.functionCall.name, input: part.functionCall.args }],
      ),
      usage: [
        counts?.promptTokenCount,
        (counts?.candidatesTokenCount ?? 0) + (counts?.thoughtsTokenCount ?? 0),
      ],
      finished: chunks.at(-1)?.candidates?.[0]?.finishReason,
    },
    ours: {
      text: textOf(parts),
      calls: parts.flatMap((part) =>
        part.type === "tool_call" ? [{ id: part.id, name: part.name, input: part.input }] : [],
      ),
      usage: [(usage?.input ?? 0) + (usage?.cacheRead ?? 0), usage?.output],
      finished: events.flatMap((event) => (event.type === "end" ? [event.raw] : []))[0],
    },
  };
}

describe("Google's SDK", () => {
  test("reads every stream of ours that ends well", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(streams, interleaved).filter(endsWell), async (events) => {
        const body = Buffer.from(streamBytes(codec, peer, events)).toString();
        const chunks: GenerateContentResponse[] = [];
        const stream = await client(body, "text/event-stream").models.generateContentStream(ask);
        for await (const chunk of stream) chunks.push(chunk);
        const { theirs, ours } = readings(events, chunks);
        expect(theirs).toEqual(ours);
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  test("keeps our stream in a chat's history as a valid answer", async () => {
    const events: ModelEvent[] = [
      { type: "start", responseId: "r1" },
      { type: "part.start", index: 0, part: { type: "text" } },
      { type: "part.delta", index: 0, delta: "yes" },
      { type: "part.end", index: 0, part: { type: "text", text: "yes" } },
      { type: "end", reason: "stop" },
    ];
    const body = Buffer.from(streamBytes(codec, peer, events)).toString();
    const chat = client(body, "text/event-stream").chats.create({ model: peer.model });
    for await (const chunk of await chat.sendMessageStream({ message: "hi" }))
      expect(chunk.candidates).toHaveLength(1);
    const said = chat.getHistory(true).flatMap((content) => content.parts?.map((part) => part.text) ?? []);
    expect(said.join("")).toBe("hiyes");
  });

  test("reads every whole answer of ours", async () => {
    await fc.assert(
      fc.asyncProperty(streams.filter(endsWell), async (events) => {
        const body = JSON.stringify(codec.encodeResponse(events, peer));
        const answer = await client(body, "application/json").models.generateContent(ask);
        const { theirs, ours } = readings(events, [answer]);
        expect(theirs).toEqual(ours);
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  test("throws on an error in the stream, with its message", async () => {
    const events: ModelEvent[] = [
      { type: "start", responseId: "r1" },
      { type: "error", error: { code: "overloaded", message: "come back later" } },
    ];
    const body = Buffer.from(streamBytes(codec, peer, events)).toString();
    const stream = await client(body, "text/event-stream").models.generateContentStream(ask);
    await expect(stream.next()).rejects.toThrow(/come back later/);
  });
});
