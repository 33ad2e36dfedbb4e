/** `tau checkpoints` in the command tree. */
import type { Command } from "commander";

/** Registers it. */
export function addCheckpoints(tau: Command): void {
  const checkpoints = tau
    .command("checkpoints")
    .description("captured states of projects' files: what they take, what was cut off");
  checkpoints
    .command("list")
    .description("one row a project, the one used last first")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      await (await import("../checkpoints.ts")).listCheckpoints(options);
    });
  checkpoints
    .command("collect")
    .description("forget now what is older than checkpoints.keepDays, here and in other projects")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      await (await import("../checkpoints.ts")).collectCheckpoints(options);
    });
  checkpoints
    .command("finish")
    .description("put back the rest of the files where that was cut off in this project")
    .option("--undo", "then take back what was put back")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      process.exitCode = await (await import("../checkpoints.ts")).finishRestore(options);
    });
}
