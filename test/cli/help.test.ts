/** Help that teaches has to be read: in a terminal of 80 columns, without a pager. */
import { expect, it } from "vitest";
import { type CommandNode, commandTree } from "../../src/cli/completion/tree.ts";
import { program } from "../../src/cli/program.ts";
import { setUp } from "../support/command-line.ts";

const pathsOf = ({ commands }: CommandNode, path: readonly string[]): string[][] => [
  [...path],
  ...commands.flatMap((one) => pathsOf(one, [...path, one.name])),
];

it("of every command fits a small terminal", async () => {
  const { tau } = await setUp();
  const paths = pathsOf(commandTree(program()), []);
  expect(paths.length).toBeGreaterThan(40);
  for (const path of paths) {
    const run = await tau([...path, "--help"]);
    const lines = run.stdout.trimEnd().split("\n");
    expect([run.code, run.stderr, lines[0]]).toEqual([
      0,
      "",
      expect.stringContaining(["Usage: tau", ...path].join(" ")),
    ]);
    expect(Math.max(...lines.map((line) => line.length)), path.join(" ")).toBeLessThanOrEqual(80);
    expect(lines.length, path.join(" ")).toBeLessThanOrEqual(66);
  }
});
