import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { specOf, toolSpecs } from "../../scripts/tool-specs.ts";
import { offeredTools } from "../support/offered-tools.ts";

describe("what is offered", () => {
  it("is told of as `npm run schemas` writes it today, order of keys included", () => {
    const file = readFileSync(join(import.meta.dirname, "../../src/tools/specs.json"), "utf8");
    expect(JSON.stringify(JSON.parse(file))).toBe(JSON.stringify(toolSpecs()));
  });

  it("loads as the tool it was told of, the same one each time", async () => {
    const { toolset, recall } = offeredTools();
    for (const offered of [...toolset, recall]) {
      const tool = await offered.load();
      expect(specOf(tool)).toEqual(offered.spec);
      expect(await offered.load()).toBe(tool);
    }
  });

  it("leaves out what is disabled", () => {
    const names = offeredTools(["bash", "todo"]).toolset.map(({ spec }) => spec.name);
    expect(names).toContain("read");
    expect(names).not.toContain("bash");
    expect(names).not.toContain("todo");
  });
});
