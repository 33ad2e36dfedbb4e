import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answersSchema, parseAnswers } from "../../../src/cli/onboarding/answers.ts";
import { TauError } from "../../../src/core/errors.ts";

const secret = "sk-this-is-a-key-0123456789";

/** Texts that are near to being answers: known and unknown names with right and wrong values. */
const nearAnswers = fc.dictionary(
  fc.oneof(fc.constantFrom(...Object.keys(answersSchema.shape), "key", "apiKey", "__proto__"), fc.string()),
  fc.oneof(
    fc.constantFrom<unknown>(
      "ask",
      "anthropic",
      "https://a.example/v1",
      "MY_KEY",
      secret,
      null,
      true,
      5,
      -1,
      0,
    ),
    fc.jsonValue(),
  ),
);

describe("answers of a script", () => {
  it("are taken as they are, or refused by the name of what is wrong and never by its value", () => {
    fc.assert(
      fc.property(fc.oneof(nearAnswers, fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        try {
          expect(parseAnswers(text, "a.json")).toEqual(answersSchema.parse(JSON.parse(text)));
        } catch (error) {
          expect(error).toBeInstanceOf(TauError);
          if (!(error instanceof TauError)) return;
          expect(error.reason).toBe("config");
          expect(error.message).toMatch(/^a\.json/);
          expect(error.message).not.toContain(secret);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("are refused whatever bytes the file holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        try {
          parseAnswers(text, "a.json");
        } catch (error) {
          expect(error).toBeInstanceOf(TauError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
