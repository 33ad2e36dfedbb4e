/** /init, /review and /diff: common work in a repository; and /tools, what it is done with. */

import { execFile } from "node:child_process";
import { words } from "../../core/attachment.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import type { Block } from "../pager/pager.ts";
import { clean } from "../view/clean.ts";
import { diffLines } from "../view/diff-lines.ts";
import { plain } from "../view/line.ts";
import { wrapLine } from "../view/wrap-line.ts";

/** The commands of this file. */
export const workCommands = [
  {
    name: "init",
    aliases: [],
    argument: "[what matters]",
    help: "let Tau look at the project and write an AGENTS.md for agents to come",
    whileWorking: false,
    run: (place, wish) => ask(place, initPrompt, wish),
  },
  {
    name: "review",
    aliases: [],
    argument: "[what to look at]",
    help: "a review of what is not committed yet, or of what you name",
    whileWorking: false,
    run: (place, wish) => ask(place, reviewPrompt, wish),
  },
  {
    name: "diff",
    aliases: [],
    argument: "",
    help: "what is not committed yet, in the pager",
    whileWorking: true,
    run: showDiff,
  },
  {
    name: "tools",
    aliases: [],
    argument: "",
    help: "the tools of this session",
    whileWorking: true,
    run: ({ session }) => session().tools.join(", "),
  },
] as const satisfies readonly LocalCommand[];

const initPrompt = `Look at this project and write an AGENTS.md at its root for coding agents that work here after you; if there is one, improve it and keep what people wrote.
Say in at most 60 lines, from what you verified in the files: what the project is; the commands that build, test (all, and a single test), lint and run it; how the folders divide the work; conventions of code and tests that are not obvious; traps. No generalities, nothing invented.`;

const reviewPrompt = `Review the changes in this repository that are not committed yet (git diff HEAD, and untracked files). If there are none, review the last commit.
Look for mistakes first: wrong behaviour, unhandled failures, races, security holes, lost data, missing tests. For each finding give file:line, what goes wrong in which case, and the smallest fix. Order by severity. Then, briefly, what could be simpler. Change nothing. Say so if you find nothing.`;

function ask({ conversation }: CommandPlace, prompt: string, wish: string): null {
  conversation.submit(words(wish === "" ? prompt : `${prompt}\nAbove all: ${wish}`));
  return null;
}

/** Characters of a diff that are read. */
const mostCharacters = 20 * 1024 * 1024;

async function showDiff({ cwd, page }: CommandPlace): Promise<string | null> {
  const inside = await git(cwd, "rev-parse", "--is-inside-work-tree");
  if (inside.code !== 0) return "there is no git repository here";
  // Before the first commit there is no HEAD to compare with.
  const head = await git(cwd, "rev-parse", "--verify", "-q", "HEAD");
  const diff = await git(
    cwd,
    "diff",
    "--no-color",
    "--no-ext-diff",
    ...(head.code === 0 ? ["HEAD"] : ["--cached"]),
  );
  if (diff.code !== 0) return `git diff: ${diff.problem}`;
  const untracked = await git(cwd, "ls-files", "--others", "--exclude-standard");
  const files = untracked.output.split("\n").filter(Boolean);
  if (diff.output.trim() === "" && files.length === 0) return "nothing has changed since the last commit";
  page("what is not committed", [
    ...diff.output
      .split(/^(?=diff --git )/m)
      .filter(Boolean)
      .map(fileBlock),
    ...(files.length > 0 ? [listBlock("not tracked yet", files)] : []),
  ]);
  return null;
}

function fileBlock(patch: string): Block {
  const rows = clean(patch).trimEnd().split("\n");
  const name = /^diff --git a\/.* b\/(.*)$/.exec(rows[0] ?? "")?.[1] ?? rows[0] ?? "";
  const about = rows.filter((row) => /^(new file|deleted file|rename|old mode|new mode|Binary)/.test(row));
  return {
    lines: (columns) =>
      [
        [],
        plain(name, { bold: true }),
        ...about.map((row) => plain(row, { dim: true })),
        ...diffLines(rows),
      ].flatMap((line) => wrapLine(line, columns)),
  };
}

const listBlock = (title: string, rows: readonly string[]): Block => ({
  lines: (columns) =>
    [[], plain(title, { bold: true }), ...rows.map((row) => plain(`  ${clean(row)}`))].flatMap((line) =>
      wrapLine(line, columns),
    ),
});

function git(cwd: string, ...args: string[]): Promise<{ code: number; output: string; problem: string }> {
  return new Promise((resolve) => {
    execFile("git", args, { cwd, maxBuffer: mostCharacters }, (error, output, problem) =>
      resolve({
        code: error === null ? 0 : typeof error.code === "number" ? error.code : 1,
        output,
        problem: problem.trim() || (error?.message ?? ""),
      }),
    );
  });
}
