/** What a codec is: one dialect, both directions of both halves. Pure: no I/O, no clock, no randomness. */
import type { Json } from "../core/message.ts";
import type { Dialect, ModelError, ModelEvent, ModelRequest } from "../core/model.ts";

/** Who a request goes to or a stream comes from: decides which opaque parts are replayed and how quirks are met. */
export type Peer = {
  /** Provider id; opaque data is stamped with it. */
  provider: string;
  /** The upstream's model name. */
  model: string;
};

/** Bytes or events of one response, in; model events, out. Stateful for one response, then discarded. */
export type StreamDecoder = {
  /** Any split of the bytes gives the same events (law "chunking"). */
  push(chunk: Uint8Array): ModelEvent[];
  /** The body is complete. A stream without its terminal event ends in `error` code `truncated`. */
  end(): ModelEvent[];
};

/** Model events in, bytes of the dialect's event stream out. */
export type StreamEncoder = {
  push(event: ModelEvent): string;
  /** What closes the stream (Chat Completions' `[DONE]`), if anything. */
  end(): string;
};

/** An HTTP error in a dialect's own shape. */
export type WireFailure = { status: number; headers: { [name: string]: string }; body: string };

/**
 * A request body that cannot be understood. `path` names the place (`messages[2].content[0].type`).
 */
export class WireError extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.name = "WireError";
    this.path = path;
  }
}

/** One dialect. `Options` are its quirks as data (the Chat Completions compat entry, for one). */
export type Codec<Options = undefined> = {
  readonly dialect: Dialect;
  /** The request body. Key order is fixed, so that equal prefixes are equal bytes. */
  encodeRequest(request: ModelRequest, peer: Peer, options: Options): { [key: string]: Json };
  /** @throws WireError naming the path that is wrong. */
  decodeRequest(body: Json, peer: Peer): ModelRequest;
  streamDecoder(peer: Peer, options: Options): StreamDecoder;
  streamEncoder(peer: Peer): StreamEncoder;
  /** A whole (non-streamed) response body as the events its stream would have given. */
  decodeResponse(body: Json, peer: Peer, options: Options): ModelEvent[];
  /** The whole response body for the events of a stream. */
  encodeResponse(events: readonly ModelEvent[], peer: Peer): { [key: string]: Json };
  /** An HTTP error response, or an error object found inside a stream. */
  decodeError(failure: WireFailure): ModelError;
  encodeError(error: ModelError): WireFailure;
};
