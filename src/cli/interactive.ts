/** `tau` without a command: the terminal UI; without a model the wizard first, without a terminal the demo. */
import type { Command } from "commander";
import { readCredentials } from "../config/credentials.ts";
import { loadSettings } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import { TauError } from "../core/errors.ts";
import { defaultModel } from "../providers/default-model.ts";
import { workingFolder } from "./folder.ts";
import { ownPaths } from "./ledger.ts";
import { hasTerminal, isPlain, isPlainAsked, openUi, runDemoHeadless } from "./open-ui.ts";
import { parseRunOptions, type RunOptions, settingsOf } from "./options.ts";
import { say } from "./print/streams.ts";

const keyAdvice =
  "set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY, or run tau onboard";

/** Starts the UI, or what stands in for it. */
export async function runInteractive(task: string, raw: object, tau: Command): Promise<void> {
  const options = parseRunOptions(raw);
  const cwd = workingFolder(options.cwd);
  if (await isConfigured(options, cwd)) {
    if (!hasTerminal() && !isPlainAsked(options))
      throw new TauError(
        "usage",
        "there is no terminal here to draw in",
        'tau exec "what to do" and tau --plain work without one',
      );
    return openUi(task, options, cwd);
  }
  if (!hasTerminal()) {
    say(
      `tau: no terminal and no provider key: running the offline demo instead (${keyAdvice} for real work)\n`,
    );
    return runDemoHeadless();
  }
  const { firstRun } = await import("./onboarding/first-run.ts");
  process.exitCode = await firstRun({ task, options, cwd, asker: isPlain(options) ? "plain" : "rich", tau });
}

async function isConfigured(options: RunOptions, cwd: string): Promise<boolean> {
  if (options.model || options.continue || options.resume) return true;
  const flags = settingsOf(options);
  const { settings } = await loadSettings(ownPaths(), projectRoot(cwd), process.env, flags);
  return (
    (settings.model ??
      defaultModel(process.env, await readCredentials(ownPaths()), settings.providers ?? {})) !== null
  );
}
