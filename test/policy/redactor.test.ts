import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learningRedactor, redacted, redactor } from "../../src/policy/redactor.ts";

describe("redaction", () => {
  it("leaves no known credential in any text, and all else as it was", () => {
    const secrets = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9+/=_-]{8,24}$/), {
      minLength: 1,
      maxLength: 4,
    });
    const around = fc
      .array(fc.constantFrom("a", " ", "key=", "\n", "é"), { maxLength: 6 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(secrets, fc.array(fc.tuple(around, fc.nat()), { maxLength: 6 }), (known, pieces) => {
        const text = pieces.map(([before, index]) => `${before}${known[index % known.length]}`).join("|");
        const clean = redactor(known).text(text);
        for (const secret of known) expect(clean).not.toContain(secret);
        expect(clean).toBe(pieces.map(([before]) => `${before}${redacted}`).join("|"));
      }),
      { numRuns: 1_000 },
    );
  });

  it("knows the URL-encoded and JSON-escaped forms, takes the longest first, and leaves short values alone", () => {
    const redact = redactor(["pass+word/1", "pass+word/1-and-more", 'say"1234', "short"]).text;
    expect(redact("a=pass%2Bword%2F1&b")).toBe(`a=${redacted}&b`);
    expect(redact("pass+word/1-and-more")).toBe(redacted);
    expect(redact("short and sweet")).toBe("short and sweet");
    expect(redact(JSON.stringify({ key: 'say"1234' }))).toBe(`{"key":"${redacted}"}`);
    expect(redactor([]).text("text")).toBe("text");
  });

  it("gives the same for any pieces of a text, and never a piece of a value", () => {
    // Few letters, so that values begin with, hold and follow one another.
    const word = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 8, maxLength: 12 });
    const secrets = fc.uniqueArray(
      word.map((letters) => letters.join("")),
      { minLength: 1, maxLength: 4 },
    );
    const filler = fc.array(fc.constantFrom("a", "b", "c", "é", "\n", "aab"), { maxLength: 8 });
    const pieces = fc.array(fc.tuple(filler, fc.nat(), fc.nat({ max: 12 })), { maxLength: 6 });
    fc.assert(
      fc.property(secrets, pieces, fc.array(fc.nat({ max: 9 })), (known, parts, cuts) => {
        const text = parts
          .map(
            ([letters, index, length]) =>
              letters.join("") + (known[index % known.length] ?? "").slice(0, length),
          )
          .join("");
        let found = 0;
        const stream = redactor(known).stream(() => {
          found += 1;
        });
        const shown: string[] = [];
        let at = 0;
        for (const cut of cuts) {
          shown.push(stream.push(text.slice(at, at + cut)));
          at += cut;
        }
        shown.push(stream.push(text.slice(at)), stream.end());
        const whole = redactor(known).text(text);
        expect(shown.join("")).toBe(whole);
        expect(found).toBe(whole.split(redacted).length - 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it("holds back no more than may be the beginning of a value, and shows it when nothing follows", () => {
    const stream = redactor(["sk-live-0123456789", "sk-live-0123456789-b"]).stream();
    expect(stream.push("key sk-li")).toBe("key ");
    expect(stream.push("st\nsk-live-0123456789")).toBe("sk-list\n");
    expect(stream.push("-x")).toBe(`${redacted}-x`);
    expect(stream.push("sk-live-0123456789")).toBe("");
    expect(stream.end()).toBe(redacted);
    expect(stream.push("plain")).toBe("plain");
  });
});

it("a redactor that learns of a value keeps those it knew", () => {
  const { text, learn } = learningRedactor(["first-secret"]);
  expect(text("first-secret second-secret")).toBe("[redacted] second-secret");
  learn(["second-secret", "short"]);
  expect(text("first-secret second-secret short")).toBe("[redacted] [redacted] short");
});
