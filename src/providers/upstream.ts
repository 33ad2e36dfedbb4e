/** One model behind one endpoint: encode, send, decode, and an end in every case. */
import { TauError } from "../core/errors.ts";
import type { Clock } from "../core/ids.ts";
import type { Json } from "../core/message.ts";
import type { ModelError, ModelEvent, ModelRequest } from "../core/model.ts";
import type { StreamOptions, Upstream } from "../core/upstream.ts";
import type { Peer, StreamDecoder } from "../wire/codec.ts";
import { type AnyCodec, loadCodec } from "../wire/codecs.ts";
import { boundedRaw } from "../wire/http-failure.ts";
import type { Connection } from "./connection.ts";
import { networkError, redirectError } from "./failures.ts";
import { joinDeltas } from "./joined-deltas.ts";
import type { ProviderEntry } from "./provider.ts";
import { routeOf } from "./route.ts";
import type { Fetch, FetchResponse } from "./transport/fetch.ts";
import { send } from "./transport/send.ts";
import { Watchdog } from "./watchdog.ts";

/** What an upstream is made of. */
export type UpstreamParts = {
  provider: ProviderEntry;
  /** The upstream's own model name. */
  model: string;
  connection: Connection;
  fetch: Fetch;
  now: Clock;
  /** Takes known credential values out of what is said of a failure: some upstreams repeat the key they refuse. */
  redact(text: string): string;
};

/** The most of an error's body that is read, in bytes. */
const maxErrorBytes = 64 * 1024;
/** The most of a response that is not streamed, in bytes. */
const maxWholeBytes = 64 * 1024 * 1024;
/**
 * The most of a streamed answer: bytes after decompression, and events of the model stream. The longest answers there
 * are (some 130,000 tokens, each in a frame of its own) stay well below either; one event has a bound of its own
 * (wire/sse.ts).
 */
export const maxStreamBytes = 128 * 1024 * 1024;
/** See {@link maxStreamBytes}. */
export const maxStreamEvents = 500_000;

/** The upstream of a model. Nothing is loaded or connected before the first request. */
export function makeUpstream(parts: UpstreamParts): Upstream {
  const { provider, model } = parts;
  return {
    name: `${provider.id}/${model}`,
    provider: provider.id,
    stream: (request, options) => exchange(parts, request, options),
  };
}

async function* exchange(
  parts: UpstreamParts,
  request: ModelRequest,
  { signal, sending }: StreamOptions,
): AsyncGenerator<ModelEvent> {
  const { provider, model, connection } = parts;
  const peer: Peer = { provider: provider.id, model };
  const codec = await codecOf(provider);
  const body = JSON.stringify(codec.encodeRequest(withFields({ ...request, model }, provider), peer));
  sending?.(body);
  const { firstByteMs, wholeMs } = provider.timeouts;
  const watchdog = new Watchdog(signal, request.stream ? firstByteMs : wholeMs);
  const failed = (error: unknown): ModelError => {
    // A recording that does not fit is no upstream's fault.
    if (error instanceof TauError) throw error;
    return watchdog.cause() ?? networkError(error, provider, connection.baseUrl);
  };
  let response: FetchResponse | undefined;
  try {
    try {
      response = await send(
        {
          dialect: provider.dialect,
          connection,
          route: routeOf(provider.dialect, connection, model, request.stream),
          body,
          timeoutMs: request.stream ? firstByteMs : wholeMs,
          signal: watchdog.signal,
        },
        parts.fetch,
      );
    } catch (error) {
      yield errorEvent(failed(error), { requestId: undefined, redact: parts.redact });
      return;
    }
    if (request.stream && isEventStream(response)) {
      watchdog.expectEvents(provider.timeouts.idleMs);
      const told = { requestId: requestIdOf(response), redact: parts.redact };
      yield* streamed(codec.streamDecoder(peer), response, watchdog, failed, told);
    } else {
      yield* whole(parts, codec, response, failed);
    }
  } finally {
    watchdog.stop();
    response?.release();
  }
}

async function codecOf(provider: ProviderEntry): Promise<AnyCodec> {
  if (provider.dialect !== "chat-completions") return loadCodec(provider.dialect);
  const { compatFor } = await import("../wire/chat-completions/compat.ts");
  return loadCodec(provider.dialect, compatFor(provider.compat));
}

/** The provider's own request fields; what the caller set for this request wins. */
function withFields(request: ModelRequest, { dialect, fields }: ProviderEntry): ModelRequest {
  if (Object.keys(fields).length === 0) return request;
  const given = request.extra?.dialect === dialect ? request.extra.fields : {};
  return { ...request, extra: { dialect, fields: { ...fields, ...given } } };
}

/** Some servers and proxies leave the type out or say `text/plain`; only what is surely something else is not a stream. */
const isEventStream = ({ status, headers }: FetchResponse): boolean =>
  status === 200 && !/json|html|xml/.test(headers["content-type"] ?? "");

/** The events of a stream. The decoder's own end stands; a break before it is told as what it was. */
async function* streamed(
  decoder: StreamDecoder,
  response: FetchResponse,
  watchdog: Watchdog,
  failed: (error: unknown) => ModelError,
  told: Told,
): AsyncGenerator<ModelEvent> {
  let broken: ModelError | null = null;
  const seen = { bytes: 0, events: 0 };
  try {
    for await (const chunk of response.body) {
      const events = decoder.push(chunk);
      watchdog.heard(events.length > 0);
      for (const event of joinDeltas(events)) {
        yield identified(event, told);
        if (isTerminal(event)) return;
      }
      seen.bytes += chunk.byteLength;
      seen.events += events.length;
      if (seen.bytes > maxStreamBytes || seen.events > maxStreamEvents) {
        broken = oversized(`${maxStreamBytes / 2 ** 20} MB or ${maxStreamEvents} events`);
        break;
      }
      watchdog.waiting();
    }
  } catch (error) {
    broken = failed(error);
  }
  for (const event of decoder.end()) {
    // An answer that was complete before the connection broke is an answer, unless nobody wants it any more.
    const moot = event.type === "error" || (event.type === "end" && broken?.code === "aborted");
    yield moot && broken !== null ? errorEvent(broken, told) : identified(event, told);
    if (isTerminal(event)) return;
  }
  yield errorEvent(broken ?? { code: "truncated", message: "The stream ended before the answer did." }, told);
}

/** A response that is not a stream: an answer in one piece, an error, a redirect, or something else entirely. */
async function* whole(
  { provider, model, connection, now, redact }: UpstreamParts,
  codec: AnyCodec,
  response: FetchResponse,
  failed: (error: unknown) => ModelError,
): AsyncGenerator<ModelEvent> {
  const { status, headers } = response;
  const told = { requestId: requestIdOf(response), redact };
  if (status >= 300 && status < 400) {
    yield errorEvent(redirectError(status, headers.location, connection.baseUrl), told);
    return;
  }
  const { text, broken, cut } = await textOfBody(response, status < 300 ? maxWholeBytes : maxErrorBytes);
  if (status >= 400) {
    // Relative times in an error are measured against its own date; a server without one is taken to have ours.
    const dated = { date: new Date(now()).toUTCString(), ...headers };
    // Before it is shortened: half a key would not be recognised any more.
    const body = redact(text);
    yield errorEvent(codec.decodeError({ status, headers: dated, body }), told);
    return;
  }
  if (broken !== null) {
    yield errorEvent(failed(broken.error), told);
    return;
  }
  if (cut) {
    yield errorEvent(oversized(`${maxWholeBytes / 2 ** 20} MB`), told);
    return;
  }
  const body = parsed(text);
  if (body === undefined) {
    const type = headers["content-type"] ?? "an untyped body";
    const message = `${new URL(connection.baseUrl).host} answered with ${type} that is no answer of a model; is the base URL right?`;
    yield errorEvent({ code: "unknown", status, message, raw: boundedRaw(redact(text)) }, told);
    return;
  }
  for (const event of codec.decodeResponse(body, { provider: provider.id, model })) {
    yield identified(event, told);
  }
}

const oversized = (bound: string): ModelError => ({
  code: "oversized",
  message: `The answer is larger than ${bound}, so the rest was not read.`,
});

async function textOfBody(
  response: FetchResponse,
  limit: number,
): Promise<{ text: string; broken: { error: unknown } | null; cut: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let broken: { error: unknown } | null = null;
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > limit) break;
    }
  } catch (error) {
    broken = { error };
  }
  return { text: Buffer.concat(chunks).toString("utf8"), broken, cut: size > limit };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The names vendors give the id they ask for in support requests. */
const requestIdHeaders = ["request-id", "x-request-id", "apim-request-id", "x-generation-id", "cf-ray"];

function requestIdOf({ headers }: FetchResponse): string | undefined {
  const name = requestIdHeaders.find((header) => headers[header] !== undefined);
  return name === undefined ? undefined : headers[name];
}

const isTerminal = (event: ModelEvent): boolean => event.type === "end" || event.type === "error";

/** What is put to an event on its way out. */
type Told = { requestId: string | undefined; redact(text: string): string };

function identified(event: ModelEvent, told: Told): ModelEvent {
  if (event.type === "error") return errorEvent(event.error, told);
  const { requestId } = told;
  return event.type === "start" && requestId !== undefined ? { ...event, requestId } : event;
}

function errorEvent(error: ModelError, { requestId, redact }: Told): ModelEvent {
  return {
    type: "error",
    error: {
      ...(requestId !== undefined && { requestId }),
      ...error,
      message: redact(error.message),
      ...(error.raw !== undefined && { raw: redact(error.raw) }),
    },
  };
}
