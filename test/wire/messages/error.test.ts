import { describe, expect, test } from "vitest";
import type { ModelError, ModelErrorCode } from "../../../src/core/model.ts";
import { messagesCodec as codec } from "../../../src/wire/messages/codec.ts";

const body = (type: string, message: string) => JSON.stringify({ type: "error", error: { type, message } });
const decode = (status: number, text: string, headers: { [name: string]: string } = {}) =>
  codec.decodeError({ status, headers, body: text });

describe("failures", () => {
  test.each<[status: number, type: string, message: string, code: ModelErrorCode]>([
    [401, "authentication_error", "invalid x-api-key", "auth"],
    [403, "permission_error", "no access", "auth"],
    [402, "billing_error", "pay", "quota"],
    [404, "not_found_error", "model: x", "invalid_request"],
    [413, "request_too_large", "too large", "context_overflow"],
    [429, "rate_limit_error", "slow down", "rate_limited"],
    [500, "api_error", "Internal server error", "overloaded"],
    [504, "timeout_error", "too slow", "timeout"],
    [529, "overloaded_error", "Overloaded", "overloaded"],
    [400, "invalid_request_error", "messages: required", "invalid_request"],
    [400, "invalid_request_error", "prompt is too long: 200001 tokens > 200000 maximum", "context_overflow"],
    [
      400,
      "invalid_request_error",
      "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000",
      "context_overflow",
    ],
    [400, "invalid_request_error", "Your credit balance is too low to access the API", "quota"],
    [400, "invalid_request_error", "Output blocked by content filtering policy", "refused"],
    [418, "new_error", "new", "invalid_request"],
    [503, "new_error", "new", "overloaded"],
  ])("%d %s: %s is %s", (status, type, message, code) => {
    const raw = body(type, message);
    expect(decode(status, raw)).toEqual({ code, status, message, raw });
  });

  test.each([
    ["a proxy's page", 502, "<html>Bad Gateway</html>", "overloaded"],
    ["nothing", 429, "", "rate_limited"],
    ["another shape", 400, '{"message":"odd"}', "invalid_request"],
  ])("%s is told by its status", (_, status, text, code) => {
    const error = decode(status, text);
    expect(error).toMatchObject({ code, status });
    expect(error.message).not.toBe("");
    expect(error.raw ?? "").toBe(text);
  });

  test("no more than 8 KB of a body is kept", () => {
    expect(decode(500, "x".repeat(20_000)).raw).toHaveLength(8192);
  });
});

describe("waiting", () => {
  const limited = body("rate_limit_error", "slow down");

  test.each([
    [{ "retry-after": "30" }, 30_000],
    [{ "Retry-After": "1.5" }, 1500],
    [{ "retry-after-ms": "250", "retry-after": "9" }, 250],
    [{ "retry-after": "Wed, 25 Nov 2026 00:01:00 GMT", date: "Wed, 25 Nov 2026 00:00:00 GMT" }, 60_000],
    [{ "retry-after": "Wed, 25 Nov 2026 00:01:00 GMT" }, undefined],
    [{ "retry-after": "soon" }, undefined],
  ])("%j", (headers: { [name: string]: string | undefined }, wait) => {
    expect(decode(429, limited, headers as { [name: string]: string }).retryAfterMs).toBe(wait);
  });

  test("the reset of the limit that is spent is told, not of one with room left", () => {
    const headers = {
      "anthropic-ratelimit-requests-remaining": "9",
      "anthropic-ratelimit-requests-reset": "2026-11-25T09:00:00Z",
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": "2026-11-25T00:01:00Z",
      "anthropic-ratelimit-output-tokens-remaining": "0",
      "anthropic-ratelimit-output-tokens-reset": "2026-11-25T00:00:30Z",
    };
    expect(decode(429, limited, headers)).toMatchObject({
      code: "rate_limited",
      resetsAt: Date.UTC(2026, 10, 25, 0, 1),
    });
    expect(decode(429, limited, { "anthropic-ratelimit-requests-remaining": "9" }).resetsAt).toBeUndefined();
  });

  test("a subscription's spent window is a quota", () => {
    const headers = {
      "anthropic-ratelimit-unified-status": "rejected",
      "anthropic-ratelimit-unified-reset": "1795564800",
    };
    expect(decode(429, limited, headers)).toMatchObject({ code: "quota", resetsAt: 1_795_564_800_000 });
  });

  test("the day of renewed access is read from the sentence", () => {
    const message =
      "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.";
    expect(decode(400, body("invalid_request_error", message))).toMatchObject({
      code: "quota",
      resetsAt: Date.UTC(2026, 11, 1),
    });
  });
});

describe("the gateway's side", () => {
  const codes: ModelErrorCode[] = [
    "auth",
    "rate_limited",
    "overloaded",
    "context_overflow",
    "invalid_request",
    "refused",
    "quota",
    "timeout",
  ];
  test.each(codes)("%s is understood again", (code) => {
    const error: ModelError = { code, message: "it failed", requestId: "req_1", retryAfterMs: 1200 };
    const failure = codec.encodeError(error);
    expect(failure.status).toBeGreaterThanOrEqual(400);
    expect(codec.decodeError(failure)).toMatchObject({ code, requestId: "req_1", retryAfterMs: 2000 });
    expect(codec.decodeError(failure).message).toContain("it failed");
  });

  test("what has no word asks the client to come again", () => {
    for (const code of ["network", "truncated", "unknown"] as const) {
      expect(codec.encodeError({ code, message: "x" }).status).toBeGreaterThanOrEqual(500);
    }
  });

  test("an upstream's own body passes byte for byte, another dialect's does not", () => {
    const raw = '{ "type":"error", "error":{"type":"overloaded_error","message":"Overloaded","new":1} }';
    const error = codec.decodeError({ status: 529, headers: {}, body: raw });
    expect(codec.encodeError(error)).toMatchObject({ status: 529, body: raw });
    const foreign = codec.encodeError({
      code: "auth",
      status: 401,
      message: "bad key",
      raw: '{"error":{"type":"x"}}',
    });
    expect(JSON.parse(foreign.body)).toEqual({
      type: "error",
      error: { type: "authentication_error", message: "bad key" },
    });
  });
});
