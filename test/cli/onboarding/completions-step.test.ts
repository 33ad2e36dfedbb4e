/** The wizard's last question: completions for the person's shell, where it loads them by itself. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { completionScript } from "../../../src/cli/completion/script.ts";
import { program } from "../../../src/cli/program.ts";
import { setUp } from "../../support/command-line.ts";

/** Answers of a wizard that was broken off before its last question. */
const kept = JSON.stringify({
  v: 1,
  profile: null,
  done: ["provider", "model", "probe", "mode", "budget", "theme"],
  setup: {},
});

/** Runs the wizard in that shell, with this answer to the question; what it wrote. */
async function answered(shell: string, answer: string, before: string | null = null) {
  const machine = await setUp({
    files: { "home/.tau/state/onboarding.json": kept },
    env: { SHELL: shell },
  });
  const file = join(machine.home, ".local/share/bash-completion/completions/tau");
  if (before !== null) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, before);
  }
  const { stdout } = await machine.tau(["onboard", "--plain"], {
    terminal: [
      ...(shell.endsWith("bash") ? [[/completions for bash.*\[Y\/n\]/, `${answer}\n`] as const] : []),
      [/What should Tau do first\?.*\)/, "/leave\n"],
      [/Tau in plain lines/, "/exit\n"],
    ],
  });
  return { stdout, written: existsSync(file) ? readFileSync(file, "utf8") : null };
}

describe("the wizard's question about completions", () => {
  it.each([
    ["Enter writes them", "", null, /Write completions for bash/],
    ["a yes takes the place of what is there", "y", "of another version", /Replace completions for bash/],
  ])("%s", async (_, answer, before, asks) => {
    const { stdout, written } = await answered("/bin/bash", answer, before);
    expect(stdout).toMatch(asks);
    expect(stdout).toContain("bash completes tau from its next start on");
    expect(written?.trimEnd()).toBe(completionScript("bash", program()).trimEnd());
  });

  it("a no leaves everything as it was", async () => {
    expect((await answered("/bin/bash", "n", "mine")).written).toBe("mine");
  });

  it("is none where the shell has no such folder: it is told how to get them", async () => {
    const { stdout, written } = await answered("/bin/zsh", "");
    expect(stdout).toContain("tau completion --help");
    expect(written).toBeNull();
  });
});
