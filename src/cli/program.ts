/**
 * The command tree, as data: whoever runs it, completes it or prints a manual of it gets it from here. Each group of
 * commands registers itself in commands/; what a command does is loaded when it runs.
 */
import { Command } from "commander";
import { TauError } from "../core/errors.ts";
import { addAuth } from "./commands/auth.ts";
import { addCheckpoints } from "./commands/checkpoints.ts";
import { addCompletion } from "./commands/completion.ts";
import { addConfig } from "./commands/config.ts";
import { addCost } from "./commands/cost.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExec } from "./commands/exec.ts";
import { addKeys } from "./commands/keys.ts";
import { addMcp } from "./commands/mcp.ts";
import { addModels } from "./commands/models.ts";
import { addOnboard } from "./commands/onboard.ts";
import { addPolicy } from "./commands/policy.ts";
import { choice, withRunOptions } from "./commands/run-options.ts";
import { addSchema } from "./commands/schema.ts";
import { addSessions } from "./commands/sessions.ts";
import { teach } from "./help.ts";
import { screens } from "./options.ts";
import { takeOuterOptions } from "./outer-options.ts";
import { print, say } from "./print/streams.ts";
import { version } from "./version.ts";

/** `tau` with all its commands, ready to parse. Building it runs nothing. */
export function program(): Command {
  const tau = withRunOptions(
    new Command("tau")
      .exitOverride()
      // It would be written through process.stdout, and end in a stack trace when piped into `head`.
      .configureOutput({
        writeOut: print,
        writeErr: say,
        outputError: (text, write) => write(text.replace(/^error: /, "tau: ")),
      }),
  )
    // tau and tau exec share options; without this the outer command would take those of the inner one.
    .enablePositionalOptions()
    .description("A coding agent for the terminal.")
    .version(version, "-V, --version")
    .argument("[task...]", "a first task")
    .option("--plain", "plain lines, nothing drawn: for screen readers, logs and scripts")
    .addOption(choice("--screen <kind>", "inline, or full: the whole window", screens))
    .hook("preAction", (_, command) => takeOuterOptions(command))
    .action(async (task: string[], options: object) => {
      await refuseMistypedCommand(task, commandNames(tau));
      const { runInteractive } = await import("./interactive.ts");
      await runInteractive(task.join(" "), options, tau);
    });
  addExec(tau);
  addModels(tau);
  addSessions(tau);
  addCheckpoints(tau);
  addCost(tau);
  addDoctor(tau);
  addOnboard(tau);
  addAuth(tau);
  addConfig(tau);
  addKeys(tau);
  addPolicy(tau);
  addMcp(tau);
  addSchema(tau);
  addCompletion(tau);
  teach(tau, "tau");
  return tau;
}

/** The names of a command's own commands. */
export const commandNames = (command: Command): string[] => command.commands.map((inner) => inner.name());

/** A task of a word or two that looks like a command is one: a model would be paid to wonder about it. */
async function refuseMistypedCommand(task: readonly string[], commands: readonly string[]): Promise<void> {
  const [word = "", ...rest] = task;
  if (rest.length > 1 || /\s/.test(word)) return;
  const { likeness } = await import("../core/likeness.ts");
  const near = commands.find((command) => likeness(word, command) >= 0.6);
  if (near === undefined) return;
  const hint = `did you mean tau ${near}? A task in words: tau "what to do"`;
  throw new TauError("usage", `there is no command "${word}"`, hint);
}
