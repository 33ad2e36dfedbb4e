/** Writes the shipped JSON Schemas: docs/schema/events.schema.json and config.schema.json. */
import { mkdirSync, writeFileSync } from "node:fs";
import { schemaText } from "../src/cli/schema.ts";

mkdirSync("docs/schema", { recursive: true });
for (const what of ["events", "config"] as const) {
  writeFileSync(`docs/schema/${what}.schema.json`, await schemaText(what));
}
