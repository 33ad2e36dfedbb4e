/** `tau exec` in the command tree. */
import { type Command, Option } from "commander";
import { outputs } from "../options.ts";
import { compatDialects } from "../print/compat/dialects.ts";
import { choice, collect, withRunOptions } from "./run-options.ts";

/** Registers it. */
export function addExec(tau: Command): void {
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
    .action(async (task: string[], options: object) => {
      const { runExec } = await import("../exec.ts");
      process.exitCode = await runExec(task.join(" "), options);
    });
}
