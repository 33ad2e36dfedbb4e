import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expandCommand, splitArguments } from "../../../src/extensions/commands/expand.ts";
import { frontMatter, listValue, textValue } from "../../../src/extensions/commands/front-matter.ts";

const expand = (body: string, argument: string, firstArgument: 0 | 1 = 1) =>
  expandCommand(
    { body, firstArgument },
    { argument, sessionId: "S", run: async (command) => `<${command}>` },
  );

describe("a Markdown command", () => {
  it.each([
    ["Fix $ARGUMENTS now", "a b", "Fix a b now"],
    ["$1 then $2, all of $ARGUMENTS", `"one two" three`, `one two then three, all of "one two" three`],
    ["$ARGUMENTS[0] and $ARGUMENTS[1]", "x y", "x and y"],
    ["Nothing to fill", "given", "Nothing to fill\n\nARGUMENTS: given"],
    ["Nothing to fill", "", "Nothing to fill"],
    ["costs $5 a month", "", "costs  a month"],
    ["$10 and $ARGUMENTSX stay", "", "$10 and $ARGUMENTSX stay"],
    [`id $${"{CLAUDE_SESSION_ID}"}`, "", "id S"],
    ["Now: !`git status` end", "", "Now: <git status> end"],
    ["!`echo $1`", "hi", "<echo hi>"],
    ["inline`!`code`", "", "inline`!`code`"],
  ])("%j with %j", async (body, argument, expected) => {
    expect((await expand(body, argument)).text).toBe(expected);
  });

  it("counts arguments from 0 in Claude's folders", async () => {
    expect((await expand("$0 $1", "a b", 0)).text).toBe("a b");
  });

  it("finds files in its own words and in arguments, not in what commands print", async () => {
    const { mentions } = await expand("@a.ts !`cat @b.ts` $1", "@c.ts");
    expect(mentions).toContain("@a.ts");
    expect(mentions).toContain("@c.ts");
    expect(mentions).not.toContain("b.ts");
  });

  it("never reads an argument as a placeholder", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (argument) => {
        expect((await expand("[$ARGUMENTS]", argument)).text).toBe(`[${argument}]`);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives words back that were quoted for a shell", () => {
    const quoted = (word: string) => `"${word.replace(/["\\]/g, "\\$&")}"`;
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(splitArguments(words.map(quoted).join(" "))).toEqual(words);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a head", () => {
  it("gives its values and the body", () => {
    const { values, body } = frontMatter(
      `---\ndescription: "Say \\"hi\\""\nargument-hint: [file]\nallowed-tools: Bash(git diff:*, x), Read\ntags:\n  - a\n  - 'b c'\n---\nBody\n---\n`,
    );
    expect(textValue(values.get("description"))).toBe('Say "hi"');
    expect(textValue(values.get("argument-hint"))).toBe("[file]");
    expect(listValue(values.get("allowed-tools"))).toEqual(["Bash(git diff:*, x)", "Read"]);
    expect(listValue(values.get("tags"))).toEqual(["a", "b c"]);
    expect(body).toBe("Body\n---\n");
  });

  it("is not there in a text without one, however it begins", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^\ufeff?---/.test(text));
        expect(frontMatter(text).body).toBe(text.replace(/^\ufeff/, ""));
      }),
      { numRuns: 1000 },
    );
  });
});
