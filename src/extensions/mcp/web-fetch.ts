/** Tau's fetch as the SDK calls it: proxies, the list of hosts and connection limits are those of model calls. */
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Fetch, FetchInit, FetchResponse } from "../../providers/transport/fetch.ts";

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
    return new Response(hasBody ? streamOf(response) : null, { status, headers });
  };
}

/** The body as the SDK reads it. It cancels answers that it does not need: then the connection is free again. */
function streamOf({ body, release }: FetchResponse): ReadableStream<Uint8Array> {
  const bytes = bounded(body);
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await bytes.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        release();
        await bytes.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Bytes of one message, as over stdio: what is longer would fill memory before anybody could look at it. */
export const longestMessage = 16 * 1024 * 1024;

/** The body, ended by an error where a message of it (all of it, or one event of a stream) is too long. */
export async function* bounded(
  body: AsyncIterable<Uint8Array>,
  most = longestMessage,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  /** Line breaks since the last other character, carriage returns left out: two end an event. */
  let breaks = 0;
  for await (const chunk of body) {
    for (const byte of chunk) {
      length += 1;
      if (byte === lineFeed) breaks += 1;
      else if (byte !== carriageReturn) breaks = 0;
      if (breaks >= 2) length = 0;
      if (length > most) throw new Error("it sent a message of more than 16 MB");
    }
    yield chunk;
  }
}

const lineFeed = 10;
const carriageReturn = 13;

function methodOf(method: string): FetchInit["method"] {
  if (method === "GET" || method === "POST" || method === "DELETE") return method;
  throw new TypeError(`MCP has no ${method}`);
}
