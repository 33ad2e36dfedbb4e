/**
 * Failures of the Responses API, over HTTP and inside streams.
 * https://platform.openai.com/docs/guides/error-codes; the usage-limit body is the one the Codex backend sends.
 */
import type { Json } from "../../core/message.ts";
import type { ModelError, ModelErrorCode } from "../../core/model.ts";
import type { WireFailure } from "../codec.ts";
import { boundedRaw, codeOfStatus, headerOf, retryAfterMs, statusMessage } from "../http-failure.ts";
import { isObject, type JsonObject, parseJson, stringOf } from "../json.ts";

type Headers = { [name: string]: string };

/** The dialect's words for each kind of failure. The first word of a row is the one we write. */
const words: { [code in ModelErrorCode]: readonly string[] } = {
  auth: [
    "invalid_api_key",
    "authentication_error",
    "permission_error",
    "permission_denied",
    "invalid_authentication",
    "token_expired",
    "account_deactivated",
  ],
  rate_limited: [
    "rate_limit_exceeded",
    "rate_limit_error",
    "too_many_requests",
    "websocket_connection_limit_reached",
  ],
  overloaded: [
    "server_is_overloaded",
    "server_error",
    "internal_server_error",
    "internal_error",
    "overloaded_error",
    "service_unavailable",
    "engine_overloaded",
    "slow_down",
    "model_error",
  ],
  context_overflow: ["context_length_exceeded", "context_window_exceeded", "string_above_max_length"],
  invalid_request: ["invalid_request_error", "invalid_prompt", "invalid_request", "not_found_error"],
  refused: [
    "content_policy_violation",
    "content_filter",
    "moderation_blocked",
    "image_content_policy_violation",
    "cyber_policy",
    "bio_policy",
    "safety_violation",
  ],
  network: ["upstream_unreachable"],
  timeout: ["upstream_timeout", "request_timeout", "timeout"],
  stalled: ["upstream_stalled"],
  truncated: ["upstream_truncated"],
  oversized: ["upstream_oversized"],
  quota: [
    "insufficient_quota",
    "usage_limit_reached",
    "usage_limit_exceeded",
    "usage_not_included",
    "quota_exceeded",
    "billing_hard_limit_reached",
    "billing_not_active",
    "insufficient_credits",
    "budget_exceeded",
  ],
  aborted: ["request_aborted", "cancelled", "client_cancelled"],
  unknown: ["unknown_error"],
};

const meanings: ReadonlyMap<string, ModelErrorCode> = new Map(
  (Object.keys(words) as ModelErrorCode[]).flatMap((code) =>
    words[code].map((word) => [word, code] as const),
  ),
);

/** Several compatible servers give these failures no code of their own, only a sentence. */
const sentences: readonly (readonly [RegExp, ModelErrorCode])[] = [
  [
    /context (length|window|size)|maximum context|prompt is too long|exceeds? the (available|model's) context/i,
    "context_overflow",
  ],
  [/(incorrect|invalid) api key|authentication token/i, "auth"],
  [/flagged as potentially violating|usage polic(y|ies)/i, "refused"],
];

const statuses: { [code in ModelErrorCode]: { status: number; type: string } } = {
  auth: { status: 401, type: "authentication_error" },
  rate_limited: { status: 429, type: "too_many_requests" },
  overloaded: { status: 503, type: "server_error" },
  context_overflow: { status: 400, type: "invalid_request_error" },
  invalid_request: { status: 400, type: "invalid_request_error" },
  refused: { status: 400, type: "invalid_request_error" },
  network: { status: 502, type: "server_error" },
  timeout: { status: 504, type: "server_error" },
  stalled: { status: 504, type: "server_error" },
  truncated: { status: 502, type: "server_error" },
  oversized: { status: 502, type: "server_error" },
  quota: { status: 429, type: "insufficient_quota" },
  aborted: { status: 499, type: "server_error" },
  unknown: { status: 500, type: "server_error" },
};

/** An HTTP failure. Bodies seen: `{error: {...}}`, `{code, error: "..."}` (xAI), `{detail}` (the Codex backend), HTML. */
export function decodeError(failure: WireFailure): ModelError {
  const body = parseJson(failure.body);
  const raw = failure.body === "" ? {} : { raw: boundedRaw(failure.body) };
  return { ...describe(errorObject(body), failure.headers, failure.status), status: failure.status, ...raw };
}

/**
 * An error found in a stream or a response object with HTTP 200: `response.error`, or an `error` event. `raw` is the
 * body an HTTP failure would have had; the event around it (`type: "error"`) is also how Messages begins its bodies.
 */
export function streamError(data: JsonObject): ModelError {
  const error = errorObject(data);
  return { ...describe(error, {}, undefined), raw: boundedRaw(JSON.stringify({ error })) };
}

/** The object with the code and the sentence, wherever a server put it. */
function errorObject(body: Json | undefined): JsonObject {
  if (!isObject(body)) return {};
  if (isObject(body.error)) return body.error;
  if (typeof body.error === "string") return { ...body, message: body.error };
  if (typeof body.detail === "string") return { ...body, message: body.detail };
  return body;
}

function describe(error: JsonObject, responseHeaders: Headers, status: number | undefined): ModelError {
  const headers = { ...responseHeaders, ...stringFields(error.headers) };
  const message = stringOf(error.message)?.trim() || statusMessage(status ?? 0);
  const code = codeOf(error, message, status);
  const wait = waitOf(error, message, headers, code);
  const resetsAt = resetOf(error, headers);
  const requestId =
    headerOf(headers, "x-request-id") ?? headerOf(headers, "apim-request-id") ?? stringOf(error.request_id);
  return {
    code,
    message,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function codeOf(error: JsonObject, message: string, status: number | undefined): ModelErrorCode {
  const byCode = meanings.get(String(error.code).toLowerCase());
  if (byCode !== undefined && byCode !== "invalid_request") return byCode;
  for (const [pattern, code] of sentences) if (pattern.test(message)) return code;
  const byType = meanings.get(String(error.type).toLowerCase());
  // A status says more than the type `invalid_request_error`, which OpenAI also gives to 401 and 429.
  if (byType !== undefined && byType !== "invalid_request") return byType;
  if (status !== undefined && status >= 400) return codeOfStatus(status);
  return byCode ?? byType ?? "unknown";
}

/**
 * How long to wait: Retry-After, else the sentence ("Please try again in 11.054s", which is all a failure inside a
 * stream has), else the reset of the exhausted bucket in `x-ratelimit-*`.
 */
function waitOf(
  error: JsonObject,
  message: string,
  headers: Headers,
  code: ModelErrorCode,
): number | undefined {
  const header = retryAfterMs(headers);
  if (header !== undefined) return header;
  if (typeof error.resets_in_seconds === "number") return Math.round(error.resets_in_seconds * 1000);
  if (code !== "rate_limited") return undefined;
  const said = /try again in ([\d.]+(?:ms|[smhd])(?:[\d.]+(?:ms|[smhd]))*)/i.exec(message)?.[1];
  if (said !== undefined) return durationMs(said);
  const waits = ["requests", "tokens"]
    .filter((bucket) => headerOf(headers, `x-ratelimit-remaining-${bucket}`) === "0")
    .map((bucket) => durationMs(headerOf(headers, `x-ratelimit-reset-${bucket}`) ?? ""))
    .filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

const unitMs: { [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `6m0s`, `88ms`, `11.054s` in milliseconds; undefined for anything else. */
function durationMs(text: string): number | undefined {
  if (!/^([\d.]+(ms|[smhd]))+$/i.test(text)) return undefined;
  const pieces = [...text.toLowerCase().matchAll(/([\d.]+)(ms|[smhd])/g)];
  return Math.ceil(
    pieces.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ""] ?? 0), 0),
  );
}

/** When a usage limit resets: `resets_at` of the body, or the spent window of the Codex backend's headers. */
function resetOf(error: JsonObject, headers: Headers): number | undefined {
  if (typeof error.resets_at === "number") return Math.round(error.resets_at * 1000);
  const spent = ["primary", "secondary"]
    .filter((window) => Number(headerOf(headers, `x-codex-${window}-used-percent`)) >= 100)
    .map((window) => Number(headerOf(headers, `x-codex-${window}-reset-at`)) * 1000)
    .filter((at) => Number.isFinite(at) && at > 0);
  return spent.length === 0 ? undefined : Math.max(...spent);
}

function stringFields(value: Json | undefined): Headers {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** The error object of a failure, as in HTTP bodies and `error` events. */
export function errorBody(error: ModelError): JsonObject {
  return {
    type: statuses[error.code].type,
    code: words[error.code][0] ?? "unknown_error",
    message: error.message,
    param: null,
    ...(error.resetsAt === undefined ? {} : { resets_at: error.resetsAt / 1000 }),
  };
}

/** The headers that belong to a failure. */
export function errorHeaders(error: ModelError): Headers {
  return {
    ...(error.retryAfterMs === undefined
      ? {}
      : {
          "retry-after": String(Math.ceil(error.retryAfterMs / 1000)),
          "retry-after-ms": String(error.retryAfterMs),
        }),
    ...(error.requestId === undefined ? {} : { "x-request-id": error.requestId }),
  };
}

/** A failure as an HTTP response; the upstream's own status, if there was one, is kept. */
export function encodeError(error: ModelError): WireFailure {
  return {
    status: error.status ?? statuses[error.code].status,
    headers: { "content-type": "application/json", ...errorHeaders(error) },
    body: JSON.stringify({ error: errorBody(error) }),
  };
}
