import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { ModelEvent } from "../../../src/core/model.ts";
import { chatCompletionsCodec as codec } from "../../../src/wire/chat-completions/codec.ts";
import { type ChatCompat, compatFor } from "../../../src/wire/chat-completions/compat.ts";
import type { Peer } from "../../../src/wire/codec.ts";
import { arbEventStream, arbModelRequest, type Sayable, splitBytes } from "../../support/arbitraries.ts";
import { describeErrorLaw, describeRequestLaws } from "../../support/codec-laws.ts";
import {
  answers,
  arbError,
  normalRequest,
  openai,
  openaiRequest,
  openrouter,
  openrouterRequest,
  told,
} from "./sayable.ts";

const runs = { numRuns: 1000 };

// A thousand runs take a second or two; a busy machine may need many times that.
vi.setConfig({ testTimeout: 120_000 });

const servers: [string, Peer, ChatCompat, Sayable][] = [
  ["OpenAI", openai, compatFor("openai"), openaiRequest],
  ["OpenRouter", openrouter, compatFor("openrouter"), openrouterRequest],
];

function encodeStream(events: readonly ModelEvent[]): Uint8Array {
  const encoder = codec.streamEncoder(openrouter);
  return Buffer.from(events.map((event) => encoder.push(event)).join("") + encoder.end());
}

function decodeStream(chunks: readonly Uint8Array[], compat = compatFor("openrouter")): ModelEvent[] {
  const decoder = codec.streamDecoder(openrouter, compat);
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

describe.each(servers)("requests to %s", (_name, peer, options, sayable) => {
  describeRequestLaws({ codec, options, peer, requests: arbModelRequest(sayable), normalRequest });
});

describe("answers", () => {
  test("survive encoding and decoding as a stream", () => {
    fc.assert(
      fc.property(arbEventStream(answers), (events) => {
        expect(told(decodeStream([encodeStream(events)]))).toEqual(told(events));
      }),
      runs,
    );
  });

  test("say in a whole body what their stream says", () => {
    const inOrder: Sayable = { ...answers, order: "fixed", refusal: true };
    fc.assert(
      fc.property(arbEventStream(inOrder), (events) => {
        const body = codec.encodeResponse(events, openrouter);
        const whole = told(codec.decodeResponse(body, openrouter, compatFor("openrouter")));
        const streamed = told(events);
        if (events.at(-1)?.type === "error") {
          expect(whole.last).toEqual(streamed.last);
          return;
        }
        const parts = (list: typeof whole.parts) => list.map((part) => part.part);
        expect(parts(whole.parts)).toEqual(parts(streamed.parts));
        expect({ start: whole.start, usage: whole.usage }).toEqual({
          start: streamed.start,
          usage: streamed.usage,
        });
        const refused = streamed.parts.some(({ part }) => part?.type === "text" && part.refusal === true);
        const last = streamed.last as ModelEvent & { type: "end" };
        expect(whole.last).toEqual(refused && last.reason === "stop" ? { ...last, reason: "refusal" } : last);
      }),
      runs,
    );
  });

  test("are the same events however their bytes are split", () => {
    const split = arbEventStream(answers)
      .map(encodeStream)
      .chain((bytes) => fc.tuple(fc.constant(bytes), splitBytes(bytes)));
    fc.assert(
      fc.property(split, fc.boolean(), ([bytes, chunks], tags) => {
        const compat = { ...compatFor("openrouter"), thinkTags: tags };
        expect(decodeStream(chunks, compat)).toEqual(decodeStream([bytes], compat));
      }),
      runs,
    );
  });

  test("cut before their finish reason are truncated, never a success, and every part ends", () => {
    const cut = arbEventStream(answers)
      .map((events) => encodeStream(events).toString())
      .chain((text) => {
        const terminal = /data: (\{"error"|[^\n]*"finish_reason":"|\[DONE\])/.exec(text)?.index ?? 0;
        return fc
          .nat(Buffer.byteLength(text.slice(0, terminal)))
          .map((at) => Buffer.from(text).subarray(0, at));
      });
    fc.assert(
      fc.property(cut, (bytes) => {
        const events = decodeStream([bytes]);
        expect(events[0]?.type).toBe("start");
        expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "truncated" } });
        const ended = events.filter((event) => event.type === "part.end").length;
        expect(ended).toBe(events.filter((event) => event.type === "part.start").length);
      }),
      runs,
    );
  });

  test("with calls whose deltas interleave keep each call's own arguments", () => {
    const calls = fc.uniqueArray(
      fc.record({ id: fc.uuid(), args: fc.array(fc.string(), { minLength: 1, maxLength: 5 }) }),
      {
        minLength: 1,
        maxLength: 4,
        selector: (call) => call.id,
      },
    );
    fc.assert(
      fc.property(calls, fc.array(fc.nat(3), { maxLength: 20 }), (list, picks) => {
        const pieces = list.map(({ args }) => [...JSON.stringify({ args })].map((unit) => unit));
        const chunks = list.map(
          (call, index) => ({ index, id: call.id, function: { name: "f", arguments: "" } }) as object,
        );
        for (const pick of [...picks, ...list.flatMap((_, at) => Array(200).fill(at))]) {
          const arguments_ = pieces[pick % pieces.length]?.shift();
          if (arguments_ !== undefined)
            chunks.push({ index: pick % pieces.length, function: { arguments: arguments_ } });
        }
        const text = chunks
          .map((call) => `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [call] } }] })}\n\n`)
          .join("");
        const events = decodeStream([Buffer.from(`${text}data: [DONE]\n\n`)]);
        const inputs = told(events).parts.map(
          ({ part }) => part?.type === "tool_call" && [part.id, part.input],
        );
        expect(inputs).toEqual(list.map(({ id, args }) => [id, { args }]));
      }),
      runs,
    );
  });
});

describeErrorLaw(
  codec,
  fc
    .tuple(arbError, fc.stringMatching(/^req_[a-z0-9]{8}$/))
    .map(([error, requestId]) => ({ ...error, requestId })),
);
