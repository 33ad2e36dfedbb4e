/** `tau doctor` in the command tree. */
import type { Command } from "commander";

/** Registers it. */
export function addDoctor(tau: Command): void {
  tau
    .command("doctor")
    .description("check settings, keys, folders, ledger and programs; 1 if something is wrong")
    .option("--online", "also connect to the configured provider")
    .option("--profile <name>", "with the settings of this profile")
    .option("--fix", "mend what can be mended without harm; asks first")
    .option("--yes", "with --fix: do not ask")
    .option("--store", "check the ledger alone, however long it takes")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      process.exitCode = await (await import("../doctor.ts")).runDoctor(options, tau);
    });
}
