/** Runs the command line: the tree is program.ts's, what stands in front of it and after its failures is here. */
import { CommanderError } from "commander";
import { exitCodes, TauError } from "../core/errors.ts";
import { reportFailure } from "./failure.ts";
import { compatDialects } from "./print/compat/dialects.ts";
import { commandNames, program } from "./program.ts";

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

// The first wins here (see tui/theme/depth.ts). Node has it the other way round, and prints a warning of the two into the
// screen as soon as it loads some of its own modules.
if (process.env.NO_COLOR) delete process.env.FORCE_COLOR;

const tau = program();
const names = commandNames(tau);
const argv = withCommand(process.argv.slice(2), names);

tau.parseAsync(argv, { from: "user" }).catch(async (error: unknown) => {
  if (!(error instanceof CommanderError)) return reportFailure(error);
  // commander has printed its own message; help and version are successes.
  if (error.exitCode === 0) return;
  process.exitCode = exitCodes.usage;
  if (argv.find((word) => names.includes(word)) !== "exec") return;
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
