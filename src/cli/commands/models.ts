/** `tau models` in the command tree. */
import type { Command } from "commander";
import { offered } from "./words.ts";

/** Registers it. */
export function addModels(tau: Command): void {
  tau
    .command("models")
    .description("list, show or refresh the model catalogue")
    .addArgument(
      offered("[action]", "list, show or refresh; any other word is looked for", [
        "list",
        "show",
        "refresh",
      ]).default("list"),
    )
    .argument("[model]", "list: text to look for; show: provider/model; refresh: a file or URL")
    .option("--provider <id>", "only this provider's models")
    .option("--profile <name>", "with the settings of this profile")
    .option("--json", "as JSON")
    .action(async (action: string, what: string | undefined, options: object) => {
      await (await import("../models.ts")).runModels(action, what, options);
    });
}
