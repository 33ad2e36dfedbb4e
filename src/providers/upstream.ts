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
};

/** The most of an error's body that is read, in bytes. */
const maxErrorBytes = 64 * 1024;
/** The most of a whole response that is read, in bytes. */
const maxWholeBytes = 64 * 1024 * 1024;

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
      yield errorEvent(failed(error), undefined);
      return;
    }
    if (request.stream && isEventStream(response)) {
      watchdog.expectEvents(provider.timeouts.idleMs);
      yield* streamed(codec.streamDecoder(peer), response, watchdog, failed);
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
): AsyncGenerator<ModelEvent> {
  const requestId = requestIdOf(response);
  let broken: ModelError | null = null;
  try {
    for await (const chunk of response.body) {
      const events = decoder.push(chunk);
      watchdog.heard(events.length > 0);
      for (const event of joinDeltas(events)) {
        yield identified(event, requestId);
        if (isTerminal(event)) return;
      }
      watchdog.waiting();
    }
  } catch (error) {
    broken = failed(error);
  }
  for (const event of decoder.end()) {
    // An answer that was complete before the connection broke is an answer, unless nobody wants it any more.
    const moot = event.type === "error" || (event.type === "end" && broken?.code === "aborted");
    yield moot && broken !== null ? errorEvent(broken, requestId) : identified(event, requestId);
    if (isTerminal(event)) return;
  }
  yield errorEvent(
    broken ?? { code: "truncated", message: "The stream ended before the answer did." },
    requestId,
  );
}

/** A response that is not a stream: an answer in one piece, an error, a redirect, or something else entirely. */
async function* whole(
  { provider, model, connection, now }: UpstreamParts,
  codec: AnyCodec,
  response: FetchResponse,
  failed: (error: unknown) => ModelError,
): AsyncGenerator<ModelEvent> {
  const { status, headers } = response;
  const requestId = requestIdOf(response);
  if (status >= 300 && status < 400) {
    yield errorEvent(redirectError(status, headers.location, connection.baseUrl), requestId);
    return;
  }
  const { text, broken } = await textOfBody(response, status < 300 ? maxWholeBytes : maxErrorBytes);
  if (status >= 400) {
    // Relative times in an error are measured against its own date; a server without one is taken to have ours.
    const dated = { date: new Date(now()).toUTCString(), ...headers };
    yield errorEvent(codec.decodeError({ status, headers: dated, body: text }), requestId);
    return;
  }
  if (broken !== null) {
    yield errorEvent(failed(broken.error), requestId);
    return;
  }
  const body = parsed(text);
  if (body === undefined) {
    const type = headers["content-type"] ?? "an untyped body";
    const message = `${new URL(connection.baseUrl).host} answered with ${type} that is no answer of a model; is the base URL right?`;
    yield errorEvent({ code: "unknown", status, message, raw: boundedRaw(text) }, requestId);
    return;
  }
  for (const event of codec.decodeResponse(body, { provider: provider.id, model })) {
    yield identified(event, requestId);
  }
}

async function textOfBody(
  response: FetchResponse,
  limit: number,
): Promise<{ text: string; broken: { error: unknown } | null }> {
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
  return { text: Buffer.concat(chunks).toString("utf8"), broken };
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

function identified(event: ModelEvent, requestId: string | undefined): ModelEvent {
  if (requestId === undefined) return event;
  if (event.type === "start") return { ...event, requestId };
  return event.type === "error" ? errorEvent(event.error, requestId) : event;
}

function errorEvent(error: ModelError, requestId: string | undefined): ModelEvent {
  return { type: "error", error: requestId === undefined ? error : { requestId, ...error } };
}
