/** Helpers for own cases of stream decoding. */
import type { Part } from "../../src/core/message.ts";
import type { ModelEvent } from "../../src/core/model.ts";
import type { Codec, Peer } from "../../src/wire/codec.ts";
import { decodeChunks } from "./codec-laws.ts";

/** The events of a stream written as text. */
export function decodeText(codec: Codec, peer: Peer, text: string): ModelEvent[] {
  return decodeChunks(codec, peer, [Buffer.from(text)]);
}

/** The finished parts, in the order in which they ended. */
export function partsOf(events: readonly ModelEvent[]): Part[] {
  return events.flatMap((event) => (event.type === "part.end" ? [event.part] : []));
}

/** The text of all deltas of one part. */
export function deltasOf(events: readonly ModelEvent[], index: number): string {
  return events
    .map((event) => (event.type === "part.delta" && event.index === index ? event.delta : ""))
    .join("");
}
