/** One model request on its way: through the vendor's SDK where there is a usable one, else straight to REST. */
import type { Dialect } from "../../core/model.ts";
import type { Connection } from "../connection.ts";
import type { Route } from "../route.ts";
import { abortError } from "./failure.ts";
import type { Fetch, FetchResponse } from "./fetch.ts";

/** A request whose body a codec has written. */
export type Outgoing = {
  dialect: Dialect;
  connection: Connection;
  route: Route;
  /** JSON. Sent as it is: no SDK may re-print it, or equal prefixes would no longer be equal bytes. */
  body: string;
  /** Told to the vendor by its SDK; the real limit is the caller's. */
  timeoutMs: number;
  signal: AbortSignal;
};

/**
 * Sends a request and resolves with the response as it came, whatever its status.
 * @throws NetworkFailure, an `AbortError`, or whatever `fetch` threw
 */
export async function send(request: Outgoing, fetch: Fetch): Promise<FetchResponse> {
  switch (request.dialect) {
    case "messages":
      return throughSdk(request, fetch, (await import("./anthropic.ts")).postWithAnthropic);
    case "responses":
    case "chat-completions":
      return throughSdk(request, fetch, (await import("./openai.ts")).postWithOpenAI);
    case "generate-content":
      return straight(request, fetch);
  }
}

/** What an SDK is asked to do: put its headers and URL together and hand the request to `fetch`. */
export type SdkPost = (request: Outgoing, fetch: SdkFetch) => Promise<void>;

/** The `fetch` an SDK is given. */
export type SdkFetch = (url: string, headers: Iterable<[string, string]>) => Promise<void>;

/**
 * Headers an SDK may add. They read headers, organisations and more from variables of the process, which must not
 * travel to another vendor that happens to speak the same dialect.
 */
const sdkHeaders = /^(accept|content-type|user-agent|x-stainless-[a-z-]+)$/;

/**
 * The SDK never sees the response: it would read, parse and re-word an error's body, and time or retry on its own.
 */
async function throughSdk(request: Outgoing, fetch: Fetch, post: SdkPost): Promise<FetchResponse> {
  let outcome: { response: FetchResponse } | { error: unknown } | null = null;
  try {
    await post(request, async (url, added) => {
      const headers: Record<string, string> = {};
      for (const [name, value] of added) if (sdkHeaders.test(name)) headers[name] = value;
      Object.assign(headers, request.connection.headers);
      try {
        const init = { method: "POST", headers, body: request.body, signal: request.signal } as const;
        outcome = { response: await fetch(url, init) };
      } catch (error) {
        outcome = { error };
        throw error;
      }
    });
  } catch (error) {
    outcome ??= { error };
  }
  return settle(outcome);
}

function settle(outcome: { response: FetchResponse } | { error: unknown } | null): FetchResponse {
  if (outcome === null) throw abortError();
  if ("error" in outcome) throw outcome.error;
  return outcome.response;
}

function straight({ connection, route, body, signal }: Outgoing, fetch: Fetch): Promise<FetchResponse> {
  const query = new URLSearchParams(route.query).toString();
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    "user-agent": "tau-agent",
    ...connection.headers,
  };
  const url = `${connection.baseUrl}${route.path}${query === "" ? "" : `?${query}`}`;
  return fetch(url, { method: "POST", headers, body, signal });
}
