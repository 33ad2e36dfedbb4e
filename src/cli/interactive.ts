/** `tau` without a command: the terminal UI; without a key it offers the demo, without a terminal it runs it. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { SessionChoice } from "../app/contract.ts";
import { readCredentials } from "../config/credentials.ts";
import { loadSettings } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import { TauError } from "../core/errors.ts";
import { defaultModel } from "../providers/default-model.ts";
import { allThemes, automatic, type ThemeChoice } from "../tui/theme/choice.ts";
import { homeFolder, workingFolder } from "./folder.ts";
import { ownPaths } from "./ledger.ts";
import { parseRunOptions, type RunOptions, settingsOf } from "./options.ts";
import { say } from "./print/streams.ts";
import { runtime } from "./runtime.ts";
import { readThemes } from "./themes.ts";

const demoModel = "demo/fix";
const demoTask = "The tests of this project fail. Find out why, fix the cause, and prove it.";
/** All the demo needs beside file edits. */
const demoRules = ["Bash(node --test:*)", "Bash(npm test:*)"];

const keyAdvice = "set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY";

/** Starts the UI, or what stands in for it. */
export async function runInteractive(task: string, raw: object): Promise<void> {
  const options = parseRunOptions(raw);
  const cwd = workingFolder(options.cwd);
  const hasTerminal = canDraw();
  if (await isConfigured(options, cwd)) {
    if (!hasTerminal)
      throw new TauError(
        "usage",
        process.env.TERM === "dumb"
          ? "a dumb terminal (TERM) cannot be drawn in"
          : "there is no terminal here to draw in",
        'tau exec "what to do" works without one',
      );
    return openUi(task, options, cwd);
  }
  if (!hasTerminal) {
    say(
      `tau: no terminal and no provider key: running the offline demo instead (${keyAdvice} for real work)\n`,
    );
    return runDemoHeadless();
  }
  if (await wantsDemo())
    return openUi(
      task || demoTask,
      { ...options, model: demoModel, mode: "edit", allow: [...options.allow, ...demoRules] },
      await demoFolder(),
    );
}

/** A dumb terminal shows escape codes instead of following them. */
const canDraw = (): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== "dumb";

async function isConfigured(options: RunOptions, cwd: string): Promise<boolean> {
  if (options.model || options.continue || options.resume) return true;
  const { settings } = await loadSettings(ownPaths(), projectRoot(cwd), process.env, {});
  return (
    (settings.model ??
      defaultModel(process.env, await readCredentials(ownPaths()), settings.providers ?? {})) !== null
  );
}

async function wantsDemo(): Promise<boolean> {
  process.stdout.write(
    `Tau found no provider key. To work with a model, ${keyAdvice}; local servers work with --model ollama/NAME.\n`,
  );
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await new Promise<string | null>((resolve) => {
    // Ctrl+C and Ctrl+D close the reader, and its own promise would never settle.
    reader.once("close", () => resolve(null));
    reader.question(
      "Try the offline demo now? It fixes a failing test in a scratch folder with a scripted model. [Y/n] ",
      resolve,
    );
  });
  reader.close();
  if (answer === null) process.stdout.write("\n");
  return answer !== null && !/^n/i.test(answer.trim());
}

async function demoFolder(): Promise<string> {
  const { createDemoRepository } = await import("../providers/demo/repository.ts");
  const folder = mkdtempSync(join(tmpdir(), "tau-demo-"));
  await createDemoRepository(folder);
  return folder;
}

async function runDemoHeadless(): Promise<void> {
  const folder = await demoFolder();
  say(`tau: scratch project in ${folder}\n`);
  const { runExec } = await import("./exec.ts");
  process.exitCode = await runExec(demoTask, {
    model: demoModel,
    cwd: folder,
    mode: "edit",
    allow: demoRules,
    stdin: false,
  });
}

async function openUi(task: string, options: RunOptions, cwd: string): Promise<void> {
  const [{ openApp }, { startTui }] = await Promise.all([import("../app.ts"), import("../tui/main.tsx")]);
  const app = await openApp({
    ...runtime(),
    cwd,
    env: process.env,
    home: homeFolder(),
    flags: settingsOf(options),
    rules: { allow: options.allow, deny: options.deny },
  });
  try {
    const theme = await themeOf(app.settings.settings.theme, app.paths.config);
    await startTui({ app, choice: choiceOf(options), cwd, theme, env: process.env, firstTask: task });
  } finally {
    await app.close();
  }
}

async function themeOf(name: string | undefined, config: string): Promise<ThemeChoice> {
  const own = await readThemes(config);
  const wanted = name?.toLowerCase() ?? automatic;
  const known = [automatic, ...allThemes(own).map((theme) => theme.name)];
  if (known.includes(wanted)) return { name: wanted, own };
  throw new TauError("config", `there is no theme "${name}"`, `themes are ${known.join(", ")}`);
}

function choiceOf(options: RunOptions): SessionChoice {
  if (typeof options.resume === "string") return { kind: "resume", id: options.resume };
  return options.continue || options.resume === true ? { kind: "continue" } : { kind: "new" };
}
