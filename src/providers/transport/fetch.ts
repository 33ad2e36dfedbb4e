/**
 * HTTP for model calls over node:http. Global fetch costs 35 ms to touch and delays the exit of the process
 * (docs/decisions/0005-provider-transport.md); this one is also where abort, proxies and recording meet the socket.
 */
import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import { decompressed } from "./decompress.ts";
import { abortError, NetworkFailure } from "./failure.ts";
import { addressOf, type ProxyEnvironment, proxyAuthorization, proxyFor, tunnelAgent } from "./proxy.ts";

/** A request. Header names in lower case. */
export type FetchInit = {
  method: "GET" | "POST" | "DELETE";
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Aborting destroys the socket, before and after the response has begun. */
  signal: AbortSignal;
};

/** A response whose body has not been read yet; `release` is called in every case. */
export type FetchResponse = {
  status: number;
  /** Names in lower case; repeated headers joined with a comma. */
  headers: Readonly<Record<string, string>>;
  /** Decompressed bytes, once. Throws `NetworkFailure` when the connection breaks and `AbortError` on abort. */
  body: AsyncIterable<Uint8Array>;
  /**
   * Nobody wants the rest: what is about to end by itself may, so that the connection can be used again; anything
   * longer is cut off.
   */
  release(): void;
};

/** The seam between providers and the network; the recorder wraps it and the replayer stands in for it. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What the transport needs from outside. */
export type FetchOptions = {
  /** For HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case. */
  env: ProxyEnvironment;
  /** Limit for name lookup, TCP and TLS together, ms. */
  connectMs: number;
  /** Told of each host as a request leaves for it, a proxy on the way included. */
  contacted?: (host: string) => void;
};

/** How long a stream may take to end by itself once nobody reads it, ms: the end marker is usually already here. */
const lingerMs = 250;

/** Keep-alive longer than this is likely closed by the other side just as we write; ms. */
const idleSocketMs = 30_000;

/** A fetch with connections of its own. It never follows redirects: a request carries a key. */
export function makeFetch(options: FetchOptions): Fetch {
  const agents = new Map<string, Agent>();

  return async (url, init) => {
    const target = new URL(url);
    const proxy = proxyFor(target, options.env);
    const tunnelled = proxy !== null && target.protocol === "https:";
    // Plain http through a proxy is asked for by its whole URL (RFC 9112 3.2.2).
    const carrier = proxy !== null && !tunnelled ? proxy : target;
    const http = process.getBuiltinModule(carrier.protocol === "https:" ? "node:https" : "node:http");
    const key = `${carrier.protocol}${proxy?.href ?? ""}`;
    let agent = agents.get(key);
    if (agent === undefined) {
      agent = tunnelled
        ? tunnelAgent(proxy, idleSocketMs, options.connectMs)
        : new http.Agent({ keepAlive: true, timeout: idleSocketMs });
      agents.set(key, agent);
    }
    const send = () => {
      if (proxy !== null) options.contacted?.(proxy.host);
      options.contacted?.(target.host);
      return http.request({
        ...addressOf(carrier),
        method: init.method,
        path: carrier === target ? target.pathname + target.search : target.href,
        agent,
        headers: {
          host: target.host,
          ...init.headers,
          ...(init.body !== undefined && { "content-length": Buffer.byteLength(init.body) }),
          ...(carrier !== target && proxyAuthorization(carrier)),
        },
      });
    };
    for (;;) {
      const request = send();
      try {
        return await exchange(request, init, options.connectMs);
      } catch (error) {
        // A kept connection that the other side closed as we wrote: nothing was heard, so it is no failed attempt.
        if (!(request.reusedSocket && error instanceof NetworkFailure && error.code === "ECONNRESET"))
          throw error;
      }
    }
  };
}

function exchange(request: ClientRequest, init: FetchInit, connectMs: number): Promise<FetchResponse> {
  return new Promise((resolve, reject) => {
    // Rejected here as well: while an agent still waits for its tunnel, a destroyed request says nothing.
    const fail = (error: Error): void => {
      forget();
      reject(asFailure(error, init.signal));
      // Where an answer is about to end, Node takes its own listener off the socket first: then nobody would hear of this.
      request.socket?.on("error", () => undefined);
      request.destroy(error);
    };
    const abort = (): void => fail(abortError());
    const connecting = setTimeout(
      () => fail(new NetworkFailure("ETIMEDOUT", `no connection within ${connectMs / 1000} s`)),
      connectMs,
    );
    const forget = (): void => {
      clearTimeout(connecting);
      init.signal.removeEventListener("abort", abort);
    };
    init.signal.addEventListener("abort", abort, { once: true });
    if (init.signal.aborted) abort();
    request.on("socket", (socket) => {
      const connected = () => clearTimeout(connecting);
      if (request.reusedSocket || !socket.connecting) connected();
      else socket.once("encrypted" in socket ? "secureConnect" : "connect", connected);
    });
    request.on("error", (error) => {
      forget();
      reject(asFailure(error, init.signal));
    });
    request.on("close", forget);
    request.on("response", (response) => resolve(responseOf(request, response, init.signal)));
    request.end(init.body);
  });
}

function responseOf(request: ClientRequest, response: IncomingMessage, signal: AbortSignal): FetchResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  // A broken connection is told to whoever reads the body; when nobody does, it must not bring the process down.
  response.on("error", () => undefined);
  const encoding = headers["content-encoding"];
  return {
    status: response.statusCode ?? 0,
    headers,
    body: bytesOf(response, encoding, signal),
    release: () => {
      if (response.closed) return;
      response.resume();
      const timer = setTimeout(() => request.destroy(), lingerMs);
      timer.unref();
      response.once("close", () => clearTimeout(timer));
    },
  };
}

async function* bytesOf(
  response: IncomingMessage,
  encoding: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    const source = encoding === undefined ? response : await decompressed(response, encoding);
    yield* source.iterator({ destroyOnReturn: false });
    // A body cut short of its length or last chunk ends like a whole one unless asked.
    if (!response.complete) throw new NetworkFailure("ECONNRESET", "the connection closed in mid-body");
  } catch (error) {
    throw asFailure(error, signal);
  }
}

function asFailure(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return abortError();
  if (error instanceof NetworkFailure) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "EUNKNOWN";
  const message = error instanceof Error && error.message !== "" ? error.message : code;
  return new NetworkFailure(code, message, { cause: error });
}
