/** `tau sessions` and its own commands in the tree. */
import { type Command, Option } from "commander";

/** Registers them. */
export function addSessions(tau: Command): void {
  const sessions = tau
    .command("sessions")
    .description("list, show, search, export, import, compact or delete sessions");
  for (const [name, argument, text] of [
    ["list", "", "newest first"],
    ["show", "<id>", "one session, readable"],
    ["search", "<text>", "full-text search"],
    ["export", "<id>", "JSONL or Markdown on stdout"],
    ["import", "<file>", "bring an exported JSONL file back; - for stdin"],
    ["delete", "<id>", "remove a session for good"],
  ] as const) {
    const command = sessions.command(name).description(text);
    if (argument) command.argument(argument);
    if (name !== "export") command.option("--json", "as JSON");
    if (name === "list" || name === "search")
      command
        .option("--all", "of all folders, not only this one")
        .option("--limit <n>", "at most so many", "50");
    if (name === "export")
      command.addOption(new Option("--format <format>").choices(["jsonl", "markdown"]).default("jsonl"));
    if (name === "delete") command.option("--yes", "do not ask");
    command.action(async (...args: unknown[]) => {
      const what = typeof args[0] === "string" ? args[0] : "";
      await (await import("../sessions.ts")).runSessions(name, what, command.opts());
    });
  }
  sessions
    .command("compact")
    .description(
      "replace all but the end of a session's conversation by a summary; nothing leaves the ledger",
    )
    .argument("<id>")
    .option("--focus <text>", "what the summary is to keep above all")
    .option("--preview", "show what would go and what it would cost; change nothing, spend nothing")
    .option("--undo", "take the last compaction back")
    .option("-m, --model <provider/model>", "model to use instead of the session's")
    .option("--max-cost <usd>", "hard cap on this command's money, in US dollars")
    .option("--json", "as JSON")
    .action(async (id: string, options: object) => {
      process.exitCode = await (await import("../compact.ts")).runCompact(id, options);
    });
}
