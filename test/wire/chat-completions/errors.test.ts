import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import type { ModelErrorCode } from "../../../src/core/model.ts";
import { chatCompletionsCodec as codec } from "../../../src/wire/chat-completions/codec.ts";

const read = (status: number, body: Json | string, headers: { [name: string]: string } = {}) =>
  codec.decodeError({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) });

const error = (message: string, more: { [key: string]: Json } = {}): Json => ({
  error: { message, ...more },
});

describe("what kind of failure it was", () => {
  test.each<[ModelErrorCode, number, Json | string]>([
    // A prompt that does not fit, in each vendor's words.
    [
      "context_overflow",
      400,
      error("This model's maximum context length is 128000 tokens. However, you requested 140000.", {
        code: "context_length_exceeded",
      }),
    ],
    ["context_overflow", 400, error("Your input exceeds the context window of this model.")],
    [
      "context_overflow",
      413,
      error(
        "Request too large for model in organization: please reduce the length of the messages or completion.",
      ),
    ],
    ["context_overflow", 413, ""],
    [
      "context_overflow",
      400,
      error("This model's maximum prompt length is 131072 but the request contains 200000 tokens."),
    ],
    [
      "context_overflow",
      400,
      {
        object: "error",
        message: "Prompt contains 200000 tokens, too large for model with 131072 maximum context length",
        type: "invalid_request_error",
        code: "3051",
      },
    ],
    [
      "context_overflow",
      400,
      error("the request exceeds the available context size, try increasing it", {
        type: "exceed_context_size_error",
        code: 400,
      }),
    ],
    ["context_overflow", 400, error("Trying to keep the first 9000 tokens when context the overflows.")],
    ["context_overflow", 400, error("prompt too long; exceeded max context length by 1119046 tokens")],
    ["context_overflow", 400, error("Your request exceeded model token limit: 262144")],
    [
      "context_overflow",
      400,
      error("<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]"),
    ],
    ["context_overflow", 500, error("prompt is too long: 210000 tokens > 200000 maximum")],
    [
      "context_overflow",
      400,
      error("Provider returned error", {
        code: 400,
        metadata: { raw: '{"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum"}}' },
      }),
    ],
    [
      "rate_limited",
      429,
      error(
        "Rate limit reached for model on tokens per minute (TPM): Limit 6000. Please reduce the length of the messages.",
        { code: "rate_limit_exceeded" },
      ),
    ],
    // Money and allowances.
    [
      "quota",
      429,
      error("You exceeded your current quota, please check your plan and billing details.", {
        type: "insufficient_quota",
        code: "insufficient_quota",
      }),
    ],
    ["quota", 402, error("Insufficient Balance")],
    ["quota", 402, error("Insufficient credits. Add more using the account page.", { code: 402 })],
    ["quota", 403, error("Key limit exceeded: monthly spending limit reached", { code: 403 })],
    ["quota", 429, error("you have reached your weekly usage limit, upgrade for more")],
    [
      "rate_limited",
      429,
      error("Rate limit reached for requests", { type: "requests", code: "rate_limit_exceeded" }),
    ],
    ["rate_limited", 429, ""],
    // Keys.
    ["auth", 401, { detail: "Invalid API Key" }],
    [
      "auth",
      401,
      error("Authentication Fails", { type: "authentication_error", code: "invalid_request_error" }),
    ],
    ["auth", 403, error("Access denied")],
    ["auth", 200, error("Invalid API Key", { type: "authentication_error", code: 401 })],
    // Servers in trouble.
    ["overloaded", 503, error("The server is overloaded or not ready yet.")],
    ["overloaded", 500, error("The server had an error", { type: "server_error" })],
    ["overloaded", 529, ""],
    ["overloaded", 502, "<html><body>Bad gateway</body></html>"],
    ["overloaded", 429, error("Model is at capacity, try later")],
    ["timeout", 504, ""],
    ["timeout", 408, error("Timed out")],
    // Refused before an answer.
    [
      "refused",
      400,
      error("The response was filtered due to the prompt triggering content management policy.", {
        code: "content_filter",
        status: 400,
      }),
    ],
    // All else.
    ["invalid_request", 404, error("The model does not exist", { code: "model_not_found" })],
    ["invalid_request", 422, { detail: [{ loc: ["body", "tools"], msg: "extra fields not permitted" }] }],
    [
      "invalid_request",
      400,
      { code: 400, message: "Temperature must be between 0 and 2", type: "Bad Request" },
    ],
    ["invalid_request", 404, { error: "Specified model not found" }],
    ["invalid_request", 400, [{ error: { code: 400, message: "Bad thing", status: "INVALID_ARGUMENT" } }]],
  ])("%s: HTTP %i %j", (code, status, body) => {
    expect(read(status, body)).toMatchObject({ code, status });
  });
});

test("the sentence is the provider's, never a page of HTML", () => {
  expect(read(400, error("No such tool")).message).toBe("No such tool");
  expect(read(422, { detail: [{ loc: ["body", "tools"], msg: "not permitted" }] }).message).toBe(
    "body.tools: not permitted",
  );
  expect(
    read(400, error("Provider returned error", { metadata: { raw: '{"message":"bad role"}' } })).message,
  ).toBe("Provider returned error: bad role");
  const page = read(502, "<html><body>Bad gateway</body></html>");
  expect(page.message).toContain("502");
  expect(page.message).not.toContain("<");
  expect(page.raw).toBe("<html><body>Bad gateway</body></html>");
});

test("at most 8 KB of the body are kept", () => {
  expect(read(400, error("x".repeat(20_000))).raw).toHaveLength(8192);
});

test.each(["x-request-id", "X-Request-Id", "apim-request-id", "mistral-correlation-id"])(
  "the request id is in %s",
  (name) => {
    expect(read(400, "", { [name]: "abc" }).requestId).toBe("abc");
  },
);

describe("when to try again", () => {
  const date = "Wed, 25 Nov 2026 12:00:00 GMT";
  const now = Date.parse(date);
  test.each<
    [string, { [name: string]: string }, Json | string, { retryAfterMs?: number; resetsAt?: number }]
  >([
    ["seconds", { "Retry-After": "7" }, "", { retryAfterMs: 7000 }],
    [
      "seconds, and a date to count from",
      { "retry-after": "7", date },
      "",
      { retryAfterMs: 7000, resetsAt: now + 7000 },
    ],
    [
      "a date",
      { "retry-after": "Wed, 25 Nov 2026 12:01:00 GMT", date },
      "",
      { retryAfterMs: 60_000, resetsAt: now + 60_000 },
    ],
    [
      "milliseconds before seconds",
      { "retry-after-ms": "250", "retry-after": "1" },
      "",
      { retryAfterMs: 250 },
    ],
    [
      "zero milliseconds beside a second",
      { "retry-after-ms": "0", "retry-after": "1" },
      "",
      { retryAfterMs: 1000 },
    ],
    ["a sentence", {}, error("Rate limit reached. Please try again in 7m12s."), { retryAfterMs: 432_000 }],
    [
      "a sentence with parts of a second",
      {},
      error("Please try again in 1.5s. Visit"),
      { retryAfterMs: 1500 },
    ],
    ["a sentence in milliseconds", {}, error("Please try again in 340ms."), { retryAfterMs: 340 }],
    ["a sentence in words", {}, error("Please retry after 20 seconds."), { retryAfterMs: 20_000 }],
    [
      "OpenRouter's metadata",
      { date },
      error("spent", { metadata: { resets_at: "2026-11-25T13:00:00Z" } }),
      { retryAfterMs: 3_600_000, resetsAt: now + 3_600_000 },
    ],
    [
      "OpenRouter's header in the body",
      { date },
      error("spent", {
        metadata: { headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(now + 5000) } },
      }),
      { retryAfterMs: 5000, resetsAt: now + 5000 },
    ],
    [
      "the limit that is used up, not the others",
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1m0s",
        "x-ratelimit-remaining-tokens": "10",
        "x-ratelimit-reset-tokens": "6h",
      },
      "",
      { retryAfterMs: 60_000 },
    ],
    [
      "the longest of them when none is said to be used up",
      { "x-ratelimit-reset-requests": "2ms", "x-ratelimit-reset-tokens": "3s" },
      "",
      { retryAfterMs: 3000 },
    ],
    ["nothing", { date }, error("no"), {}],
  ])("%s", (_title, headers, body, expected) => {
    const { retryAfterMs, resetsAt } = read(429, body, headers);
    expect({ retryAfterMs, resetsAt }).toEqual({ retryAfterMs: undefined, resetsAt: undefined, ...expected });
  });
});
