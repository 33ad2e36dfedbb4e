import { expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import type { ModelError } from "../../../src/core/model.ts";
import { responsesCodec as codec } from "../../../src/wire/responses/codec.ts";

type Case = [
  name: string,
  status: number,
  headers: { [name: string]: string },
  body: Json | string,
  expected: Partial<ModelError>,
];

test.each<Case>([
  [
    "a context that is too long",
    400,
    { "x-request-id": "req_1" },
    {
      error: {
        message: "Your input exceeds the context window of this model.",
        type: "invalid_request_error",
        code: "context_length_exceeded",
        param: "input",
      },
    },
    {
      code: "context_overflow",
      requestId: "req_1",
      message: "Your input exceeds the context window of this model.",
    },
  ],
  [
    "a context too long without a code (llama.cpp)",
    400,
    {},
    {
      error: {
        code: 400,
        message: "the request exceeds the available context size, try increasing it",
        type: "exceed_context_size_error",
      },
    },
    { code: "context_overflow" },
  ],
  [
    "a spent account, which no waiting cures, though its status is 429",
    429,
    {},
    {
      error: {
        message: "You exceeded your current quota.",
        type: "insufficient_quota",
        code: "insufficient_quota",
      },
    },
    { code: "quota" },
  ],
  [
    "a rate limit with Retry-After",
    429,
    { "retry-after": "7" },
    { error: { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" } },
    { code: "rate_limited", retryAfterMs: 7000 },
  ],
  [
    "a rate limit with the reset of the bucket that is empty",
    429,
    {
      "X-RateLimit-Remaining-Requests": "12",
      "X-RateLimit-Reset-Requests": "1s",
      "X-RateLimit-Remaining-Tokens": "0",
      "X-RateLimit-Reset-Tokens": "6m0s",
    },
    { error: { message: "Rate limit reached", type: "tokens", code: "rate_limit_exceeded" } },
    { code: "rate_limited", retryAfterMs: 360_000 },
  ],
  [
    "a rate limit whose wait is only in the sentence",
    429,
    {},
    { error: { message: "Rate limit reached. Please try again in 88ms.", code: "rate_limit_exceeded" } },
    { code: "rate_limited", retryAfterMs: 88 },
  ],
  [
    "a plan's usage limit (Codex backend)",
    429,
    {},
    {
      error: {
        type: "usage_limit_reached",
        message: "The usage limit has been reached",
        plan_type: "plus",
        resets_at: 1_764_000_000,
        resets_in_seconds: 3600,
      },
    },
    { code: "quota", resetsAt: 1_764_000_000_000, retryAfterMs: 3_600_000 },
  ],
  [
    "a plan's usage limit told by headers",
    429,
    {
      "x-codex-primary-used-percent": "40",
      "x-codex-primary-reset-at": "1763000000",
      "x-codex-secondary-used-percent": "100",
      "x-codex-secondary-reset-at": "1764000000",
    },
    { error: { type: "usage_limit_reached", message: "The usage limit has been reached" } },
    { code: "quota", resetsAt: 1_764_000_000_000 },
  ],
  [
    "a wrong key",
    401,
    {},
    {
      error: {
        message: "Incorrect API key provided: sk-x",
        type: "invalid_request_error",
        code: "invalid_api_key",
      },
    },
    { code: "auth" },
  ],
  [
    "a wrong key under HTTP 400 (xAI)",
    400,
    {},
    { code: "invalid-argument", error: "Incorrect API key provided." },
    { code: "auth", message: "Incorrect API key provided." },
  ],
  [
    "a forbidden country",
    403,
    {},
    { error: { message: "Country not supported", code: "unsupported_country_region_territory" } },
    { code: "auth" },
  ],
  [
    "a token that ran out (Codex backend)",
    401,
    {},
    { detail: "Could not parse your authentication token." },
    { code: "auth", message: "Could not parse your authentication token." },
  ],
  [
    "a prompt the provider will not answer",
    400,
    {},
    { error: { message: "Flagged", type: "invalid_request", code: "content_policy_violation" } },
    { code: "refused" },
  ],
  [
    "a wrong field",
    400,
    {},
    {
      error: {
        message: "Invalid 'temperature'",
        type: "invalid_request_error",
        code: "decimal_below_min_value",
      },
    },
    { code: "invalid_request" },
  ],
  [
    "an overloaded server",
    503,
    { "retry-after-ms": "250" },
    { error: { message: "Overloaded", type: "server_error", code: null } },
    { code: "overloaded", retryAfterMs: 250 },
  ],
  [
    "a proxy's page",
    502,
    {},
    "<html>Bad Gateway</html>",
    { code: "overloaded", raw: "<html>Bad Gateway</html>" },
  ],
  [
    "an empty body",
    500,
    {},
    "",
    { code: "overloaded", message: "The provider answered HTTP 500 without saying why." },
  ],
])("%s", (_, status, headers, body, expected) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  expect(codec.decodeError({ status, headers, body: text })).toMatchObject({ status, ...expected });
});

test("a body above 8 KB is kept up to there", () => {
  expect(codec.decodeError({ status: 500, headers: {}, body: "x".repeat(100_000) }).raw).toHaveLength(8192);
});
