import { describe, expect, test } from "vitest";
import type { Dialect } from "../../src/core/model.ts";
import { parseRule } from "../../src/policy/rule.ts";
import { networkError } from "../../src/providers/failures.ts";
import { providerEntry } from "../../src/providers/registry.ts";
import { NetworkFailure } from "../../src/providers/transport/failure.ts";
import { loadCodec } from "../../src/wire/codecs.ts";

/** What every plain object answers to. */
const inherited = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];

describe("a word that every object inherits, said from outside", () => {
  const dialects: Dialect[] = ["messages", "chat-completions", "responses", "generate-content"];
  test.each(dialects.flatMap((dialect) => inherited.map((word) => [dialect, word] as const)))(
    "is no known failure of %s: %s",
    async (dialect, word) => {
      const codec = await loadCodec(dialect);
      const error = { type: word, code: word, status: word, message: "odd" };
      const failure = { status: 400, headers: {}, body: JSON.stringify({ type: "error", error }) };
      expect(codec.decodeError(failure)).toMatchObject({ code: "invalid_request", status: 400 });
    },
  );

  test.each(inherited)("is no reason to stop: %s", async (word) => {
    const codec = await loadCodec("responses");
    const body = { id: "r", object: "response", status: "incomplete", output: [], model: "m" };
    const events = codec.decodeResponse(
      { ...body, incomplete_details: { reason: word } },
      { provider: "openai", model: "m" },
    );
    expect(events.at(-1)).toEqual({ type: "end", reason: "length", raw: word });
  });

  test.each(inherited.filter((word) => !word.startsWith("_")))(
    "is the name of a tool like any other: %s",
    (word) => {
      expect(parseRule(word, "deny", "test").target).toEqual({ kind: "tool", name: word.toLowerCase() });
    },
  );

  test.each(inherited)("is no known failure of the network: %s", (word) => {
    const entry = providerEntry("openai", {});
    const error = networkError(new NetworkFailure(word, "it broke"), entry, "https://a.example");
    expect(error).toEqual({ code: "network", message: "a.example: it broke" });
  });
});
