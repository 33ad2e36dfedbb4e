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
import { type Asker, Back, Interrupted, Skipped } from "./asker.ts";
import { countAnswers } from "./count-answers.ts";
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

/** What of the answers each question gives. */
const given: { readonly [step in Step]: readonly (keyof Setup)[] } = {
  provider: ["provider", "baseUrl", "dialect", "keyEnv"],
  model: ["model", "contextWindow"],
  probe: [],
  mode: ["mode"],
  budget: ["dailyBudget", "free"],
  theme: ["theme"],
  completions: [],
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
    if ((await askAll(asking, progress)) === "demo") return { kind: "demo" };
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

/** Asks in order; from a question the way back leads to its own beginning, and from there to the one before it. */
async function askAll(asking: Asking, progress: Progress): Promise<"demo" | "done"> {
  const { asker, answered } = countAnswers(asking.asker);
  asking.asker = asker;
  let isGoingBack = false;
  const reopen = (step: Step): void => {
    const from = steps.indexOf(step);
    for (const key of steps.slice(from).flatMap((one) => given[one])) delete asking.setup[key];
    progress.setup = asking.setup;
    progress.done = progress.done.filter((one) => steps.indexOf(one) < from);
    // Another provider has other models.
    if (step === "provider") asking.listed = null;
  };
  for (;;) {
    const step = steps.find((one) => !progress.done.includes(one));
    if (step === undefined) return "done";
    const before = steps[steps.indexOf(step) - 1];
    const earlier = answered();
    try {
      const answer = await questions[step](asking);
      if (answer === "demo") return "demo";
      // A step that had nothing to ask is no place to come back to.
      if (isGoingBack && answered() === earlier && before !== undefined) reopen(before);
      else {
        isGoingBack = false;
        asking.setup = progress.setup = { ...asking.setup, ...answer };
        progress.done.push(step);
      }
    } catch (error) {
      if (!(error instanceof Back)) throw error;
      isGoingBack = answered() === earlier;
      reopen(isGoingBack ? (before ?? step) : step);
    }
    await keepProgress(asking.paths, progress, Date.now);
  }
}

async function write({ asker, paths, profile, setup }: Asking): Promise<void> {
  if (Object.keys(setup).length === 0) return;
  const { path, keys } = await writeSetup(paths, profile, setup, Date.now);
  if (keys.length > 0) asker.tell(`Written to ${path}: ${keys.join(", ")}`);
  if (profile !== null)
    asker.tell(`It holds with --profile ${profile}; always: tau config set profile ${profile}`);
}

function welcome({ asker, root, home }: WizardParts, { done, setup }: Progress): void {
  asker.tell(`Welcome to Tau. ${asker.howTo}`);
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
