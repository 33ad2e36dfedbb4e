/** Lines by grammar and lines of rubbish: reading them never throws, and what bash would run of a line is never missed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/policy/decide.ts";
import { parseRule } from "../../src/policy/rule.ts";
import { allUnclear, everyCommand, programName } from "../../src/policy/shell/line.ts";
import { readLine } from "../support/read-line.ts";
import { fuzzLine, randomOf, runInBash } from "../support/shell-fuzz.ts";

const place = { cwd: "/home/ann/app", projectRoot: "/home/ann/app", home: "/home/ann" };
const judge = (command: string, deny: string) =>
  decide(
    {
      name: "bash",
      access: "execute",
      intent: { summary: command, paths: [], command },
      line: readLine(command),
      ...place,
    },
    { mode: "full", rules: [parseRule(deny, "deny", "test"), parseRule("Bash", "allow", "test")] },
  ).effect;

/** The longer run is the same with more of them: TAU_FUZZ=20000 npx vitest run test/policy/shell-fuzz.test.ts */
const executions = Number(process.env.TAU_FUZZ ?? 60);

describe("lines by grammar", () => {
  it(`what bash runs of a line that was understood was seen (${executions} lines)`, () => {
    const random = randomOf(Number(process.env.TAU_FUZZ_SEED ?? 4));
    const lines = Array.from({ length: executions }, () => fuzzLine(random));
    let wellFormed = 0;
    let understood = 0;
    let ran = 0;
    for (let from = 0; from < lines.length; from += 500) {
      const batch = lines.slice(from, from + 500);
      const told = runInBash(batch);
      for (const [at, line] of batch.entries()) {
        const { wellFormed: isWell = false, programs = [] } = told[at] ?? {};
        const read = readLine(line);
        if (isWell) wellFormed += 1;
        if (allUnclear(read).length > 0) continue;
        if (isWell) understood += 1;
        ran += programs.length;
        const seen = new Set(everyCommand(read.commands).map(programName));
        expect(
          programs.filter((name) => !seen.has(name)),
          line,
        ).toEqual([]);
      }
    }
    if (executions > 1000)
      process.stderr.write(
        `${executions} lines, ${wellFormed} well-formed, ${understood} understood, ${ran} commands ran\n`,
      );
    expect(wellFormed).toBeGreaterThan(executions / 2);
    expect(understood).toBeGreaterThan(wellFormed / 2);
  }, 300_000);
});

describe("rubbish", () => {
  it("is read without a throw, and whatever is decided is one of three (1,000 texts)", () => {
    const bits = fc.constantFrom(
      ..."'\"`$(){};&|<>\\#\n\t =[]*?!~a0",
      "rm",
      "$(",
      "<<E",
      "\nE\n",
      "\0",
      "\r",
      "é",
      "\u202e",
      "${",
    );
    const text = fc.oneof(
      fc.array(bits, { maxLength: 30 }).map((all) => all.join("")),
      fc.string({ unit: "binary", maxLength: 40 }),
    );
    fc.assert(
      fc.property(text, (command) => {
        expect(["allow", "ask", "deny"]).toContain(judge(command, "Bash(rm:*)"));
      }),
      { numRuns: 1000, seed: 4 },
    );
  });

  it("of great depth or length is asked about", () => {
    for (const command of [
      "(".repeat(9000),
      "$(".repeat(9000),
      "x ".repeat(40_000),
      `${"env ".repeat(3000)}ls`,
      `${"npx ".repeat(3000)}ls`,
    ])
      expect(judge(command, "Bash(rm:*)"), command.slice(0, 10)).not.toBe("allow");
  });
});

describe("a command that is denied", () => {
  /** Ways to write the same words. */
  const quoting = fc.constantFrom<(word: string) => string>(
    (word) => word,
    (word) => `'${word}'`,
    (word) => `"${word}"`,
    (word) => [...word].map((char) => `\\${char}`).join(""),
    (word) => `$'${[...word].map((char) => `\\x${char.charCodeAt(0).toString(16)}`).join("")}'`,
    (word) => `${word.slice(0, 1)}''${word.slice(1)}`,
    (word) => `"${word.slice(0, 1)}"'${word.slice(1)}'`,
    (word) => `${word.slice(0, 1)}\\\n${word.slice(1)}`,
  );
  const blanks = fc.constantFrom(" ", "\t", "   ", " \\\n");
  /** Programs that run a command. */
  const programs = fc.constantFrom<(command: string) => string>(
    (command) => `timeout 5 ${command}`,
    (command) => `env A=1 ${command}`,
    (command) => `nice -n 3 nohup ${command}`,
    (command) => `xargs ${command}`,
    (command) => `sudo ${command}`,
    (command) => `/usr/bin/env ${command}`,
    (command) => `find . -exec ${command} {} +`,
  );
  /** Syntax around a command. */
  const around = fc.constantFrom<(command: string) => string>(
    (command) => `ls; ${command}`,
    (command) => `ls && ${command} | cat`,
    (command) => `(${command})`,
    (command) => `{ ${command}; }`,
    (command) => `echo "$(${command})"`,
    (command) => `cat <(${command})`,
    (command) => `if ls; then ${command}; fi`,
    (command) => `for x in a; do ${command}; done`,
    (command) => `f() { ${command}; }; f`,
    (command) => `bash -c '${command.replaceAll("'", "'\\''")}'`,
    (command) => `eval '${command.replaceAll("'", "'\\''")}'`,
    (command) => `cat <<EOF\n$(${command})\nEOF`,
  );

  it("never runs, however it is quoted, spaced and wrapped (1,000 ways)", () => {
    fc.assert(
      fc.property(
        fc.tuple(quoting, quoting),
        blanks,
        fc.array(programs, { maxLength: 2 }),
        fc.array(around, { maxLength: 3 }),
        ([first, second], blank, carriers, wrappers) => {
          const bare = `${first("git")}${blank}${second("push")}${blank}origin`;
          const command = [...carriers, ...wrappers].reduce((inner, wrap) => wrap(inner), bare);
          expect(judge(command, "Bash(git push:*)"), command).not.toBe("allow");
        },
      ),
      { numRuns: 1000, seed: 4 },
    );
  });
});
