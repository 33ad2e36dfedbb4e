/** `tau schema` in the command tree. */
import type { Command } from "commander";
import { offered } from "./words.ts";

/** Registers it. */
export function addSchema(tau: Command): void {
  tau
    .command("schema")
    .description("print a JSON Schema: events (of --json) or config")
    .addArgument(offered("<what>", "events or config", ["events", "config"]))
    .action(async (what: string) => {
      await (await import("../schema.ts")).runSchema(what);
    });
}
