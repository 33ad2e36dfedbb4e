/** `tau onboard`: the wizard, or its answers from a script. */
import type { Command } from "commander";
import { TauError } from "../../core/errors.ts";
import { workingFolder } from "../folder.ts";
import { hasTerminal } from "../open-ui.ts";
import { parseRunOptions } from "../options.ts";
import { type Answers, parseAnswers, readAnswers } from "./answers.ts";

/** What commander hands over. */
type OnboardOptions = {
  nonInteractive?: boolean;
  answers?: string;
  provider?: string;
  baseUrl?: string;
  keyEnv?: string;
  keyStdin?: boolean;
  model?: string;
  mode?: string;
  dailyBudget?: string;
  theme?: string;
  profile?: string;
  check?: boolean;
  json?: boolean;
  plain?: boolean;
  restart?: boolean;
};

/** Returns the exit code. */
export async function onboard(options: OnboardOptions, tau: Command): Promise<number> {
  const { nonInteractive, answers: file, keyStdin = false, json = false, plain, restart = false } = options;
  if (nonInteractive || file !== undefined) {
    if (file === "-" && keyStdin)
      throw new TauError(
        "usage",
        "standard input holds the answers or the key, not both",
        "put the answers in a file",
      );
    const answers = { ...(file === undefined ? {} : readAnswers(file)), ...fromOptions(options) };
    return (await import("./scripted.ts")).onboardScripted(answers, { keyStdin, json });
  }
  const scripted = [
    "provider",
    "baseUrl",
    "keyEnv",
    "keyStdin",
    "model",
    "mode",
    "dailyBudget",
    "theme",
    "check",
    "json",
  ] as const;
  const given = scripted.filter((name) => options[name] !== undefined);
  if (given.length > 0)
    throw new TauError(
      "usage",
      `--${dashed(given[0] ?? "")} answers for a person, who would be asked all the same`,
      "add --non-interactive",
    );
  if (!hasTerminal())
    throw new TauError(
      "usage",
      "there is no terminal to ask in",
      "tau onboard --non-interactive --provider ... takes the answers from options, --answers FILE from a file",
    );
  const run = parseRunOptions({
    ...(plain && { plain }),
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  refuseProfileName(options.profile);
  const { firstRun } = await import("./first-run.ts");
  return firstRun({
    task: "",
    options: run,
    cwd: workingFolder(),
    asker: plain ? "plain" : "rich",
    restart,
    tau,
  });
}

/** Checked as a file of answers is, so that both are refused in the same words. */
function fromOptions(options: OnboardOptions): Answers {
  const { provider, baseUrl, keyEnv, model, mode, dailyBudget, theme, profile, check } = options;
  refuseProfileName(profile);
  const amount = dailyBudget === "none" ? null : dailyBudget === undefined ? undefined : Number(dailyBudget);
  if (typeof amount === "number" && !(amount > 0))
    throw new TauError("usage", "--daily-budget must be an amount above zero, or none", "tau onboard --help");
  const given = { provider, baseUrl, keyEnv, model, mode, dailyBudget: amount, theme, profile, check };
  try {
    return parseAnswers(JSON.stringify(given), "the command line");
  } catch (error) {
    if (error instanceof TauError) throw new TauError("usage", error.message, error.hint);
    throw error;
  }
}

function refuseProfileName(profile: string | undefined): void {
  if (profile === undefined || (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(profile) && profile !== "default")) return;
  throw new TauError(
    "usage",
    `"${profile}" cannot be the name of a profile`,
    "letters, digits, - and _; default means no profile",
  );
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
