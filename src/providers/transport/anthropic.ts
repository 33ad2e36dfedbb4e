/** Anthropic's SDK as transport. Imported at the first request. */
import { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { accepted, headerPairs } from "./facade.ts";
import type { SdkPost } from "./send.ts";

/**
 * The base client alone: it has the transport, and without the resources three quarters of the SDK stay out of the
 * bundle.
 */
export const postWithAnthropic: SdkPost = async (request, send) => {
  const client = new BaseAnthropic({
    baseURL: request.connection.baseUrl,
    // Without any credential it would look for its own in files; the real one is among the connection's headers.
    apiKey: "in headers",
    maxRetries: 0,
    timeout: request.timeoutMs,
    logLevel: "off",
    fetch: async (url, init) => {
      await send(String(url), headerPairs(init?.headers));
      return accepted;
    },
  });
  const headers = { "content-type": "application/json" };
  await client
    .post(request.route.path, { body: request.body, headers, query: request.route.query })
    .asResponse();
};
