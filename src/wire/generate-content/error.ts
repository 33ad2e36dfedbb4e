/** Errors of Google APIs (google.rpc.Status; ai.google.dev/gemini-api/docs/troubleshooting; AIP-193 for the details). */
import type { Json } from "../../core/message.ts";
import type { ModelError, ModelErrorCode } from "../../core/model.ts";
import { ownValue } from "../../core/own.ts";
import type { WireFailure } from "../codec.ts";
import { boundedRaw, codeOfStatus, headerOf, retryAfterMs, statusMessage } from "../http-failure.ts";
import { arrayOf, isObject, type JsonObject, objectOf, parseJson, stringOf } from "../json.ts";

const codes: { readonly [status: string]: ModelErrorCode } = {
  UNAUTHENTICATED: "auth",
  PERMISSION_DENIED: "auth",
  RESOURCE_EXHAUSTED: "rate_limited",
  UNAVAILABLE: "overloaded",
  INTERNAL: "overloaded",
  DEADLINE_EXCEEDED: "timeout",
  CANCELLED: "aborted",
  NOT_FOUND: "invalid_request",
  OUT_OF_RANGE: "invalid_request",
};

/** INVALID_ARGUMENT and FAILED_PRECONDITION cover everything, so the kind is in the sentence. */
const sentences: readonly [pattern: RegExp, code: ModelErrorCode][] = [
  [
    /token count .*exceeds the maximum|exceeds the maximum number of tokens|context (window|length)/i,
    "context_overflow",
  ],
  [/API key (not valid|expired|not found)|invalid authentication/i, "auth"],
  [/prepayment credits|billing account|enable billing/i, "quota"],
  [/blocked by (the )?(safety|content)|violates? .*polic/i, "refused"],
];

/** An HTTP error response, or (with status 200) an error object inside a stream. */
export function decodeError(failure: WireFailure): ModelError {
  const parsed = parseJson(failure.body);
  // Streams without `alt=sse` wrap everything in an array, errors too.
  const body = objectOf(Array.isArray(parsed) ? parsed[0] : parsed);
  const error = objectOf(body.error);
  const details = arrayOf(error.details).filter(isObject);
  const message = stringOf(error.message) ?? statusMessage(failure.status);
  const status = failure.status >= 400 ? failure.status : numberOf(error.code);
  const found: ModelError = { code: codeOf(stringOf(error.status), message, details, status ?? 0), message };
  if (status !== undefined) found.status = status;
  const wait = retryAfterMs(failure.headers) ?? retryDelay(details);
  if (wait !== undefined) found.retryAfterMs = wait;
  const requestId =
    stringOf(detailOf(details, "RequestInfo")?.requestId) ?? headerOf(failure.headers, "x-request-id");
  if (requestId !== undefined) found.requestId = requestId;
  if (failure.body !== "") found.raw = boundedRaw(failure.body);
  return found;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" && value >= 400 ? value : undefined;
}

function detailOf(details: JsonObject[], type: string): JsonObject | undefined {
  return details.find((detail) => stringOf(detail["@type"])?.endsWith(`google.rpc.${type}`) === true);
}

function codeOf(
  word: string | undefined,
  message: string,
  details: JsonObject[],
  status: number,
): ModelErrorCode {
  if (detailOf(details, "ErrorInfo")?.reason === "API_KEY_INVALID") return "auth";
  const told = sentences.find(([pattern]) => pattern.test(message))?.[1];
  // A rate limit's sentence speaks of plan and billing too; only the named quota tells a spent day from a busy minute.
  if (word === "RESOURCE_EXHAUSTED" || status === 429) return isSpentDay(details) ? "quota" : "rate_limited";
  const known = word === undefined ? undefined : ownValue(codes, word);
  return known ?? told ?? codeOfStatus(status);
}

function isSpentDay(details: JsonObject[]): boolean {
  return arrayOf(detailOf(details, "QuotaFailure")?.violations)
    .filter(isObject)
    .some((violation) => /PerDay/i.test(`${stringOf(violation.quotaId)} ${stringOf(violation.subject)}`));
}

/** `RetryInfo.retryDelay`, a protobuf duration: `"34.4s"`. */
function retryDelay(details: JsonObject[]): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(stringOf(detailOf(details, "RetryInfo")?.retryDelay) ?? "")?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}

const wire: { readonly [code in ModelErrorCode]: readonly [status: number, word: string] } = {
  auth: [401, "UNAUTHENTICATED"],
  rate_limited: [429, "RESOURCE_EXHAUSTED"],
  overloaded: [503, "UNAVAILABLE"],
  context_overflow: [400, "INVALID_ARGUMENT"],
  invalid_request: [400, "INVALID_ARGUMENT"],
  refused: [400, "INVALID_ARGUMENT"],
  quota: [429, "RESOURCE_EXHAUSTED"],
  network: [502, "UNAVAILABLE"],
  timeout: [504, "DEADLINE_EXCEEDED"],
  stalled: [504, "DEADLINE_EXCEEDED"],
  truncated: [502, "UNAVAILABLE"],
  oversized: [502, "UNAVAILABLE"],
  aborted: [499, "CANCELLED"],
  unknown: [500, "INTERNAL"],
};

/** The error object as the API writes it. An upstream's own body of this dialect passes unchanged. */
export function encodeErrorBody(error: ModelError): string {
  if (error.raw !== undefined && isOwnBody(error.raw)) return error.raw;
  const [code, status] = wire[error.code];
  const details: Json[] = [];
  if (error.code === "quota") {
    const violations = [{ quotaId: "BudgetPerDay" }];
    details.push({ "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations });
  }
  if (error.retryAfterMs !== undefined) {
    const retryDelay = `${error.retryAfterMs / 1000}s`;
    details.push({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay });
  }
  if (error.requestId !== undefined) {
    details.push({ "@type": "type.googleapis.com/google.rpc.RequestInfo", requestId: error.requestId });
  }
  return JSON.stringify({
    error: {
      code: statusOf(error, code),
      message: messageOf(error),
      status,
      ...(details.length === 0 ? {} : { details }),
    },
  });
}

/** The error as an HTTP response. */
export function encodeError(error: ModelError): WireFailure {
  const headers: { [name: string]: string } = { "content-type": "application/json; charset=UTF-8" };
  if (error.retryAfterMs !== undefined) headers["retry-after"] = String(Math.ceil(error.retryAfterMs / 1000));
  return { status: statusOf(error, wire[error.code][0]), headers, body: encodeErrorBody(error) };
}

function statusOf(error: ModelError, byCode: number): number {
  return error.status !== undefined && error.status >= 400 ? error.status : byCode;
}

/** Clients know an overflow or a refusal only by the vendor's sentence, so ours begins with it. */
function messageOf(error: ModelError): string {
  const told = sentences.find(([pattern]) => pattern.test(error.message))?.[1];
  if (told === error.code) return error.message;
  if (error.code === "context_overflow") return `The input token count exceeds the maximum: ${error.message}`;
  return error.code === "refused"
    ? `The answer was blocked by content rules: ${error.message}`
    : error.message;
}

function isOwnBody(raw: string): boolean {
  const body = parseJson(raw);
  return (
    isObject(body) &&
    isObject(body.error) &&
    typeof body.error.code === "number" &&
    typeof body.error.status === "string"
  );
}
