/** What models a key may use: the provider's own list, which is free to ask for and the kindest test of a key. */
import * as z from "zod";
import type { ModelError } from "../core/model.ts";
import { loadCodec } from "../wire/codecs.ts";
import type { Connection } from "./connection.ts";
import { networkError, redirectError } from "./failures.ts";
import type { ProviderEntry } from "./provider.ts";
import type { Fetch, FetchResponse } from "./transport/fetch.ts";

/** One model of the list. `contextWindow` where the provider says it. */
export type ListedModel = { id: string; contextWindow: number | null };

/** The list, or what went wrong. */
export type ModelListing = { models: ListedModel[] } | { error: ModelError };

/** What is asked with. */
export type ListingParts = {
  provider: ProviderEntry;
  connection: Connection;
  fetch: Fetch;
  /** Ends it; a `timeout` error when it was a time limit (`AbortSignal.timeout`). */
  signal: AbortSignal;
  /** Takes known credential values out of what is said of a failure: some upstreams repeat the key they refuse. */
  redact(text: string): string;
};

/** OpenRouter's list has over 500 models with a page of text each. */
const maxBytes = 32 * 1024 * 1024;

/** Hosts whose list anybody may read: the key itself is asked about first. https://openrouter.ai/docs/api-reference/limits */
const keyRoutes: { readonly [provider: string]: string } = { openrouter: "/key" };

const size = z.number().int().positive();
/**
 * The shapes there are: `data` of OpenAI and most (window by Anthropic `max_input_tokens`, OpenRouter and Mistral
 * `context_length`/`max_context_length`, Groq `context_window`, vLLM `max_model_len`), `models` of Google.
 */
const listSchema = z.union([
  z.object({
    data: z.array(
      z.object({
        id: z.string().min(1),
        max_input_tokens: size.nullish(),
        context_length: size.nullish(),
        max_context_length: size.nullish(),
        context_window: size.nullish(),
        max_model_len: size.nullish(),
      }),
    ),
  }),
  z.object({
    models: z.array(
      z.object({
        name: z.string().min(1),
        inputTokenLimit: size.nullish(),
        supportedGenerationMethods: z.array(z.string()).optional(),
      }),
    ),
  }),
]);
const creditSchema = z.object({ data: z.object({ limit_remaining: z.number().nullish() }) });

/** Asks for the list. Everything that goes wrong is a value. */
export async function listModels(parts: ListingParts): Promise<ModelListing> {
  const keyRoute = keyRoutes[parts.provider.id];
  if (keyRoute !== undefined) {
    const key = await ask(parts, keyRoute);
    if ("error" in key) return key;
    const credit = creditSchema.safeParse(key.body).data?.data.limit_remaining;
    if (typeof credit === "number" && credit <= 0)
      return { error: { code: "quota", message: "the key's credit limit is used up" } };
  }
  const answer = await ask(parts, listRoute(parts));
  if ("error" in answer) return answer;
  const list = listSchema.safeParse(answer.body);
  return list.success ? { models: modelsOf(list.data) } : { error: unexpected(parts) };
}

function listRoute({ provider, connection: { baseUrl, apiVersion } }: ListingParts): string {
  const versioned = /\/v\d+(alpha|beta)?\d*$/.test(baseUrl);
  switch (provider.dialect) {
    case "messages":
      return `${versioned ? "" : "/v1"}/models?limit=1000`;
    case "generate-content":
      return `${versioned ? "" : "/v1beta"}/models?pageSize=1000`;
    default:
      return `/models${apiVersion === null ? "" : `?api-version=${apiVersion}`}`;
  }
}

function modelsOf(list: z.infer<typeof listSchema>): ListedModel[] {
  if ("data" in list)
    return list.data.map((one) => ({
      id: one.id,
      contextWindow:
        one.context_length ??
        one.max_context_length ??
        one.context_window ??
        one.max_model_len ??
        one.max_input_tokens ??
        null,
    }));
  return list.models
    .filter(({ supportedGenerationMethods: methods }) => methods?.includes("generateContent") ?? true)
    .map(({ name, inputTokenLimit }) => ({
      id: name.replace(/^models\//, ""),
      contextWindow: inputTokenLimit ?? null,
    }));
}

async function ask(parts: ListingParts, route: string): Promise<{ body: unknown } | { error: ModelError }> {
  const { provider, connection, signal } = parts;
  let response: FetchResponse | undefined;
  try {
    response = await parts.fetch(`${connection.baseUrl}${route}`, {
      method: "GET",
      headers: { accept: "application/json", "user-agent": "tau-agent", ...connection.headers },
      signal,
    });
    const { status, headers } = response;
    if (status >= 300 && status < 400)
      return { error: redirectError(status, headers.location, connection.baseUrl) };
    const text = await textOf(response);
    if (status >= 400) {
      const error = (await loadCodec(provider.dialect)).decodeError({
        status,
        headers,
        body: parts.redact(text),
      });
      return { error: { ...error, code: keyWords.test(error.message) ? "auth" : error.code } };
    }
    const body = parsed(text);
    return body === undefined ? { error: unexpected(parts) } : { body };
  } catch (error) {
    if (signal.aborted)
      return {
        error:
          signal.reason instanceof Error && signal.reason.name === "TimeoutError"
            ? { code: "timeout", message: `${new URL(connection.baseUrl).host} did not answer in time` }
            : { code: "aborted", message: "it was stopped" },
      };
    return { error: networkError(error, provider, connection.baseUrl) };
  } finally {
    response?.release();
  }
}

/** xAI and others refuse a wrong key with 400. */
const keyWords =
  /\b(incorrect|invalid|not valid)\b.*\bapi.?key\b|\bapi.?key\b.*\b(incorrect|invalid|not valid)\b/i;

const unexpected = ({ connection: { baseUrl } }: ListingParts): ModelError => ({
  code: "unknown",
  message: `${new URL(baseUrl).host} answered with something that is no list of models; is ${baseUrl} the right address?`,
});

async function textOf(response: FetchResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > maxBytes) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
