/** `tau policy` in the command tree. */
import type { Command } from "commander";
import { modes } from "../options.ts";
import { choice } from "./run-options.ts";

const many = (value: string, before: string[]): string[] => [...before, value];

/** Registers it. */
export function addPolicy(tau: Command): void {
  const policy = tau
    .command("policy")
    .alias("permissions")
    .description(
      "what may run: rules in force, why a command would be asked about, what other rules would change",
    );
  policy
    .command("list")
    .description("the rules in force here, and where each stands")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      await (await import("../policy.ts")).listPermissions(options);
    });
  policy
    .command("explain")
    .description("whether a command would run here, by which rule, and why")
    .argument("<command>", "a shell command, in quotes")
    .addOption(choice("--mode <mode>", `as if in that mode: ${modes.join(", ")}`, modes))
    .option("--json", "as JSON")
    .action(async (command: string, options: object) => {
      await (await import("../policy.ts")).explainPermission(command, options);
    });
  policy
    .command("simulate")
    .description(
      "what other rules would have meant for past calls: questions that go, that come, what runs unasked",
    )
    .option("--allow <rule>", "with this rule as well (repeatable)", many, [])
    .option("--ask <rule>", "with this rule as well (repeatable)", many, [])
    .option("--deny <rule>", "with this rule as well (repeatable)", many, [])
    .option("--without <rule>", "without this rule (repeatable)", many, [])
    .option("--config <file>", "with this file in the place of your config.json")
    .addOption(
      choice("--preset <name>", "with this preset: strict, balanced, permissive, none", [
        "strict",
        "balanced",
        "permissive",
        "none",
      ]),
    )
    .addOption(choice("--mode <mode>", `in that mode: ${modes.join(", ")}`, modes))
    .option("--all", "calls of all projects, not only of this folder")
    .option("--limit <n>", "calls at most (2000)")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      await (await import("../policy-simulate.ts")).simulatePolicy(options);
    });
  policy
    .command("presets")
    .description("the rule sets that permissions.preset may name, rule by rule")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      await (await import("../policy.ts")).showPresets(options);
    });
}
