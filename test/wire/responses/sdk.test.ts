import fc from "fast-check";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { textOf } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { responsesCodec as codec } from "../../../src/wire/responses/codec.ts";
import { arbEventStream } from "../../support/arbitraries.ts";
import { peer, sayable } from "./sayable.ts";

/** OpenAI's own client, answered by our encoder instead of a network. */
function client(events: readonly ModelEvent[]): OpenAI {
  const encoder = codec.streamEncoder(peer);
  const body = events.map((event) => encoder.push(event)).join("") + encoder.end();
  return new OpenAI({
    apiKey: "none",
    maxRetries: 0,
    fetch: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
  });
}

const ask = { model: "gpt-5.2", input: "hello" };

describe("OpenAI's SDK reads our stream", () => {
  test("text, calls and usage of every stream that ends well", async () => {
    // The SDK refuses kinds of events it does not know, whoever sends them.
    const { unknown: _, ...known } = sayable.stream;
    const ending = arbEventStream({ ...sayable, stream: known }).filter(
      (events) => events.at(-1)?.type === "end",
    );
    await fc.assert(
      fc.asyncProperty(ending, async (events) => {
        const response = await client(events).responses.stream(ask).finalResponse();
        const parts = events
          .flatMap((event) => (event.type === "part.end" ? [event] : []))
          .sort((a, b) => a.index - b.index);
        const said = parts
          .map(({ part }) => part)
          .filter((part) => part.type === "text" && part.refusal !== true);
        expect(response.output_text).toBe(textOf(said));
        const calls = response.output.flatMap((item) =>
          item.type === "function_call" ? [{ id: item.call_id, name: item.name, text: item.arguments }] : [],
        );
        expect(calls).toEqual(
          parts.flatMap(({ part }) =>
            part.type === "tool_call"
              ? [{ id: part.id, name: part.name, text: part.malformed ?? JSON.stringify(part.input) }]
              : [],
          ),
        );
        const usage = events.find((event) => event.type === "usage")?.usage;
        expect(response.usage?.output_tokens).toBe(usage?.output);
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  test("a failure in the stream is an error there too, with its message and code", async () => {
    const events: ModelEvent[] = [
      { type: "start", responseId: "resp_1" },
      { type: "part.start", index: 0, part: { type: "text" } },
      { type: "part.delta", index: 0, delta: "half" },
      { type: "part.end", index: 0, part: { type: "text", text: "half" } },
      { type: "error", error: { code: "overloaded", message: "Try later." } },
    ];
    const error: unknown = await client(events)
      .responses.stream(ask)
      .finalResponse()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({
      code: "server_is_overloaded",
      message: expect.stringContaining("Try later."),
    });
  });

  test("sequence numbers are consecutive, every delta names its item, and [DONE] is last", () => {
    fc.assert(
      fc.property(arbEventStream(sayable), (events) => {
        const encoder = codec.streamEncoder(peer);
        const blocks = (events.map((event) => encoder.push(event)).join("") + encoder.end())
          .split("\n\n")
          .slice(0, -1);
        expect(blocks.at(-1)).toBe("data: [DONE]");
        const bodies = blocks.slice(0, -1).map((block) => {
          const [name, data] = block.split("\n");
          const body = JSON.parse(data?.slice("data: ".length) ?? "") as { [key: string]: unknown };
          expect(name).toBe(`event: ${body.type}`);
          return body;
        });
        expect(bodies.map((body) => body.sequence_number)).toEqual(bodies.map((_, at) => at));
        const announced = new Map<unknown, unknown>();
        for (const body of bodies) {
          const item = body.item as { id?: string } | undefined;
          if (body.type === "response.output_item.added") {
            expect(body.output_index).toBe(announced.size);
            announced.set(body.output_index, item?.id);
          }
          if ("item_id" in body) expect(announced.get(body.output_index)).toBe(body.item_id);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
