/** `tau config` in the command tree. */
import type { Command } from "commander";

/** Registers it. */
export function addConfig(tau: Command): void {
  tau
    .command("config")
    .description("list the settings in force in this folder")
    .argument("[action]", "list", "list")
    .option("--origin", "also which layer and which line of which file each comes from")
    .option("--json", "as JSON")
    .action(async (action: string, options: object) => {
      await (await import("../config.ts")).runConfig(action, options);
    });
}
