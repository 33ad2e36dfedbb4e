/** What failed HTTP responses have in common, whatever the dialect. */
import type { ModelErrorCode } from "../core/model.ts";

/** The most of an error body that is kept, in UTF-16 units. */
export const maxRawLength = 8192;

/** The first 8 KB of an error body. */
export function boundedRaw(body: string): string {
  return body.length <= maxRawLength ? body : body.slice(0, maxRawLength);
}

/** A header by its name in any case. */
export function headerOf(headers: { [name: string]: string }, name: string): string | undefined {
  const direct = headers[name];
  if (direct !== undefined) return direct;
  for (const key in headers) if (key.toLowerCase() === name) return headers[key];
  return undefined;
}

/**
 * How long the response asked to wait (RFC 9110 10.2.3 `Retry-After`, and the SDKs' `retry-after-ms`), in ms. A date
 * is measured against the response's own `Date`: the codec has no clock, and the two come from the same one.
 */
export function retryAfterMs(headers: { [name: string]: string }): number | undefined {
  const ms = Number(headerOf(headers, "retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return Math.round(ms);
  const value = headerOf(headers, "retry-after");
  if (value === undefined || value.trim() === "") return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.round(seconds * 1000) : undefined;
  const wait = Date.parse(value) - Date.parse(headerOf(headers, "date") ?? "");
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/**
 * The kind of failure by HTTP status alone, for bodies that do not say. Server-side trouble (5xx) counts as
 * `overloaded`: it passes, and asking again is right.
 */
export function codeOfStatus(status: number): ModelErrorCode {
  if (status === 401 || status === 403) return "auth";
  if (status === 402) return "quota";
  if (status === 408 || status === 504) return "timeout";
  if (status === 413) return "context_overflow";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "overloaded";
  if (status >= 400) return "invalid_request";
  return "unknown";
}

/** The sentence for a body that has none of its own (a proxy's HTML page, nothing at all). */
export function statusMessage(status: number): string {
  return status >= 400
    ? `The provider answered HTTP ${status} without saying why.`
    : "The provider reported an error without saying why.";
}
