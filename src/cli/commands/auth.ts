/** The command tree of `tau auth`. Each command's code is loaded when it runs. */
import type { Command } from "commander";
import type { LoginOptions } from "../auth/login.ts";
import type { LogoutOptions } from "../auth/logout.ts";
import type { StatusOptions } from "../auth/status.ts";

/** Adds `auth` and what is below it. */
export function addAuth(tau: Command): void {
  const auth = tau.command("auth").description("keys of providers: login, logout, status");
  auth
    .command("login")
    .description("keep a provider's key in credentials.json, after asking the provider about it")
    .argument("[provider]", "anthropic, openai, google, openrouter, ...")
    .option("--stdin", "read the key from standard input")
    .option("--no-check", "do not ask the provider about it")
    .option("--profile <name>", "with the settings of this profile")
    .action(async (provider: string | undefined, options: LoginOptions) => {
      process.exitCode = await (await import("../auth/login.ts")).login(provider, options);
    });
  auth
    .command("logout")
    .description("take a key out of credentials.json")
    .argument("[provider]", "needed when there are several")
    .option("--all", "every key there is")
    .action(async (provider: string | undefined, options: LogoutOptions) => {
      await (await import("../auth/logout.ts")).logout(provider, options);
    });
  auth
    .command("status")
    .description("which keys there are and where each comes from; never their values")
    .option("--json", "as JSON")
    .option("--profile <name>", "with the settings of this profile")
    .action(async (options: StatusOptions) => {
      await (await import("../auth/status.ts")).status(options);
    });
}
