/**
 * What the vendors' SDKs have in common as transport: how their clients are set up, and what they are shown in place of
 * the platform's fetch types, so that touching those (35 ms) is never needed.
 */
import type { Outgoing, SdkFetch } from "./send.ts";

/** The part of a response that the SDKs look at before they give it back raw. */
type SeenResponse = {
  ok: boolean;
  status: number;
  body: null;
  headers: { entries(): Iterable<[string, string]> };
};

const seen: SeenResponse = { ok: true, status: 200, body: null, headers: { entries: () => [] } };

/** Stands in for every response, so that an SDK neither reads a body nor makes an error of a status. */
const accepted = seen as Response;

/** The options every SDK's client is made with. */
export function clientOptions({ connection, timeoutMs }: Outgoing, send: SdkFetch) {
  return {
    baseURL: connection.baseUrl,
    // The constructors insist on a key, or look for one in files. The real one is among the connection's headers.
    apiKey: "in headers",
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: "off" as const,
    fetch: async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
      await send(String(url), headerPairs(init?.headers));
      return accepted;
    },
  };
}

type PostOptions = { body: string; headers: Record<string, string>; query: Record<string, string> };

/** Has a client put the request together. */
export async function postWith(
  client: { post(path: string, options: PostOptions): { asResponse(): Promise<Response> } },
  { route, body }: Outgoing,
): Promise<void> {
  const headers = { "content-type": "application/json" };
  await client.post(route.path, { body, headers, query: { ...route.query } }).asResponse();
}

/** Headers as an SDK hands them to fetch, names in lower case. */
function headerPairs(headers: RequestInit["headers"]): Iterable<[string, string]> {
  if (headers === undefined) return [];
  const pairs: Iterable<unknown> = Symbol.iterator in headers ? headers : Object.entries(headers);
  return Array.from(pairs, (pair): [string, string] => {
    const [name, value]: unknown[] = Array.isArray(pair) ? pair : [];
    return [String(name).toLowerCase(), String(value)];
  });
}
