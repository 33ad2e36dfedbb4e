/** `tau schema` in the command tree. */
import type { Command } from "commander";

/** Registers it. */
export function addSchema(tau: Command): void {
  tau
    .command("schema")
    .description("print a JSON Schema: events (of --json) or config")
    .argument("<what>", "events or config")
    .action(async (what: string) => {
      await (await import("../schema.ts")).runSchema(what);
    });
}
