import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import type { ModelErrorCode } from "../../../src/core/model.ts";
import { generateContentCodec as codec } from "../../../src/wire/generate-content/codec.ts";

const rpc = (type: string, fields: { [key: string]: Json }) => ({
  "@type": `type.googleapis.com/google.rpc.${type}`,
  ...fields,
});
const body = (code: number, status: string, message: string, details: Json[] = []) =>
  JSON.stringify({ error: { code, status, message, details } });
const decode = (status: number, text: string) => codec.decodeError({ status, headers: {}, body: text });
const quota = (quotaId: string) => rpc("QuotaFailure", { violations: [{ quotaId }] });

describe("failures", () => {
  test.each<[status: number, word: string, message: string, details: Json[], code: ModelErrorCode]>([
    [400, "INVALID_ARGUMENT", "bad", [], "invalid_request"],
    [
      400,
      "INVALID_ARGUMENT",
      "API key not valid.",
      [rpc("ErrorInfo", { reason: "API_KEY_INVALID" })],
      "auth",
    ],
    [
      400,
      "INVALID_ARGUMENT",
      "The input token count (9) exceeds the maximum number of tokens allowed (8).",
      [],
      "context_overflow",
    ],
    [400, "FAILED_PRECONDITION", "User location is not supported for the API use.", [], "invalid_request"],
    [401, "UNAUTHENTICATED", "no", [], "auth"],
    [403, "PERMISSION_DENIED", "no", [], "auth"],
    [404, "NOT_FOUND", "models/x is not found", [], "invalid_request"],
    [
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota, please check your plan and billing details.",
      [quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier")],
      "rate_limited",
    ],
    [
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota",
      [quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")],
      "quota",
    ],
    [429, "RESOURCE_EXHAUSTED", "Resource exhausted", [], "rate_limited"],
    [500, "INTERNAL", "internal", [], "overloaded"],
    [503, "UNAVAILABLE", "The model is overloaded.", [], "overloaded"],
    [504, "DEADLINE_EXCEEDED", "too slow", [], "timeout"],
  ])("%d %s: %s is the right kind", (status, word, message, details, code) => {
    const raw = body(status, word, message, details);
    expect(decode(status, raw)).toEqual({ code, status, message, raw });
  });

  test("the wait is read from the body, and a header stands over it", () => {
    const text = body(429, "RESOURCE_EXHAUSTED", "slow", [rpc("RetryInfo", { retryDelay: "34.4s" })]);
    expect(decode(429, text).retryAfterMs).toBe(34_400);
    expect(codec.decodeError({ status: 429, headers: { "retry-after": "2" }, body: text }).retryAfterMs).toBe(
      2000,
    );
  });

  test("an error inside a stream has its status in the body, and may stand in an array", () => {
    const text = body(503, "UNAVAILABLE", "busy");
    expect(decode(200, text)).toMatchObject({ code: "overloaded", status: 503 });
    expect(decode(503, `[${text}]`)).toMatchObject({ code: "overloaded", message: "busy" });
  });

  test.each([
    ["a proxy's page", 502, "<html>", "overloaded"],
    ["nothing", 403, "", "auth"],
  ])("%s is told by its status", (_, status, text, code) => {
    expect(decode(status, text)).toMatchObject({ code, status });
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
    "aborted",
  ];
  test.each(codes)("%s is understood again", (code) => {
    const failure = codec.encodeError({
      code,
      message: "it failed",
      retryAfterMs: 34_400,
      requestId: "req_1",
    });
    const { raw: _, status, ...again } = codec.decodeError({ ...failure, headers: {} });
    expect(again).toEqual({
      code,
      message: expect.stringContaining("it failed"),
      retryAfterMs: 34_400,
      requestId: "req_1",
    });
    expect(status).toBe(failure.status);
    expect(failure.headers["retry-after"]).toBe("35");
  });

  test("an upstream's own body passes byte for byte, another dialect's does not", () => {
    const raw = '{ "error": { "code": 503, "message": "busy", "status": "UNAVAILABLE", "new": 1 } }';
    expect(codec.encodeError(decode(503, raw))).toMatchObject({ status: 503, body: raw });
    const foreign = codec.encodeError({
      code: "auth",
      message: "bad key",
      raw: '{"type":"error","error":{"type":"x"}}',
    });
    expect(JSON.parse(foreign.body)).toEqual({
      error: { code: 401, message: "bad key", status: "UNAUTHENTICATED" },
    });
  });
});
