/** Errors of the Messages API (docs.anthropic.com, "Errors" and "Rate limits"). */
import type { ModelError, ModelErrorCode } from "../../core/model.ts";
import { ownValue } from "../../core/own.ts";
import type { WireFailure } from "../codec.ts";
import { boundedRaw, codeOfStatus, headerOf, retryAfterMs, statusMessage } from "../http-failure.ts";
import { isObject, objectOf, parseJson, stringOf } from "../json.ts";

/** Codes by the API's error types. `invalid_request_error` covers several; see `codeOfMessage`. */
const codes: { readonly [type: string]: ModelErrorCode } = {
  authentication_error: "auth",
  permission_error: "auth",
  billing_error: "quota",
  rate_limit_error: "rate_limited",
  overloaded_error: "overloaded",
  api_error: "overloaded",
  timeout_error: "timeout",
  not_found_error: "invalid_request",
  // The request is above 32 MB: only a shorter history helps.
  request_too_large: "context_overflow",
};

/** The API has one type for everything wrong with a request, so the kind is in the sentence. */
const sentences: readonly [pattern: RegExp, code: ModelErrorCode][] = [
  [
    /prompt is too long|exceed(s|ed)? (the )?(context|maximum context)|context (window|limit)/i,
    "context_overflow",
  ],
  [/credit balance is too low|specified API usage limits/i, "quota"],
  [/content filtering policy/i, "refused"],
];

/**
 * An HTTP error response, or (with status 200) the data of an `error` event inside a stream.
 */
export function decodeError(failure: WireFailure): ModelError {
  const body = objectOf(parseJson(failure.body));
  const error = objectOf(isObject(body.error) ? body.error : undefined);
  const message = stringOf(error.message) ?? stringOf(body.message) ?? statusMessage(failure.status);
  const limit = exhaustedLimit(failure.headers);
  const found: ModelError = { code: codeOf(stringOf(error.type), message, failure.status), message };
  // A subscription's window (five hours, seven days) is used up: no retry within it can succeed.
  if (found.code === "rate_limited" && limit?.window === true) found.code = "quota";
  if (failure.status >= 400) found.status = failure.status;
  const wait = retryAfterMs(failure.headers);
  if (wait !== undefined) found.retryAfterMs = wait;
  const resetsAt = limit?.resetsAt ?? regainedAt(message);
  if (resetsAt !== undefined) found.resetsAt = resetsAt;
  const requestId = headerOf(failure.headers, "request-id") ?? stringOf(body.request_id);
  if (requestId !== undefined) found.requestId = requestId;
  if (failure.body !== "") found.raw = boundedRaw(failure.body);
  return found;
}

function codeOf(type: string | undefined, message: string, status: number): ModelErrorCode {
  const known = type === undefined ? undefined : ownValue(codes, type);
  // Compatible hosts and proxies give the general type to every status.
  if (known !== undefined && !(type === "api_error" && status >= 400 && status < 500)) return known;
  if (type === "invalid_request_error" || (status >= 400 && status < 500 && status !== 429)) {
    const told = sentences.find(([pattern]) => pattern.test(message));
    if (told !== undefined) return told[1];
  }
  if (type === "invalid_request_error") return "invalid_request";
  return codeOfStatus(status);
}

/**
 * The latest reset among the limits of which nothing remains. `window` is set when it is a subscription's usage
 * window (`anthropic-ratelimit-unified-*`, reset in Unix seconds) and not a per-minute rate (reset in RFC 3339).
 */
function exhaustedLimit(headers: {
  [name: string]: string;
}): { resetsAt: number; window?: true } | undefined {
  if (headerOf(headers, "anthropic-ratelimit-unified-status") === "rejected") {
    const seconds = Number(headerOf(headers, "anthropic-ratelimit-unified-reset") ?? Number.NaN);
    if (Number.isFinite(seconds)) return { resetsAt: seconds * 1000, window: true };
  }
  const resets = ["requests", "tokens", "input-tokens", "output-tokens"]
    .filter((name) => headerOf(headers, `anthropic-ratelimit-${name}-remaining`) === "0")
    .map((name) => Date.parse(headerOf(headers, `anthropic-ratelimit-${name}-reset`) ?? ""))
    .filter(Number.isFinite);
  return resets.length === 0 ? undefined : { resetsAt: Math.max(...resets) };
}

/** "You will regain access on 2026-01-01 at 00:00 UTC." of a spent monthly limit. */
function regainedAt(message: string): number | undefined {
  const found = /regain access on (\d{4}-\d{2}-\d{2})(?: at (\d{2}:\d{2}) UTC)?/.exec(message);
  if (found === null) return undefined;
  const at = Date.parse(`${found[1]}T${found[2] ?? "00:00"}:00Z`);
  return Number.isFinite(at) ? at : undefined;
}

/** Status and type by code. What has no word of its own is `api_error`, so that clients ask again. */
const wire: { readonly [code in ModelErrorCode]: readonly [status: number, type: string] } = {
  auth: [401, "authentication_error"],
  rate_limited: [429, "rate_limit_error"],
  overloaded: [529, "overloaded_error"],
  context_overflow: [400, "invalid_request_error"],
  invalid_request: [400, "invalid_request_error"],
  refused: [400, "invalid_request_error"],
  quota: [402, "billing_error"],
  timeout: [504, "timeout_error"],
  network: [502, "api_error"],
  stalled: [504, "timeout_error"],
  truncated: [502, "api_error"],
  oversized: [502, "api_error"],
  aborted: [499, "api_error"],
  unknown: [500, "api_error"],
};

/** The error object as the API writes it. An upstream's own body of this dialect passes unchanged. */
export function encodeErrorBody(error: ModelError): string {
  if (error.raw !== undefined && isOwnBody(error.raw)) return error.raw;
  const [, type] = wire[error.code];
  const body = {
    type: "error",
    error: { type: error.status === 404 ? "not_found_error" : type, message: messageOf(error) },
    ...(error.requestId === undefined ? {} : { request_id: error.requestId }),
  };
  return JSON.stringify(body);
}

/** The error as an HTTP response. */
export function encodeError(error: ModelError): WireFailure {
  const headers: { [name: string]: string } = { "content-type": "application/json" };
  if (error.requestId !== undefined) headers["request-id"] = error.requestId;
  if (error.retryAfterMs !== undefined) headers["retry-after"] = String(Math.ceil(error.retryAfterMs / 1000));
  const status = error.status !== undefined && error.status >= 400 ? error.status : wire[error.code][0];
  return { status, headers, body: encodeErrorBody(error) };
}

/** Clients of this API know an overflow or a refusal only by the vendor's sentence, so ours begins with it. */
function messageOf(error: ModelError): string {
  const prefix =
    error.code === "context_overflow"
      ? "prompt is too long: "
      : error.code === "refused"
        ? "Output blocked by content filtering policy: "
        : "";
  const told = sentences.find(([pattern]) => pattern.test(error.message));
  return prefix === "" || told?.[1] === error.code ? error.message : `${prefix}${error.message}`;
}

function isOwnBody(raw: string): boolean {
  const body = parseJson(raw);
  return (
    isObject(body) && body.type === "error" && isObject(body.error) && typeof body.error.type === "string"
  );
}
