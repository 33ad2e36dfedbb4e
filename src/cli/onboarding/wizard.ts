/** The wizard: one question after the other, each answer kept at once, all of them written at the end. */

import type { Command } from "commander";
import { loadSettings } from "../../config/load.ts";
import type { TauPaths } from "../../config/paths.ts";
import type { Settings } from "../../config/settings.ts";
import type { ListedModel } from "../../providers/list-models.ts";
import { askCompletions } from "./ask-completions.ts";
import { askBudget, askMode, askTheme } from "./ask-habits.ts";
import { askModel, tryModel } from "./ask-model.ts";
import { askProvider } from "./ask-provider.ts";
import { type Asker, Interrupted, Skipped } from "./asker.ts";
import { otherAgents } from "./other-agents.ts";
import { forgetProgress, keepProgress, type Progress, readProgress, type Step, steps } from "./progress.ts";
import { type Setup, writeSetup } from "./setup.ts";

/** Where it runs and what it writes into. */
export type WizardParts = {
  asker: Asker;
  paths: TauPaths;
  /** The project's root. */
  root: string;
  home: string;
  /** Null: the settings themselves. */
  profile: string | null;
  /** Answers of an earlier one do not count. */
  restart: boolean;
  /** The command tree, to complete it. */
  tau: Command;
};

/** What each question has to go by. */
export type Asking = WizardParts & {
  /** In force before the wizard, with the profile. */
  settings: Settings;
  /** Answered so far. */
  setup: Setup;
  /** What the chosen provider says it has; null when it was not asked or did not say. */
  listed: ListedModel[] | null;
};

/** How it ended. `missing`: what was not answered. */
export type WizardEnd =
  | { kind: "done" | "left"; missing: Step[] }
  | { kind: "demo" }
  | { kind: "interrupted" };

/** An answer; `demo` leaves the wizard for the demo. */
export type Answer = Setup | "demo";

const questions: { readonly [step in Step]: (asking: Asking) => Promise<Answer> } = {
  provider: askProvider,
  model: askModel,
  probe: tryModel,
  mode: askMode,
  budget: askBudget,
  theme: askTheme,
  completions: askCompletions,
};

/** Asks what is not answered yet, and writes what was. */
export async function runWizard(parts: WizardParts): Promise<WizardEnd> {
  const { paths, root, profile } = parts;
  const progress: Progress = parts.restart ? { profile, done: [], setup: {} } : readProgress(paths, profile);
  welcome(parts, progress);
  const asking: Asking = {
    ...parts,
    settings: await settingsBefore(paths, root, profile),
    setup: progress.setup,
    listed: null,
  };
  try {
    for (const step of steps.filter((one) => !progress.done.includes(one))) {
      const answer = await questions[step](asking);
      if (answer === "demo") return { kind: "demo" };
      asking.setup = progress.setup = { ...asking.setup, ...answer };
      progress.done.push(step);
      await keepProgress(paths, progress, Date.now);
    }
  } catch (error) {
    if (error instanceof Interrupted) return { kind: "interrupted" };
    if (!(error instanceof Skipped)) throw error;
    await write(asking);
    return {
      kind: "left",
      missing: steps.filter((one) => !["probe", "completions"].includes(one) && !progress.done.includes(one)),
    };
  }
  await write(asking);
  forgetProgress(paths);
  return { kind: "done", missing: [] };
}

async function write({ asker, paths, profile, setup }: Asking): Promise<void> {
  if (Object.keys(setup).length === 0) return;
  const { path, keys } = await writeSetup(paths, profile, setup, Date.now);
  if (keys.length > 0) asker.tell(`Written to ${path}: ${keys.join(", ")}`);
  if (profile !== null)
    asker.tell(`It holds with --profile ${profile}; always: tau config set profile ${profile}`);
}

function welcome({ asker, root, home }: WizardParts, { done, setup }: Progress): void {
  asker.tell("Welcome to Tau. Enter takes what is marked.");
  asker.tell("Esc starts Tau as it is; Ctrl+C stops and keeps your answers.");
  if (done.length > 0) {
    const said = [setup.provider, setup.model, setup.mode].filter(Boolean).join(", ");
    asker.tell(`Going on where you stopped${said ? ` (${said})` : ""}; tau onboard --restart begins anew.`);
    return;
  }
  for (const { place, what } of otherAgents(root, home)) asker.tell(`  found ${place}: ${what}`);
}

/** A profile that is to be made has nothing yet. */
async function settingsBefore(paths: TauPaths, root: string, profile: string | null): Promise<Settings> {
  const base = await loadSettings(paths, root, process.env, { profile: "default" });
  if (profile === null || base.settings.profiles?.[profile] === undefined) return base.settings;
  return (await loadSettings(paths, root, process.env, { profile })).settings;
}
