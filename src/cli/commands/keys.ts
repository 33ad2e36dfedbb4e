/** `tau keys` in the command tree. */
import type { Command } from "commander";

/** Registers it. */
export function addKeys(tau: Command): void {
  tau
    .command("keys")
    .description("list the keys of the terminal UI, and conflicts among those you chose")
    .option("--default", "as they are without your settings")
    .option("--json", "one JSON object")
    .action(async (options: object) => {
      await (await import("../keys.ts")).runKeys(options);
    });
}
