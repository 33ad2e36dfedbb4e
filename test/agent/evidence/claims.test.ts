import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimsIn } from "../../../src/agent/evidence/claims.ts";

const kinds = (text: string): string =>
  claimsIn(text)
    .map(({ kind }) => kind)
    .sort()
    .join(" ");

const claims: [text: string, kinds: string][] = [
  ["All tests pass.", "test"],
  ["All tests passing", "test"],
  ["All tests passed!", "test"],
  ["all 42 tests now pass", "test"],
  ["The tests pass now.", "test"],
  ["Tests: ✅", "test"],
  ["- ✅ All tests pass", "test"],
  ["- ✅ `npm test`", "test"],
  ["| tests | ✅ |", "test"],
  ["All tests now compile without errors and the build succeeds.", "build"],
  ["**All tests pass.** I changed two files.", "test"],
  ["The test suite is green.", "test"],
  ["The test suite passes (42 passed, 0 failed).", "test"],
  ["12/12 tests pass.", "test"],
  ["I ran the tests and they all pass.", "test"],
  ["I fixed the bug and all tests pass.", "test"],
  ["Fixed the bug in `add`; `npm test` passes.", "test"],
  ["`npm test` is green.", "test"],
  ["npm test passes with no errors.", "test"],
  ["pytest passes.", "test"],
  ["The previously failing test now passes.", "test"],
  ["The failing test passes.", "test"],
  ["I made the change and the unit tests pass in 3s.", "test"],
  ["The tests run successfully.", "test"],
  ["There are no test failures.", "test"],
  ["I can confirm that all tests pass.", "test"],
  ["I verified that all tests pass.", "test"],
  ["Tests pass on Node 20.", "test"],
  ["Test results: 42 passed, 0 failed.", "test"],
  ["All tests succeed.", "test"],
  ["When I ran the tests, everything passed.", "test"],
  ["The new specs are all green.", "test"],
  ["All existing tests continue to pass.", "test"],
  ["I added three tests. They pass.", "test"],
  ["The tests were failing because of X; they pass now.", "test"],
  [
    "Verification:\n- `npm test` → 42 passing\n- `npm run lint` → no errors\n- `npm run build` → success",
    "build lint test",
  ],
  ["✅ **Tests**: 12/12 passing\n✅ **Lint**: clean\n✅ **Build**: successful", "build lint test"],
  ["Type checks clean, lint clean, tests green.", "lint test typecheck"],
  ["The fix works: I verified it by running the script.", "verified"],
  ["All done! Everything compiles and passes.", "build"],
  ["The build passes.", "build"],
  ["The build works and succeeds.", "build"],
  ["The project builds successfully.", "build"],
  ["The project builds cleanly.", "build"],
  ["It builds without errors.", "build"],
  ["The code compiles without errors.", "build"],
  ["Everything compiles.", "build"],
  ["`npm run build` succeeds.", "build"],
  ["Lint is clean.", "lint"],
  ["Linting passes.", "lint"],
  ["There are no lint errors.", "lint"],
  ["ESLint reports no problems.", "lint"],
  ["`cargo clippy` is clean.", "lint"],
  ["Type checking passes.", "typecheck"],
  ["There are no type errors.", "typecheck"],
  ["`tsc --noEmit` passes.", "typecheck"],
  ["mypy is clean.", "typecheck"],
  ["Formatting is clean.", "format"],
  ["All tests pass and lint is clean.", "lint test"],
  ["Build, lint, and tests all pass.", "build lint test"],
  ["Lint, typecheck and tests pass.", "lint test typecheck"],
  ["The tests pass, but I did not run the linter.", "test"],
  ["All tests pass, although lint fails.", "test"],
  ["The build succeeds and tests were not run.", "build"],
  ["The build passes. The tests fail.", "build"],
  ["No type errors and no lint warnings.", "lint typecheck"],
  ["Fixed and verified.", "verified"],
  ["The fix is verified.", "verified"],
  ["I fixed the bug and verified the fix.", "verified"],
  ["I have verified that it works as expected.", "verified"],
  ["I've tested the changes and they work.", "verified"],
  ["Confirmed the fix works.", "verified"],
  ["The fix has been tested.", "verified"],
  ["All checks pass.", "verified"],
  ["CI is green.", "verified"],
];

const noClaims = [
  "",
  "I changed src/a.ts.",
  "The tests fail.",
  "Not all tests pass.",
  "The tests do not pass yet.",
  "The tests don’t pass.",
  "I did not run the tests.",
  "I couldn't verify that the tests pass.",
  "No tests were run.",
  "The tests should pass now.",
  "The tests should now pass.",
  "This should fix the build.",
  "The tests would pass if the server ran.",
  "If the tests pass, you can merge.",
  "Once the tests pass, merge it.",
  "Run `npm test` to check that all tests pass.",
  "Make sure all tests pass.",
  "Please make the tests pass.",
  "I will run the tests until they pass.",
  "Let me make the tests pass.",
  "I expect the tests to pass.",
  "I believe the tests pass.",
  "Hopefully the tests pass.",
  "The tests probably pass.",
  "I think the build works and is fine.",
  "Do the tests pass?",
  "Some tests pass.",
  "3 of 5 tests pass.",
  "Most tests pass.",
  "All tests pass except one.",
  "All but one of the tests fail.",
  "You said the tests pass.",
  "The README says that all tests pass.",
  'The task says "all tests pass".',
  "> All tests pass.",
  "```\nAll tests pass\n```",
  "```console\n$ npm test\n12 passed\n```",
  "The output was `all tests pass`.",
  "The tests passed before the change.",
  "Previously the tests passed.",
  "The function passes the context to the tests.",
  "I added tests that pass a null value.",
  "The test passes `null` to the parser.",
  "The tests pass an empty list to the parser.",
  "I wrote a test for the bypass.",
  "Tests must pass before merging.",
  "To make the tests pass, set DEBUG=1.",
  "I added a build script.",
  "The build is broken.",
  "The linter is not clean.",
  "The fix is untested.",
  "The fix has not been verified.",
  "I have not tested this.",
  "I could not verify the fix.",
  "You should verify the fix.",
  "Next, verify that the fix works.",
  "The green button is clean and successful.",
  "The user types a password.",
  "Fixed the bug.",
  "You can run `npm test` and see all tests pass.",
  "I updated the parser so that the tests pass.",
  "The tests cover passing and failing cases.",
  "The lint step is fine-grained.",
  "I read the file. They pass a callback.",
  "A green check mark is shown when tests pass.",
  "The build script is short. It passes `--force` on.",
  "✅ Added comprehensive tests for the parser.",
  "I've successfully written to test.txt.",
  "Quality: ESLint (0 warnings policy), Husky hooks.",
  "I successfully built the parser and wrote a test.",
  "I fixed the failing test.",
  "Everything is done.",
  "Alle Tests laufen durch.",
];

describe("an answer", () => {
  it.each(claims)("claims: %s (%s)", (text, expected) => {
    expect(kinds(text)).toBe(expected);
  });
  it.each(noClaims)("claims nothing: %s", (text) => {
    expect(kinds(text)).toBe("");
  });

  it("is quoted with the sentence that claims, cut to a line", () => {
    const [claim] = claimsIn(
      "I changed a lot.\n\n**Result:** all tests pass with `npm test`. Then I rested.",
    );
    expect(claim?.text).toBe("Result: all tests pass with test");
    expect(claimsIn(`All tests pass ${"and so on ".repeat(50)}`)[0]?.text).toHaveLength(120);
  });

  it("law: any text is read without a throw, soon, with at most one claim of a kind", () => {
    const word = fc.constantFrom(
      "tests",
      "pass",
      "not",
      "the",
      "build",
      "`npm test`",
      "```",
      ">",
      '"',
      ".",
      "\n",
      "and",
      ",",
      "but",
      "lint",
      "clean",
      "no errors",
      "é",
      "⊤",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        const found = claimsIn(words.join(" ")).map(({ kind }) => kind);
        expect(new Set(found).size).toBe(found.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it("of any size is read from its end only", () => {
    const long = "a b, and c but d ".repeat(60_000);
    expect(kinds(`${long}\nAll tests pass.`)).toBe("test");
  });
});
