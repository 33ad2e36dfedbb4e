/** Opens the terminal UI or the plain conversation, and the demo, in it or without it. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionChoice } from "../app/contract.ts";
import { TauError } from "../core/errors.ts";
import { allThemes, automatic, type ThemeChoice } from "../tui/theme/choice.ts";
import { homeFolder } from "./folder.ts";
import { type RunOptions, settingsOf } from "./options.ts";
import { say } from "./print/streams.ts";
import { runtime } from "./runtime.ts";
import { readThemes } from "./themes.ts";

const demoModel = "demo/fix";
const demoTask = "The tests of this project fail. Find out why, fix the cause, and prove it.";
/** All the demo needs beside file edits. */
const demoRules = ["Bash(node --test:*)", "Bash(npm test:*)"];

/** Whether this process's terminal shows escape codes instead of following them. */
export const cannotMove = (): boolean => ["dumb", "unknown", "emacs"].includes(process.env.TERM ?? "");

/**
 * Whether the conversation is to be in plain lines: asked for by `--plain` or TAU_PLAIN, or because the terminal cannot
 * move its cursor.
 */
export const isPlain = ({ plain }: Pick<RunOptions, "plain">): boolean =>
  isPlainAsked({ plain }) || (hasTerminal() && cannotMove());

/** Whether somebody asked for it; then it needs no terminal. */
export const isPlainAsked = ({ plain }: Pick<RunOptions, "plain">): boolean =>
  plain || !["", "0", "false"].includes(process.env.TAU_PLAIN ?? "");

/** Whether a person can be asked. */
export const hasTerminal = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** The demo in the UI: a scripted model mends a failing test in a scratch folder. `task` empty: the demo's own. */
export async function openDemo(task: string, options: RunOptions): Promise<void> {
  const demo: RunOptions = {
    ...options,
    model: demoModel,
    mode: "edit",
    allow: [...options.allow, ...demoRules],
  };
  return openUi(task || demoTask, demo, await demoFolder());
}

async function demoFolder(): Promise<string> {
  const { createDemoRepository } = await import("../providers/demo/repository.ts");
  const folder = mkdtempSync(join(tmpdir(), "tau-demo-"));
  await createDemoRepository(folder);
  return folder;
}

/** The demo without a screen. */
export async function runDemoHeadless(): Promise<void> {
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

/** The UI over this folder, with a first task or without one. */
export async function openUi(task: string, options: RunOptions, cwd: string): Promise<void> {
  const [{ openApp }, start] = await Promise.all([
    import("../app.ts"),
    isPlain(options)
      ? import("../tui/plain/main.ts").then(({ startPlain }) => startPlain)
      : import("../tui/main.tsx").then(({ startTui }) => startTui),
  ]);
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
    // -r without an id: which one is picked in the UI.
    const firstTask = options.resume === true && task === "" ? "/resume" : task;
    const doctor = async () => (await import("./doctor.ts")).findings(options.profile);
    await start({ app, choice: choiceOf(options), cwd, theme, env: process.env, doctor, firstTask });
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
  return options.continue ? { kind: "continue" } : { kind: "new" };
}
