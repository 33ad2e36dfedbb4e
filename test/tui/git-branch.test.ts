import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { gitBranch } from "../../src/tui/git-branch.ts";

it("is the branch of the repository around a folder, of a linked working tree too, a commit's beginning, or none", () => {
  const folder = mkdtempSync(join(tmpdir(), "tau-branch-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const repository = join(folder, "repository");
  mkdirSync(join(repository, "src", "deep"), { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd: repository,
      encoding: "utf8",
    }).trim();
  expect(gitBranch(folder)).toBeNull();
  git("init", "-q", "-b", "feature/x");
  expect(gitBranch(join(repository, "src", "deep"))).toBe("feature/x");
  git("commit", "-q", "--allow-empty", "-m", "one");
  git("worktree", "add", "-q", "-b", "other", join(folder, "linked"));
  expect(gitBranch(join(folder, "linked"))).toBe("other");
  git("checkout", "-q", "--detach");
  expect(gitBranch(repository)).toBe(git("rev-parse", "HEAD").slice(0, 8));
});
