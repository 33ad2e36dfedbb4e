/** Completions in the real shells: a line is typed in a terminal, Tab pressed, and what the program got is compared. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { keys, type Pty, startPty } from "./support/pty.ts";
import { scene } from "./support/scene.ts";
import { launcher, runTau, type World } from "./support/tau.ts";

/** Starts without anybody's settings, with a prompt that is known, and with the completions as people load them. */
const shells = {
  bash: {
    start: "exec bash --noprofile --norc -i",
    load: "PS1='ready> '; source <(tau completion bash)",
  },
  zsh: {
    start: "exec zsh -f -i",
    load: "PS1='ready> '; autoload -U compinit; compinit -D; source <(tau completion zsh)",
  },
  fish: {
    start: "exec fish --no-config -i",
    load: "function fish_prompt; echo -n 'ready> '; end; tau completion fish | source",
  },
} as const;

const has = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;

/** A model somebody's own server has: every character of it means something to a shell. */
const oddModel = `ollama/it's-$(touch>pwned)-"q"&co:7b`;
/** A title the same can be said of, and that a terminal would obey. */
const oddTitle = 'it\'s "done" `touch pwned` $(touch pwned); \u001b[31mred\tünï 漢字 :x:';

/** `tau` of this tree in front of the PATH; everything but its answers to shells is written down. */
async function prepared(): Promise<{
  world: World;
  env: Record<string, string>;
  ran: string;
  session: string;
}> {
  const { world, settings } = await scene();
  settings({ models: { [oddModel]: { contextWindow: 8000, maxOutput: 800 } } });
  expect((await runTau(world, ["exec", "-m", "demo/fix", "hello"])).code).toBe(0);
  const ledger = new Sqlite(join(world.env.TAU_HOME ?? "", "data/tau.db"));
  ledger.prepare("UPDATE sessions SET title = ?").run(oddTitle);
  const [row] = ledger.prepare<[], { id: string }>("SELECT id FROM sessions").all();
  ledger.close();
  const folder = join(world.home, "bin");
  const ran = join(world.home, "ran");
  mkdirSync(folder);
  const script = `#!/bin/sh
case "$1" in __complete|completion) exec "${process.execPath}" "${launcher}" "$@" ;; esac
for word in "$@"; do printf '%s\\n' "$word"; done > "${ran}.part" && mv "${ran}.part" "${ran}"
`;
  writeFileSync(join(folder, "tau"), script);
  chmodSync(join(folder, "tau"), 0o755);
  mkdirSync(join(world.project, "my folder"));
  writeFileSync(join(world.project, "odd name.json"), "{}");
  const env = { PATH: `${folder}:${world.env.PATH}`, COLUMNS: "200" };
  return { world, env, ran, session: row?.id ?? "" };
}

/** What stands behind the last prompt. */
const lastPrompt = (screen: string): string => screen.slice(screen.lastIndexOf("ready> ") + 7).trimEnd();

/** Resolves when the file is there; it is made in one step. */
async function written(path: string, pty: Pty): Promise<string[]> {
  await pty.waitFor(() => existsSync(path));
  return readFileSync(path, "utf8").split("\n").slice(0, -1);
}

describe.each(Object.entries(shells))("in %s", (name, { start, load }) => {
  it.skipIf(!has(name))(
    "commands, options, choices, models, sessions and files are completed as typed",
    async () => {
      const { world, env, ran, session } = await prepared();
      const pty = startPty(world, [], { shell: start, env, columns: 200 });
      pty.write(`${load}\r`);
      await pty.waitFor(/ready> $/m);
      const cases: [typed: string, args: string[]][] = [
        ["tau mod", ["models"]],
        ["tau sessions exp", ["sessions", "export"]],
        ["tau exec --verif", ["exec", "--verify"]],
        ["tau exec --mode fu", ["exec", "--mode", "full"]],
        ["tau --effort=mini", ["--effort=minimal"]],
        ["tau --mode edit exec --effort xh", ["--mode", "edit", "exec", "--effort", "xhigh"]],
        ["tau cost mon", ["cost", "month"]],
        ["tau -m anthropic/claude-haiku-4-5-", ["-m", "anthropic/claude-haiku-4-5-20251001"]],
        [
          "tau -m openrouter/anthropic/claude-haiku-4.5:",
          ["-m", "openrouter/anthropic/claude-haiku-4.5:batch"],
        ],
        ["tau -m ollama/", ["-m", oddModel]],
        [`tau exec -r ${session.slice(0, 6)}`, ["exec", "-r", session]],
        [`tau sessions show ${session.slice(0, 6)}`, ["sessions", "show", session]],
        ["tau exec --output-schema od", ["exec", "--output-schema", "odd name.json"]],
        ["tau -C my", ["-C", name === "zsh" ? "my folder" : "my folder/"]],
      ];
      for (const [typed, args] of cases) {
        // Keys are taken in their order, so the line is run after it was completed.
        pty.write(`${typed}${keys.tab}`);
        await pty.waitFor((screen) => lastPrompt(screen).length > typed.length);
        pty.write(keys.enter);
        expect(await written(ran, pty), typed).toEqual(args);
        rmSync(ran);
      }
      expect(existsSync(join(world.project, "pwned"))).toBe(false);
    },
  );
});
