import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { nanoUsd } from "../../../src/core/usage.ts";
import { type CommandPlace, commandNamed } from "../../../src/tui/commands.ts";

/** Gives a command to a place of which only what the test names is there. */
async function give(name: string, argument: string, place: Partial<CommandPlace>): Promise<string | null> {
  const command = commandNamed(name);
  if (command === null) throw new Error("there is no such command");
  return await command.run(place as CommandPlace, argument);
}

describe("/init and /review", () => {
  it.each([
    ["init", "AGENTS.md"],
    ["review", "not committed"],
  ])("/%s sends the model a task, with what matters to the person behind it", async (name, about) => {
    const submit = vi.fn(() => true);
    const conversation = { submit } as unknown as CommandPlace["conversation"];
    await give(name, "the tests", { conversation });
    expect(submit).toHaveBeenCalledExactlyOnceWith({
      parts: [{ type: "text", text: expect.stringContaining(about) }],
      attached: [],
    });
    expect(submit).toHaveBeenCalledWith(
      expect.objectContaining({
        parts: [{ type: "text", text: expect.stringMatching(/Above all: the tests$/) }],
      }),
    );
  });
});

describe("/diff", () => {
  function repository(): { cwd: string; git(...args: string[]): void } {
    const cwd = mkdtempSync(join(tmpdir(), "tau-diff-"));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    const git = (...args: string[]): void =>
      void execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
        cwd,
        stdio: "ignore",
      });
    return { cwd, git };
  }

  it("pages what is not committed, staged or not, and names what is not tracked", async () => {
    const { cwd, git } = repository();
    git("init", "-q");
    writeFileSync(join(cwd, "a.txt"), "one\ntwo\n");
    git("add", ".");
    git("commit", "-q", "-m", "first");
    writeFileSync(join(cwd, "a.txt"), "one\nthree\n");
    writeFileSync(join(cwd, "new.txt"), "");
    let shown: string[] = [];
    const page: CommandPlace["page"] = (_title, blocks) => {
      shown = blocks.flatMap((block) => block.lines(80)).map((line) => line.map(({ text }) => text).join(""));
    };
    expect(await give("diff", "", { cwd, page })).toBeNull();
    expect(shown).toEqual([
      "",
      "a.txt",
      "1   one",
      "2 - two",
      "2 + three",
      "",
      "not tracked yet",
      "  new.txt",
    ]);
  });

  it("says so where nothing has changed, or there is no repository", async () => {
    const { cwd, git } = repository();
    expect(await give("diff", "", { cwd })).toBe("there is no git repository here");
    git("init", "-q");
    expect(await give("diff", "", { cwd })).toBe("nothing has changed since the last commit");
  });
});

describe("/budget and /tools", () => {
  it("tell the caps and what is left of them, and the tools", async () => {
    const session = () =>
      ({ moneyLeft: async () => nanoUsd(1_500_000_000), tools: ["bash", "read"] }) as unknown as ReturnType<
        CommandPlace["session"]
      >;
    expect(await give("budget", "", { caps: undefined, session })).toContain("no cap holds here");
    expect(await give("budget", "", { caps: { day: { usd: 5 }, run: { tokens: 1000 } }, session })).toBe(
      "run      at most 1000 tokens\nday      at most $5.00\nleft     $1.50 until the first of them",
    );
    expect(await give("tools", "", { session })).toBe("bash, read");
  });
});
