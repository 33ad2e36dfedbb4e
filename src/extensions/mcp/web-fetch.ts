/** Tau's fetch as the SDK calls it: proxies, the list of hosts and connection limits are those of model calls. */
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Fetch, FetchInit } from "../../providers/transport/fetch.ts";

/** Statuses whose responses have no body. Source: Fetch standard, "null body status". */
const bodiless = new Set([101, 204, 205, 304]);

/** Wraps it. */
export function webFetch(fetch: Fetch): FetchLike {
  return async (url, init = {}) => {
    const { method = "GET", signal, body } = init;
    const response = await fetch(String(url), {
      method: methodOf(method),
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof body === "string" && { body }),
      signal: signal ?? new AbortController().signal,
    });
    const { status, headers } = response;
    const hasBody = !bodiless.has(status);
    if (!hasBody) response.release();
    return new Response(hasBody ? ReadableStream.from(response.body) : null, { status, headers });
  };
}

function methodOf(method: string): FetchInit["method"] {
  if (method === "GET" || method === "POST" || method === "DELETE") return method;
  throw new TypeError(`MCP has no ${method}`);
}
