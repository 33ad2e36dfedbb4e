/**
 * Writes what is generated: docs/keys.md from the table of actions, docs/slash-commands.md from the table of commands; from zod schemas the shipped JSON Schemas docs/schema/events.schema.json and
 * config.schema.json, and what models are told of the tools, src/tools/specs.json.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { schemaText } from "../src/cli/schema.ts";
import { commandsDocument } from "../src/tui/command-list.ts";
import { keysDocument } from "../src/tui/input/key-list.ts";
import { toolSpecs } from "./tool-specs.ts";

mkdirSync("docs/schema", { recursive: true });
for (const what of ["events", "config"] as const) {
  writeFileSync(`docs/schema/${what}.schema.json`, await schemaText(what));
}
writeFileSync("docs/keys.md", keysDocument());
writeFileSync("docs/slash-commands.md", commandsDocument());
writeFileSync("src/tools/specs.json", JSON.stringify(toolSpecs()));
execFileSync("node_modules/.bin/biome", ["format", "--write", "src/tools/specs.json"]);
