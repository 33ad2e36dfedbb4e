/** OpenAI's SDK as transport, for OpenAI and everybody who speaks its dialects. Imported at the first request. */
import { OpenAI } from "openai/client";
import { accepted, headerPairs } from "./facade.ts";
import type { SdkPost } from "./send.ts";

/** See {@link SdkPost}. */
export const postWithOpenAI: SdkPost = async (request, send) => {
  const client = new OpenAI({
    baseURL: request.connection.baseUrl,
    // The constructor insists on a key. The real one is among the connection's headers, in its provider's own style.
    apiKey: "in headers",
    organization: null,
    project: null,
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
