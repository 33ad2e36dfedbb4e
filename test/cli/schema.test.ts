import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { schemaText } from "../../src/cli/schema.ts";

describe("the shipped JSON Schemas", () => {
  it.each(["events", "config"] as const)(
    "docs/schema/%s.schema.json is what `npm run schemas` writes today",
    async (what) => {
      expect(readFileSync(`docs/schema/${what}.schema.json`, "utf8")).toBe(await schemaText(what));
    },
  );
});
