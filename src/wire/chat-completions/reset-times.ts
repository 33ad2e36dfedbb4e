/** When a limit ends, from wherever a vendor says it. No clock here: relative times need the response's own `date`. */
import type { ModelError } from "../../core/model.ts";
import { type JsonObject, objectOf } from "../json.ts";
import { numberOr, textOr } from "./values.ts";

const unitMs: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  sec: 1000,
  secs: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  mins: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

const piece = "\\d+(?:\\.\\d+)?\\s*(?:ms|milliseconds?|seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d)";
const spans = new RegExp(`^(?:${piece}[\\s,]*)+$`);
/** "try again in 7m12.5s" (Groq, OpenAI), "retry after 20 seconds" (Azure, Gemini). */
const inText = new RegExp(
  `(?:try again in|retry after|retry in|resets? in|wait)\\s+((?:${piece}[\\s,]*(?:and\\s+)?)+)`,
  "i",
);

/** "7m12s", "1h0m3.5s", "250ms", "2 days 3 hours" in milliseconds; undefined when it is not a span. */
export function spanMs(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase().replaceAll("and", " ").trim();
  if (!spans.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    const name = unit?.startsWith("milli") ? "ms" : (unit ?? "");
    total += Number(amount) * (unitMs[name] ?? 0);
  }
  return Math.round(total);
}

/** A point in time as Unix ms from seconds, milliseconds or a date; undefined for anything else. */
function instant(value: string | number): number | undefined {
  const number =
    typeof value === "number" ? value : /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined;
  if (number === undefined) {
    const date = Date.parse(String(value));
    return Number.isNaN(date) ? undefined : date;
  }
  if (number > 1e11) return Math.round(number);
  return number > 1e9 ? Math.round(number * 1000) : undefined;
}

/** A header's time: a span, a point in time, or plain seconds. */
type Moment = { afterMs: number } | { at: number };

function moment(value: string): Moment | undefined {
  const span = spanMs(value);
  if (span !== undefined) return { afterMs: span };
  const at = instant(value);
  if (at !== undefined) return { at };
  return /^\d+(?:\.\d+)?$/.test(value.trim()) ? { afterMs: Math.round(Number(value) * 1000) } : undefined;
}

/** The limits that are used up, by their `remaining` header; where none says so, all of them. */
function exhaustedResets(headers: { [name: string]: string }): Moment[] {
  const resets = Object.keys(headers).filter((name) => /^x-ratelimit-reset(?:-|$)/.test(name));
  const spent = resets.filter((name) => headers[name.replace("reset", "remaining")] === "0");
  return (spent.length > 0 ? spent : resets)
    .map((name) => moment(headers[name] ?? ""))
    .filter((value) => value !== undefined);
}

/**
 * How long to wait and when the limit resets. Whoever says it first of: `retry-after-ms` (OpenAI, Azure), `Retry-After`
 * (RFC 9110 10.2.3: seconds or a date), the body's metadata (OpenRouter), the sentence, and last the `x-ratelimit-reset*`
 * headers of used-up limits, of which the latest counts. One gives the other where the response has a date.
 * @param headers names in lower case
 */
export function resetOf(
  headers: { [name: string]: string },
  metadata: JsonObject,
  message: string,
): Pick<ModelError, "retryAfterMs" | "resetsAt"> {
  const now = Date.parse(headers.date ?? "");
  const told = [retryAfter(headers), ...fromMetadata(metadata), fromText(message)].filter(
    (value) => value !== undefined,
  );
  const moments = told.length > 0 ? told : exhaustedResets({ ...headers, ...metadataHeaders(metadata) });
  const waits = moments.flatMap((value) => ("afterMs" in value ? [value.afterMs] : []));
  const instants = moments.flatMap((value) => ("at" in value ? [value.at] : []));
  const wait = told.length > 0 ? waits[0] : longest(waits);
  const at = told.length > 0 ? instants[0] : longest(instants);
  const retryAfterMs = wait ?? (at === undefined ? undefined : Math.max(0, at - now));
  const resetsAt = at ?? (wait === undefined ? undefined : now + wait);
  return {
    ...(retryAfterMs === undefined || Number.isNaN(retryAfterMs) ? {} : { retryAfterMs }),
    ...(resetsAt === undefined || Number.isNaN(resetsAt) ? {} : { resetsAt }),
  };
}

function longest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function retryAfter(headers: { [name: string]: string }): Moment | undefined {
  const ms = Number(headers["retry-after-ms"]);
  // Azure sends "0" beside a Retry-After of a second.
  if (Number.isFinite(ms) && ms > 0) return { afterMs: ms };
  const value = headers["retry-after"];
  return value === undefined ? undefined : moment(value);
}

function fromMetadata(metadata: JsonObject): Moment[] {
  const { resets_at: at } = metadata;
  const resetsAt = typeof at === "number" || typeof at === "string" ? instant(at) : undefined;
  const seconds = numberOr(metadata.retry_after_seconds) ?? numberOr(metadata.retry_after);
  const ms =
    numberOr(metadata.retry_after_ms) ?? (seconds === undefined ? undefined : Math.round(seconds * 1000));
  return [
    ...(ms === undefined ? [] : [{ afterMs: ms }]),
    ...(resetsAt === undefined ? [] : [{ at: resetsAt }]),
  ];
}

/** OpenRouter repeats the limit's headers in `metadata.headers`. */
function metadataHeaders(metadata: JsonObject): { [name: string]: string } {
  const found: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(objectOf(metadata.headers))) {
    const text = textOr(value) ?? (typeof value === "number" ? String(value) : undefined);
    if (text !== undefined) found[name.toLowerCase()] = text;
  }
  return found;
}

function fromText(message: string): Moment | undefined {
  const match = inText.exec(message);
  const span = match?.[1] === undefined ? undefined : spanMs(match[1].replace(/[\s,]+$/, ""));
  return span === undefined ? undefined : { afterMs: span };
}
