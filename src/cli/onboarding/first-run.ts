/** The wizard in front of the first task: what is answered is written, then the work begins in the same terminal. */
import type { Command } from "commander";
import { readCredentials } from "../../config/credentials.ts";
import { loadSettings } from "../../config/load.ts";
import { projectRoot } from "../../config/project.ts";
import { exitCodes } from "../../core/errors.ts";
import { defaultModel } from "../../providers/default-model.ts";
import { noModel } from "../../providers/no-model.ts";
import { homeFolder } from "../folder.ts";
import { ownPaths } from "../ledger.ts";
import { openDemo, openUi } from "../open-ui.ts";
import { type RunOptions, settingsOf } from "../options.ts";
import { type Asker, Back, Interrupted, Skipped } from "./asker.ts";
import { openAsker } from "./open-asker.ts";
import { runWizard } from "./wizard.ts";

/** What was on the command line. */
export type FirstRun = {
  task: string;
  options: RunOptions;
  cwd: string;
  asker: "rich" | "plain";
  restart?: boolean;
  tau: Command;
};

/** Asks, then opens the UI (or runs the task, where nothing can be drawn). Returns the exit code. */
export async function firstRun({
  task,
  options,
  cwd,
  asker: kind,
  restart = false,
  tau,
}: FirstRun): Promise<number> {
  const asker = await openAsker(kind);
  const paths = ownPaths();
  const root = projectRoot(cwd);
  const profile = options.profile ?? null;
  const end = await runWizard({ asker, paths, root, home: homeFolder(), profile, restart, tau });
  if (end.kind === "interrupted") {
    asker.tell("\nStopped. Your answers are kept; tau onboard goes on there.");
    return exitCodes.interrupted;
  }
  if (end.kind === "demo") {
    await openDemo(task, options);
    return Number(process.exitCode ?? exitCodes.done);
  }
  if (end.missing.length > 0)
    asker.tell(`Not set up yet: ${end.missing.join(", ")}. tau onboard goes on with it at any time.`);
  const first = task || (end.kind === "done" ? await firstTask(asker) : "");
  if (first === null) {
    asker.tell("\nEverything is set up; tau starts it.");
    return exitCodes.interrupted;
  }
  const { settings } = await loadSettings(paths, root, process.env, settingsOf(options));
  const hasModel =
    (settings.model ?? defaultModel(process.env, await readCredentials(paths), settings.providers ?? {})) !==
    null;
  await openUi(first, hasModel ? options : { ...options, model: noModel }, cwd);
  return Number(process.exitCode ?? exitCodes.done);
}

/** Null when the person leaves instead. */
async function firstTask(asker: Asker): Promise<string | null> {
  for (;;) {
    try {
      return (
        await asker.text({ message: "What should Tau do first? (Enter opens it without a task)" })
      ).trim();
    } catch (error) {
      if (error instanceof Skipped) return "";
      if (error instanceof Interrupted) return null;
      // The answers before it are written: there is nothing to go back to.
      if (!(error instanceof Back)) throw error;
    }
  }
}
