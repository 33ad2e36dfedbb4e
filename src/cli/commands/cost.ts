/** `tau cost` in the command tree. */
import { type Command, Option } from "commander";
import { offered } from "./words.ts";

const periods = ["today", "week", "month", "all"];

/** Registers it. */
export function addCost(tau: Command): void {
  tau
    .command("cost")
    .description("what was spent, on what: today, week, month or all")
    .addArgument(offered("[period]", "today, week, month or all (today; of a session, all)", periods))
    .addOption(
      new Option("--by <key>", "group by")
        .choices(["model", "upstream", "project", "session", "day", "turn", "step", "helper", "tool", "file"])
        .default("model"),
    )
    .option("--session <id>", "only this session's calls (an id or its beginning)")
    .option("--json", "as JSON")
    .option("--csv", "as CSV")
    .action(async (period: string | undefined, options: object) => {
      await (await import("../cost.ts")).runCost(period, options);
    });
}
