/** The laws of a codec as property tests, for any dialect. What the dialect cannot say is in its `Sayable` and normalisers. */
import fc, { type Arbitrary } from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelError, ModelEvent, ModelRequest } from "../../src/core/model.ts";
import type { Codec, Peer } from "../../src/wire/codec.ts";
import { splitBytes } from "./arbitraries.ts";

/** Requests of one dialect on trial, as one server of it takes them. */
export type RequestTrial<Options> = {
  codec: Codec<Options>;
  options: Options;
  peer: Peer;
  requests: Arbitrary<ModelRequest>;
  /** Removes what the dialect cannot say; each rule with its reason. */
  normalRequest(request: ModelRequest): ModelRequest;
};

/** Answers of one dialect on trial. */
export type StreamTrial = {
  codec: Codec;
  peer: Peer;
  streams: Arbitrary<ModelEvent[]>;
  /** Streams whose parts interleave; the dialect may put them one after another. */
  interleaved: Arbitrary<ModelEvent[]>;
  /** Removes what the dialect cannot say; each rule with its reason. */
  normalEvents(events: readonly ModelEvent[]): ModelEvent[];
};

const runs = { numRuns: 1000 };
const patience = 120_000;

/** The bytes a client would receive. */
export function streamBytes(codec: Codec, peer: Peer, events: readonly ModelEvent[]): Uint8Array {
  const encoder = codec.streamEncoder(peer);
  return Buffer.from(events.map((event) => encoder.push(event)).join("") + encoder.end());
}

/** The events of a stream that arrives in these chunks. */
export function decodeChunks(codec: Codec, peer: Peer, chunks: readonly Uint8Array[]): ModelEvent[] {
  const decoder = codec.streamDecoder(peer, undefined);
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

const withoutRaw = (event: ModelEvent): ModelEvent => {
  if (event.type !== "error") return event;
  const { raw: _, status: __, ...error } = event.error;
  return { type: "error", error };
};

/** Declares what holds of a dialect's requests. */
export function describeRequestLaws<Options>(trial: RequestTrial<Options>): void {
  const { codec, options, peer, requests, normalRequest } = trial;

  describe("laws of requests", () => {
    test(
      "a request survives encoding and decoding",
      () => {
        fc.assert(
          fc.property(requests, (request) => {
            const body = JSON.parse(JSON.stringify(codec.encodeRequest(request, peer, options)));
            expect(normalRequest(codec.decodeRequest(body, peer))).toEqual(normalRequest(request));
          }),
          runs,
        );
      },
      patience,
    );

    test(
      "equal requests are equal bytes, whatever the order of their fields",
      () => {
        fc.assert(
          fc.property(requests, (request) => {
            const shuffled = Object.fromEntries(Object.entries(request).reverse()) as ModelRequest;
            const [one, other] = [request, shuffled].map((each) =>
              JSON.stringify(codec.encodeRequest(each, peer, options)),
            );
            expect(one).toBe(other);
          }),
          runs,
        );
      },
      patience,
    );

    test(
      "a longer conversation begins with the bytes of the shorter one",
      () => {
        fc.assert(
          fc.property(requests, fc.nat(), (request, cut) => {
            const users = request.messages.flatMap((message, at) => (message.role === "user" ? [at] : []));
            const messages = request.messages.slice(0, (users[cut % users.length] ?? 0) + 1);
            const [short = "", long = ""] = [{ ...request, messages }, request].map((each) =>
              JSON.stringify(codec.encodeRequest(each, peer, options)),
            );
            expect(long.startsWith(short.slice(0, -"]}".length))).toBe(true);
          }),
          runs,
        );
      },
      patience,
    );
  });
}

/** Declares what holds of a dialect's answers, whole and streamed. */
export function describeStreamLaws(trial: StreamTrial): void {
  const { codec, peer } = trial;
  const bytesOf = (events: readonly ModelEvent[]) => streamBytes(codec, peer, events);
  const decode = (...chunks: Uint8Array[]) => decodeChunks(codec, peer, chunks);
  const normal = (events: readonly ModelEvent[]) => trial.normalEvents(events).map(withoutRaw);
  const partsOf = (events: readonly ModelEvent[]) =>
    events
      .flatMap((event) => (event.type === "part.end" ? [event] : []))
      .toSorted((a, b) => a.index - b.index);

  describe("laws of answers", () => {
    test(
      "a stream survives encoding and decoding",
      () => {
        fc.assert(
          fc.property(trial.streams, (events) => {
            expect(normal(decode(bytesOf(events)))).toEqual(normal(events));
          }),
          runs,
        );
      },
      patience,
    );

    test(
      "interleaved parts arrive whole",
      () => {
        fc.assert(
          fc.property(trial.interleaved, (events) => {
            const decoded = normal(decode(bytesOf(events)));
            expect(partsOf(decoded)).toEqual(partsOf(normal(events)));
            expect(decoded.at(-1)).toEqual(normal(events).at(-1));
          }),
          runs,
        );
      },
      patience,
    );

    test(
      "any split of the bytes gives the same events",
      () => {
        const split = trial.streams
          .map(bytesOf)
          .chain((bytes) => fc.tuple(fc.constant(bytes), splitBytes(bytes)));
        fc.assert(
          fc.property(split, ([bytes, chunks]) => {
            expect(decode(...chunks)).toEqual(decode(bytes));
          }),
          runs,
        );
      },
      patience,
    );

    test(
      "a whole response says what its stream says",
      () => {
        fc.assert(
          fc.property(trial.streams, (events) => {
            const whole = codec.decodeResponse(
              JSON.parse(JSON.stringify(codec.encodeResponse(events, peer))),
              peer,
              undefined,
            );
            const said = (list: readonly ModelEvent[]) => {
              const last = list.at(-1);
              return last?.type === "error"
                ? last.error.code
                : { parts: partsOf(list), last, usage: list.findLast((event) => event.type === "usage") };
            };
            expect(said(normal(whole))).toEqual(said(normal(events)));
          }),
          runs,
        );
      },
      patience,
    );

    test(
      "a stream cut anywhere before its last event is truncated, never a success",
      () => {
        const cut = trial.streams.chain((events) => {
          const end = bytesOf(events);
          const head = bytesOf([
            ...events.slice(0, -1),
            { type: "error", error: { code: "unknown", message: "" } },
          ]);
          // What both have in common comes before the terminal event, whatever that is.
          let common = 0;
          while (common < head.length && head[common] === end[common]) common += 1;
          return fc.nat(common).map((at) => end.subarray(0, at));
        });
        fc.assert(
          fc.property(cut, (bytes) => {
            const events = decode(bytes);
            expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "truncated" } });
            const count = (type: ModelEvent["type"]) => events.filter((event) => event.type === type).length;
            expect(count("part.end")).toBe(count("part.start"));
          }),
          runs,
        );
      },
      patience,
    );

    test(
      "no bytes make the decoder throw, and it ends every stream once",
      () => {
        const noise = fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc.json().map((json) => Buffer.from(`data: ${json}\n\n`)),
          trial.streams.map(bytesOf),
        );
        fc.assert(
          fc.property(fc.array(noise, { maxLength: 4 }), (chunks) => {
            const events = decode(...chunks);
            const ends = events.filter((event) => event.type === "end" || event.type === "error");
            expect(ends).toEqual([events.at(-1)]);
          }),
          runs,
        );
      },
      patience,
    );
  });
}

/** Declares that a failure survives as an HTTP response. `errors` says what the dialect can say of one. */
export function describeErrorLaw(
  codec: Pick<Codec, "encodeError" | "decodeError">,
  errors: Arbitrary<ModelError>,
): void {
  test(
    "a failure survives as an HTTP response",
    () => {
      fc.assert(
        fc.property(errors, (error) => {
          const { raw: _, status, ...decoded } = codec.decodeError(codec.encodeError(error));
          expect(decoded).toEqual(error);
          expect(status).toBeGreaterThanOrEqual(400);
        }),
        runs,
      );
    },
    patience,
  );
}
