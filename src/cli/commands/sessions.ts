/** `tau sessions` and its own commands in the tree. */
import { type Command, Option } from "commander";

/** Registers them. */
export function addSessions(tau: Command): void {
  const sessions = tau.command("sessions").description("list, search, export, rewind, fork sessions");
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
  for (const [name, args, text] of [
    ["tree", ["<id>"], "its prompts on all branches, as a tree"],
    ["fork", ["<id>", "[name]"], "a copy to go on in; prints its id"],
    ["label", ["<id>", "<name>"], "give it a title, or one of its prompts a label"],
  ] as const) {
    const command = sessions.command(name).description(text).option("--json", "as JSON");
    for (const argument of args) command.argument(argument);
    if (name === "label") command.option("--at <n>", "label that prompt of the tree instead");
    command.action(async (id: string, ...rest: unknown[]) => {
      const given = typeof rest[0] === "string" ? rest[0] : "";
      await (await import("../session-branches.ts")).runBranches(name, id, given, command.opts());
    });
  }
  sessions
    .command("rewind")
    .description("go back to an earlier point: the conversation, files, or both; nothing leaves the ledger")
    .argument("<id>")
    .option("--to <n|entry>", "before that prompt of the tree (default: the last), or behind an entry")
    .option("--conversation", "only the conversation; files stay as they are (default)")
    .option("--files", "only files, as they were before that prompt")
    .option("--both", "the conversation and files")
    .option("--dry-run", "show what would change; change nothing")
    .option("--diff", "with --dry-run: line by line")
    .option(
      "--overwrite",
      "also files that others changed since; without it or --skip they are named and nothing happens",
    )
    .option("--skip", "leave files alone that others changed since")
    .option("--json", "as JSON")
    .action(async (id: string, options: object) => {
      process.exitCode = await (await import("../session-rewind.ts")).runRewind(id, options);
    });
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
