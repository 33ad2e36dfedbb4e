/** `tau onboard` in the command tree. Its code is loaded when it runs. */
import type { Command } from "commander";

/** Adds `onboard`. */
export function addOnboard(tau: Command): void {
  tau
    .command("onboard")
    .description("set up provider, key, model, mode, budget and theme; as often as you like")
    .option("--profile <name>", "write into this profile, which is made when it is not there")
    .option("--plain", "numbered questions, for screen readers and simple terminals")
    .option("--restart", "begin anew where an earlier one was broken off")
    .optionsGroup("Without questions:")
    .option("--non-interactive", "take the answers from options or a file, and ask nothing")
    .option("--answers <file>", "the answers as JSON; - for standard input")
    .option("--provider <id>", "whose models")
    .option("--base-url <url>", "address of a host Tau does not know, with --provider NAME")
    .option("--key-env <name>", "the variable that holds the key, which stays there")
    .option("--key-stdin", "read the key from standard input and keep it in credentials.json")
    .option("-m, --model <provider/model>", "model to use")
    .option("--mode <mode>", "plan, ask, edit or full")
    .option("--daily-budget <usd>", "hard cap on a day's money, in US dollars; none for no cap")
    .option("--theme <name>", "theme of the terminal UI")
    .option("--check", "ask the provider whether the key works; nothing is written when it does not")
    .option("--json", "the result as JSON")
    .addHelpText(
      "after",
      `
Example:
  $ pass show anthropic | tau onboard --non-interactive --key-stdin --check \\
      --provider anthropic`,
    )
    .action(async (options: object) => {
      process.exitCode = await (await import("../onboarding/onboard.ts")).onboard(options, tau);
    });
}
