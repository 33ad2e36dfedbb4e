/** The command tree. Each command's code is loaded when it runs. */
import { Command, CommanderError, Option } from "commander";
import { exitCodes, TauError } from "../core/errors.ts";
import { reportFailure } from "./failure.ts";
import { efforts, modes, onLimits, outputs } from "./options.ts";
import { compatDialects } from "./print/compat/dialects.ts";
import { print, say } from "./print/streams.ts";
import { version } from "./version.ts";

const collect = (value: string, all: string[] = []): string[] => [...all, value];

/** The values stand in the description, where they take less room than commander's own list of them. */
const choice = (flags: string, description: string, values: readonly string[]): Option =>
  new Option(flags, description).choices(values);

/** Options that choose model, permissions and limits: the same for `tau` and `tau exec`. */
function withRunOptions(command: Command): Command {
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
    .option("-r, --resume [id]", "go on with that one (the beginning of its id is enough)")
    .option("-C, --cwd <folder>", "work there instead of here")
    .optionsGroup("Answer:")
    .option("--require-evidence", "send back an answer that claims more checks than were run");
}

function describe({ description, defaultValue }: Option): string {
  return defaultValue === undefined || Array.isArray(defaultValue)
    ? description
    : `${description} (default: ${defaultValue})`;
}

/** Each command's own help is what to read after its own mistake. */
function pointToOwnHelp(command: Command, path: string): void {
  command.showHelpAfterError(`     ${path} --help`);
  for (const inner of command.commands) pointToOwnHelp(inner, `${path} ${inner.name()}`);
}

function program(): Command {
  const tau = withRunOptions(
    new Command("tau")
      .exitOverride()
      // It would be written through process.stdout, and end in a stack trace when piped into `head`.
      .configureOutput({
        writeOut: print,
        writeErr: say,
        outputError: (text, write) => write(text.replace(/^error: /, "tau: ")),
      })
      .configureHelp({ optionDescription: describe }),
  )
    // tau and tau exec share options; without this the outer command would take those of the inner one.
    .enablePositionalOptions()
    .description("A coding agent for the terminal.")
    .version(version, "-V, --version")
    .argument("[task...]", "a first task")
    .addHelpText(
      "after",
      `
Examples:
  $ tau                                        work in this folder
  $ tau exec "make the failing test pass" --mode edit --allow "Bash(npm test)"
  $ git diff | tau exec "review this" --json`,
    )
    .action(async (task: string[], options: object) => {
      await refuseMistypedCommand(task, commandNames(tau));
      const { runInteractive } = await import("./interactive.ts");
      await runInteractive(task.join(" "), options);
    });
  withRunOptions(tau.command("exec"))
    .description("do one task without a screen; the answer on stdout (also: tau -p)")
    .argument("[task...]", "the task; standard input is joined to it, - reads it from there")
    .addOption(choice("-o, --output <format>", "on stdout: text, json or stream-json", outputs))
    .option("--json", "the same as --output stream-json")
    .addOption(
      choice("--compat <tool>", `print as another does: ${compatDialects.join(", ")}`, compatDialects),
    )
    .option("--output-schema <file>", "the answer must be JSON fitting this JSON Schema")
    .option("--verify <command>", "the task is not done until this command passes")
    .option("--require-model", "fail when another model answers than the one asked for")
    .optionsGroup("Limits:")
    .option("--timeout <seconds>", "wall time of the whole run")
    .option("--network-timeout <seconds>", "time to connect and get the headers of an answer")
    .option("--idle-timeout <seconds>", "silence of the model that counts as stalled")
    .optionsGroup("Input:")
    .option("--image <file>", "attach a picture (repeatable)", collect)
    .option("--stdin", "wait for standard input to end")
    .option("--no-stdin", "do not read standard input")
    .optionsGroup("Recordings:")
    .option("--record <file>", "record every exchange with the provider")
    .option("--replay <file>", "answer from a recording; no network")
    // Scripts written for other tools call the limit so; it is taken with --compat only.
    .addOption(new Option("--max-turns <n>").hideHelp())
    .addHelpText(
      "after",
      `
Examples:
  $ tau exec "fix the build" --mode edit --verify "npm run build" --max-cost 1
  $ tsc | tau exec "explain these" -o json
  $ tau exec -c "now add a test"`,
    )
    .action(async (task: string[], options: object) => {
      const { runExec } = await import("./exec.ts");
      process.exitCode = await runExec(task.join(" "), options);
    });
  tau
    .command("models")
    .description("list, show or refresh the model catalogue")
    .argument("[action]", "list, show or refresh; any other word is looked for", "list")
    .argument("[what]", "list: text to look for; show: provider/model; refresh: a file or URL")
    .option("--provider <id>", "only this provider's models")
    .option("--json", "as JSON")
    .action(async (action: string, what: string | undefined, options: object) => {
      await (await import("./models.ts")).runModels(action, what, options);
    });
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
      await (await import("./sessions.ts")).runSessions(name, what, command.opts());
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
      process.exitCode = await (await import("./compact.ts")).runCompact(id, options);
    });
  tau
    .command("cost")
    .description("what was spent, on what: today, week, month or all")
    .argument("[period]", "today, week, month or all (today; of a session, all)")
    .addOption(
      new Option("--by <key>", "group by")
        .choices(["model", "upstream", "project", "session", "day", "turn", "step", "helper", "tool", "file"])
        .default("model"),
    )
    .option("--session <id>", "only this session's calls (an id or its beginning)")
    .option("--json", "as JSON")
    .option("--csv", "as CSV")
    .action(async (period: string | undefined, options: object) => {
      await (await import("./cost.ts")).runCost(period, options);
    });
  tau
    .command("doctor")
    .description("check settings, keys, folders, ledger and programs; 1 if something is wrong")
    .option("--online", "also connect to the configured provider")
    .option("--store", "check the ledger alone, however long it takes")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      process.exitCode = await (await import("./doctor.ts")).runDoctor(options);
    });
  tau
    .command("config")
    .description("list the settings in force in this folder")
    .argument("[action]", "list", "list")
    .option("--origin", "also which layer and which line of which file each comes from")
    .option("--json", "as JSON")
    .action(async (action: string, options: object) => {
      await (await import("./config.ts")).runConfig(action, options);
    });
  tau
    .command("schema")
    .description("print a JSON Schema: events (of --json) or config")
    .argument("<what>", "events or config")
    .action(async (what: string) => {
      await (await import("./schema.ts")).runSchema(what);
    });
  pointToOwnHelp(tau, "tau");
  return tau;
}

const commandNames = (tau: Command): string[] => tau.commands.map((command) => command.name());

/** A task of a word or two that looks like a command is one: a model would be paid to wonder about it. */
async function refuseMistypedCommand(task: readonly string[], commands: readonly string[]): Promise<void> {
  const [word = "", ...rest] = task;
  if (rest.length > 1 || /\s/.test(word)) return;
  const { likeness } = await import("../core/likeness.ts");
  const near = commands.find((command) => likeness(word, command) >= 0.6);
  if (near === undefined) return;
  const hint = `did you mean tau ${near}? A task in words: tau "what to do"`;
  throw new TauError("usage", `there is no command "${word}"`, hint);
}

/**
 * `tau -p "task"` is `tau exec "task"`, wherever the `-p` stands before a command's name; `tau help exec` is
 * `tau exec --help`.
 */
function withCommand(argv: readonly string[], commands: readonly string[]): string[] {
  if (argv[0] === "help") return [...argv.slice(1), "--help"];
  const print = argv.findIndex((word) => word === "-p" || word === "--print");
  const before = argv.slice(0, Math.max(print, 0));
  if (print === -1 || before.includes("--") || before.some((word) => commands.includes(word)))
    return [...argv];
  return ["exec", ...before, ...argv.slice(print + 1)];
}

const tau = program();
const argv = withCommand(process.argv.slice(2), commandNames(tau));

tau.parseAsync(argv, { from: "user" }).catch(async (error: unknown) => {
  if (!(error instanceof CommanderError)) return reportFailure(error);
  // commander has printed its own message; help and version are successes.
  if (error.exitCode === 0) return;
  process.exitCode = exitCodes.usage;
  if (argv[0] !== "exec") return;
  // A script that reads JSON gets its two lines whatever is wrong with its options.
  const output = valueIn(argv, "-o", "--output");
  const compat = compatDialects.find((dialect) => dialect === valueIn(argv, "--compat"));
  const json = argv.includes("--json");
  if (!json && compat === undefined && output !== "stream-json" && output !== "json") return;
  const { refuseExec } = await import("./exec.ts");
  const problem = new TauError("usage", error.message.replace(/^error: /, ""), "tau exec --help");
  process.exitCode = await refuseExec({ json, output, compat }, problem);
});

/** The value of an option in a command line that could not be parsed. */
function valueIn(argv: readonly string[], ...names: string[]): string | undefined {
  const at = argv.findIndex((word) => names.includes(word));
  if (at !== -1) return argv[at + 1];
  const joined = argv.find((word) => names.some((name) => word.startsWith(`${name}=`)));
  return joined?.slice(joined.indexOf("=") + 1);
}
