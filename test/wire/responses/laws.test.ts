import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { ModelEvent } from "../../../src/core/model.ts";
import { responsesCodec as codec } from "../../../src/wire/responses/codec.ts";
import { arbEventStream, arbModelRequest, splitBytes } from "../../support/arbitraries.ts";
import { arbError, normalEvents, normalRequest, peer, sayable } from "./sayable.ts";

const runs = { numRuns: 1000 };

// A thousand runs take a second or two; a busy machine may need many times that.
vi.setConfig({ testTimeout: 120_000 });

function encodeStream(events: readonly ModelEvent[]): Uint8Array {
  const encoder = codec.streamEncoder(peer);
  return Buffer.from(events.map((event) => encoder.push(event)).join("") + encoder.end());
}

function decodeStream(chunks: readonly Uint8Array[]): ModelEvent[] {
  const decoder = codec.streamDecoder(peer, undefined);
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

describe("the codec law", () => {
  test("a request survives encoding and decoding", () => {
    fc.assert(
      fc.property(arbModelRequest(sayable), (request) => {
        const body = codec.encodeRequest(request, peer, undefined);
        expect(normalRequest(codec.decodeRequest(body, peer))).toEqual(normalRequest(request));
      }),
      runs,
    );
  });

  test("equal requests are equal bytes, whatever the order of their fields", () => {
    fc.assert(
      fc.property(arbModelRequest(sayable), (request) => {
        const shuffled = Object.fromEntries(Object.entries(request).reverse()) as typeof request;
        expect(JSON.stringify(codec.encodeRequest(shuffled, peer, undefined))).toBe(
          JSON.stringify(codec.encodeRequest(request, peer, undefined)),
        );
      }),
      runs,
    );
  });

  test("a longer conversation begins with the bytes of the shorter one", () => {
    fc.assert(
      fc.property(arbModelRequest(sayable), fc.nat(), (request, cut) => {
        const users = request.messages.flatMap((message, at) => (message.role === "user" ? [at] : []));
        const shorter = {
          ...request,
          messages: request.messages.slice(0, (users[cut % users.length] ?? 0) + 1),
        };
        const [short, long] = [shorter, request].map((one) =>
          JSON.stringify(codec.encodeRequest(one, peer, undefined)),
        );
        expect(long?.startsWith(short?.slice(0, -"]}".length) ?? "")).toBe(true);
      }),
      runs,
    );
  });

  test("a stream survives encoding and decoding", () => {
    fc.assert(
      fc.property(arbEventStream(sayable), (events) => {
        expect(normalEvents(decodeStream([encodeStream(events)]))).toEqual(normalEvents(events));
      }),
      runs,
    );
  });

  test("a whole response says what its stream says", () => {
    fc.assert(
      fc.property(arbEventStream(sayable), (events) => {
        const said = (list: readonly ModelEvent[]) =>
          normalEvents(list)
            .filter(
              (event) =>
                event.type !== "part.delta" && event.type !== "part.start" && event.type !== "unknown",
            )
            .toSorted((a, b) => (a.type === "part.end" && b.type === "part.end" ? a.index - b.index : 0));
        const whole = codec.decodeResponse(codec.encodeResponse(events, peer), peer, undefined);
        const plain = (event: ModelEvent) =>
          event.type === "error" ? { type: "error", code: event.error.code } : event;
        expect(said(whole).map(plain)).toEqual(said(events).map(plain));
      }),
      runs,
    );
  });

  test("a failure survives as an HTTP response", () => {
    fc.assert(
      fc.property(arbError, (error) => {
        const { raw: _, status, ...decoded } = codec.decodeError(codec.encodeError(error));
        expect(decoded).toEqual(error);
        expect(status).toBeGreaterThanOrEqual(400);
      }),
      runs,
    );
  });
});

test("the chunking law: any split of the bytes gives the same events", () => {
  const split = arbEventStream(sayable)
    .map(encodeStream)
    .chain((bytes) => fc.tuple(fc.constant(bytes), splitBytes(bytes)));
  fc.assert(
    fc.property(split, ([bytes, chunks]) => {
      expect(decodeStream(chunks)).toEqual(decodeStream([bytes]));
    }),
    runs,
  );
});

test("a stream cut anywhere before its terminal event is truncated, never a success", () => {
  const cut = arbEventStream(sayable)
    .map((events) => encodeStream(events).toString())
    .chain((text) => {
      const terminal = /event: (error|response\.(completed|incomplete|failed))\n/.exec(text)?.index ?? 0;
      return fc
        .nat(Buffer.byteLength(text.slice(0, terminal)))
        .map((at) => Buffer.from(text).subarray(0, at));
    });
  fc.assert(
    fc.property(cut, (bytes) => {
      const events = decodeStream([bytes]);
      expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "truncated" } });
      const ended = events.filter((event) => event.type === "part.end").length;
      expect(ended).toBe(events.filter((event) => event.type === "part.start").length);
    }),
    runs,
  );
});
