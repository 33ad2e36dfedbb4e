import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { commandFolders, loadCommands } from "../../../src/extensions/commands/load.ts";

it("commands are read from all folders, the strongest first, with what cannot be used in words", async () => {
  const root = mkdtempSync(join(tmpdir(), "tau-load-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const file = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  file(
    "p/.tau/commands/ship.md",
    "---\ndescription: ships\nallowed-tools: Bash(x:*)\nmodel: a/b\n---\nShip $1.",
  );
  file("p/.claude/commands/Ship.md", "hidden");
  file("p/.claude/commands/git/commit.md", "# Commit it\nwith $ARGUMENTS");
  file("p/.claude/commands/bad name.md", "x");
  file("p/.tau/commands/big.md", "x".repeat(65 * 1024));
  file("c/commands/mine.md", "---\nargument-hint: <a>\nallowed-tools: Bash(git log:*), Read\n---\nDo it.");
  file("h/.claude/commands/notes.txt", "no command");
  file("elsewhere/secret.md", "not for here");
  symlinkSync(join(root, "elsewhere"), join(root, "p/.tau/commands/linked"));
  const places = { root: join(root, "p"), config: join(root, "c"), home: join(root, "h") };
  const { commands, problems } = await loadCommands(commandFolders(places));
  expect(
    commands.map(({ name, owner, description, argumentHint, allowedTools }) => [
      name,
      owner,
      description,
      argumentHint,
      allowedTools,
    ]),
  ).toEqual([
    ["ship", "project", "ships", "[arguments]", []],
    ["git:commit", "project", "Commit it", "[arguments]", []],
    ["mine", "user", "Do it.", "<a>", ["Bash(git log:*)", "Read"]],
  ]);
  expect(commands.map(({ firstArgument }) => firstArgument)).toEqual([1, 0, 1]);
  expect(problems).toHaveLength(3);
  for (const words of [
    /Ship\.md is hidden by .*ship\.md/,
    /bad name\.md makes no command/,
    /big\.md .*66560 bytes/,
  ])
    expect(problems.join("\n")).toMatch(words);
});
