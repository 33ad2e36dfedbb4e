/** Options that choose model, permissions and limits: the same for `tau` and `tau exec`. */
import { type Command, Option } from "commander";
import { efforts, modes, onLimits } from "../options.ts";

/** Gathers the values of a repeatable option. */
export const collect = (value: string, all: string[] = []): string[] => [...all, value];

/** The values stand in the description, where they take less room than commander's own list of them. */
export const choice = (flags: string, description: string, values: readonly string[]): Option =>
  new Option(flags, description).choices(values);

/** Adds them to a command. */
export function withRunOptions(command: Command): Command {
  return command
    .optionsGroup("Model:")
    .option("-m, --model <provider/model>", "model to use")
    .addOption(choice("--effort <level>", `how hard it thinks: ${efforts.join(", ")}`, efforts))
    .option("--fallback <provider/model>", "to try when the model fails (repeatable)", collect)
    .optionsGroup("Permissions:")
    .addOption(choice("--mode <mode>", "plan: read only; ask; edit: file edits allowed; full", modes))
    .option("--allow <rule>", 'allow calls, e.g. "Bash(npm test:*)" (repeatable)', collect)
    .option("--deny <rule>", "refuse calls; wins over all (repeatable)", collect)
    .optionsGroup("Limits:")
    .option("--max-cost <usd>", "hard cap on this run's money, in US dollars")
    .option("--max-tokens <n>", "hard cap on its tokens, prompt and output")
    .option("--max-steps <n>", "model calls in one turn")
    .addOption(choice("--on-limit <what>", "at a usage limit: wait, fallback or exit", onLimits))
    .optionsGroup("Session:")
    .option("-c, --continue", "go on with this folder's latest session")
    .option("-r, --resume [id]", "that session (beginning of its id), or pick")
    .option("-C, --cwd <folder>", "work there instead of here")
    .option("--profile <name>", "with the settings of this profile")
    .optionsGroup("Answer:")
    .option("--require-evidence", "send back an answer that claims more checks than were run");
}
