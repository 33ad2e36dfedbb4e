/** `tau mcp` in the command tree. */
import type { Command } from "commander";

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Registers it. */
export function addMcp(tau: Command): void {
  const mcp = tau.command("mcp").description("MCP servers: what they offer, what it costs, who is allowed");
  mcp
    .command("list")
    .description("the servers of this folder and your settings, with the tokens their tools take")
    .option("--json", "as JSON")
    .action(async (options: object) => {
      await (await import("../mcp/show.ts")).listServers(options);
    });
  mcp
    .command("get")
    .description("one server: exactly what is started, its state and its tools")
    .argument("<name>", "its name")
    .option("--json", "as JSON")
    .action(async (name: string, options: object) => {
      await (await import("../mcp/show.ts")).showServer(name, options);
    });
  mcp
    .command("check")
    .description("start a server, list its tools, and say what is wrong when it fails")
    .argument("[name]", "its name; all of them where it is not given")
    .action(async (name: string | undefined) => {
      await (await import("../mcp/show.ts")).checkServers(name);
    });
  mcp
    .command("allow")
    .description("let a server of this project's .mcp.json be started, as its entry stands now")
    .argument("<name>", "its name")
    .option("--yes", "without asking")
    .action(async (name: string, options: object) => {
      await (await import("../mcp/change.ts")).allowServer(name, options);
    });
  mcp
    .command("add")
    .description("add a server to your settings: a command behind --, or --url")
    .argument("<name>", "a name of your choice")
    .argument("[command...]", "the program and its arguments")
    .option("--url <url>", "a server that is asked over HTTP")
    .option("--env <NAME=VALUE>", "a variable for the command; repeatable", collect)
    .option("--header <NAME:VALUE>", "a header of every request; repeatable", collect)
    .option("--tools <names>", "the tools that are offered, with commas between")
    .action(async (name: string, command: string[], options: object) => {
      await (await import("../mcp/change.ts")).addServer(name, command, options);
    });
  mcp
    .command("remove")
    .description("take a server out of your settings")
    .argument("<name>", "its name")
    .action(async (name: string) => {
      await (await import("../mcp/change.ts")).removeServer(name);
    });
}
