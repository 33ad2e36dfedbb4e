/** Tau's fetch as the SDK calls it: proxies, the list of hosts and connection limits are those of model calls. */
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { LinkFetch } from "./connection.ts";

/** Statuses whose responses have no body. Source: Fetch standard, "null body status". */
const bodiless = new Set([101, 204, 205, 304]);

/** Wraps it. */
export function webFetch(fetch: LinkFetch): FetchLike {
  return async (url, init = {}) => {
    const { method = "GET", signal, body } = init;
    const response = await fetch(String(url), {
      method,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof body === "string" ? body : undefined,
      signal: signal ?? new AbortController().signal,
    });
    const { status, headers } = response;
    const hasBody = method !== "HEAD" && !bodiless.has(status);
    if (!hasBody) response.release();
    return new Response(hasBody ? ReadableStream.from(response.body) : null, { status, headers });
  };
}
