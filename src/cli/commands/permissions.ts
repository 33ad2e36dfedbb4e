/** `tau permissions` in the command tree. */
import type { Command } from "commander";
import { modes } from "../options.ts";
import { choice } from "./run-options.ts";

/** Registers it. */
export function addPermissions(tau: Command): void {
  const permissions = tau
    .command("permissions")
    .description("list the rules in force, or explain a decision");
  permissions
    .command("list")
    .description("the rules in force here, and where each stands")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      await (await import("../permissions.ts")).listPermissions(options);
    });
  permissions
    .command("explain")
    .description("whether a command would run here, by which rule, and why")
    .argument("<command>", "a shell command, in quotes")
    .addOption(choice("--mode <mode>", `as if in that mode: ${modes.join(", ")}`, modes))
    .option("--json", "as JSON")
    .action(async (command: string, options: object) => {
      await (await import("../permissions.ts")).explainPermission(command, options);
    });
}
