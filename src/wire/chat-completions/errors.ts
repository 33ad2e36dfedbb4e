/** HTTP errors and errors inside streams, of every vendor that speaks the dialect, to codes and back. */
import type { Json } from "../../core/message.ts";
import type { ModelError, ModelErrorCode } from "../../core/model.ts";
import type { WireFailure } from "../codec.ts";
import { boundedRaw, codeOfStatus, statusMessage } from "../http-failure.ts";
import { arrayOf, isObject, type JsonObject, objectOf, parseJson } from "../json.ts";
import { codeByText, codeByWord } from "./error-words.ts";
import { resetOf } from "./reset-times.ts";
import { numberOr, textOr } from "./values.ts";

/** Headers in which vendors name a request, best first. */
const requestIdHeaders = [
  "x-request-id",
  "request-id",
  "apim-request-id",
  "mistral-correlation-id",
  "x-generation-id",
];

/** What an error object says, whichever of the known shapes it has. */
type Said = { message: string; words: string[]; status: number | undefined };

/**
 * Shapes seen: `{error: {message, type, code, param}}` (OpenAI and most), `{error: "text"}` (Venice, Ollama),
 * `{message, type, code, object: "error"}` (Mistral, vLLM), `{detail: "text" | [{msg, loc}]}` (FastAPI servers,
 * Mistral), `{error: {code: <number>, message, metadata: {raw}}}` (OpenRouter), `[{error: {...}}]` (Gemini's endpoint).
 */
function readError(body: Json): Said {
  const outer = Array.isArray(body) ? (body[0] ?? null) : body;
  if (typeof outer === "string") return { message: outer, words: [], status: undefined };
  const envelope = objectOf(outer);
  const inner = envelope.error ?? envelope;
  if (typeof inner === "string") return { message: inner, words: [], status: numberOr(envelope.status) };
  const error = objectOf(inner);
  const words = [error.code, error.type, error.status, objectOf(error.innererror).code]
    .map((word) => (typeof word === "number" ? undefined : textOr(word)))
    .filter((word) => word !== undefined);
  const status = [error.status, error.status_code, error.code, envelope.raw_status_code, envelope.code]
    .map((value) => (typeof value === "string" ? Number(value) : numberOr(value)))
    .find((value) => value !== undefined && Number.isInteger(value) && value >= 400 && value < 600);
  const message =
    textOr(error.message) ??
    (isObject(error.message) ? JSON.stringify(error.message) : undefined) ??
    detailText(error.detail) ??
    textOr(error.error_description) ??
    "";
  // OpenRouter's own sentence is only "Provider returned error"; the provider's is in metadata.raw.
  const metadata = objectOf(error.metadata);
  const behind = textOr(metadata.raw);
  const text =
    behind === undefined
      ? message
      : `${message}: ${textOr(readError(parseJson(behind) ?? behind).message) ?? behind}`;
  return { message: text, words, status };
}

function detailText(detail: Json | undefined): string | undefined {
  if (typeof detail === "string") return textOr(detail);
  const texts = arrayOf(detail)
    .map((entry) => {
      const { msg, loc } = objectOf(entry);
      return textOr(msg) === undefined ? undefined : `${arrayOf(loc).join(".")}: ${msg}`;
    })
    .filter((text) => text !== undefined);
  return texts.length > 0 ? texts.join("; ") : undefined;
}

function classify(said: Said, status: number | undefined): ModelErrorCode {
  return (
    codeByText(said.message, status) ??
    codeByWord(said.words) ??
    (status === undefined ? "unknown" : codeOfStatus(status))
  );
}

/**
 * An error object found inside a stream or a 200 body.
 * @param error the object or sentence under `error`
 * @param body what it stood in, for the record
 */
export function errorOf(error: Json, body: Json): ModelError {
  const said = readError(error);
  return {
    code: classify(said, said.status),
    ...(said.status === undefined ? {} : { status: said.status }),
    ...resetOf({}, objectOf(objectOf(error).metadata), said.message),
    message: said.message === "" ? statusMessage(0) : said.message,
    raw: boundedRaw(JSON.stringify(body)),
  };
}

/** An HTTP error response. */
export function decodeError(failure: WireFailure): ModelError {
  const headers = lowerCased(failure.headers);
  const body = parseJson(failure.body) ?? failure.body.trim();
  const said = readError(body);
  const status = failure.status;
  const requestId = requestIdHeaders
    .map((name) => headers[name])
    .find((value) => value !== undefined && value !== "");
  const metadata = objectOf(objectOf(objectOf(Array.isArray(body) ? body[0] : body).error).metadata);
  // A page of HTML is a proxy speaking, not the model's server; nobody wants to read it in one line.
  const readable = said.message !== "" && !/^\s*</.test(said.message);
  return {
    code: classify(said, status),
    status,
    ...resetOf(headers, metadata, said.message),
    ...(requestId === undefined ? {} : { requestId }),
    message: readable ? said.message : statusMessage(status),
    ...(failure.body === "" ? {} : { raw: boundedRaw(failure.body) }),
  };
}

function lowerCased(headers: { [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** How each code is said: HTTP status, `error.type`, `error.code`. Codes OpenAI has no word for keep Tau's. */
const said: { readonly [code in ModelErrorCode]: readonly [status: number, type: string, code: string] } = {
  auth: [401, "authentication_error", "invalid_api_key"],
  rate_limited: [429, "rate_limit_error", "rate_limit_exceeded"],
  quota: [429, "insufficient_quota", "insufficient_quota"],
  overloaded: [503, "server_error", "overloaded"],
  context_overflow: [400, "invalid_request_error", "context_length_exceeded"],
  invalid_request: [400, "invalid_request_error", "invalid_request_error"],
  refused: [400, "invalid_request_error", "content_policy_violation"],
  network: [502, "server_error", "network"],
  timeout: [504, "server_error", "timeout"],
  stalled: [504, "server_error", "stalled"],
  truncated: [502, "server_error", "truncated"],
  oversized: [502, "server_error", "oversized"],
  aborted: [499, "server_error", "aborted"],
  unknown: [500, "server_error", "unknown"],
};

/** The error object clients of the dialect expect. */
export function errorBody(error: ModelError): JsonObject {
  const [, type, code] = said[error.code];
  return {
    message: error.message,
    type,
    param: null,
    code,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.retryAfterMs === undefined && error.resetsAt === undefined
      ? {}
      : {
          metadata: {
            ...(error.retryAfterMs === undefined ? {} : { retry_after_ms: error.retryAfterMs }),
            ...(error.resetsAt === undefined ? {} : { resets_at: error.resetsAt }),
          },
        }),
  };
}

/** The error as an HTTP response. */
export function encodeError(error: ModelError): WireFailure {
  const [status] = said[error.code];
  return {
    status: error.status ?? status,
    headers: {
      "content-type": "application/json",
      ...(error.requestId === undefined ? {} : { "x-request-id": error.requestId }),
      ...(error.retryAfterMs === undefined
        ? {}
        : {
            "retry-after-ms": String(error.retryAfterMs),
            "retry-after": String(Math.ceil(error.retryAfterMs / 1000)),
          }),
    },
    body: JSON.stringify({ error: errorBody(error) }),
  };
}
