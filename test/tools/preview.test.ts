/** What a person is shown before a file tool runs: what it would change, without changing it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Display } from "../../src/core/tool.ts";
import { type Workbench, workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(() => {
  bench = workbench();
});
afterEach(() => bench.remove());

async function preview(name: string, input: unknown): Promise<Display[]> {
  const tool = bench.tools[name];
  if (!tool?.preview) throw new Error(`${name} has no preview`);
  return tool.preview(tool.input.parse(input), bench.cwd);
}

const before = "one\r\ntwo\r\nthree\r\n";

const calls: [string, unknown][] = [
  ["edit", { path: "f", edits: [{ old_string: "two", new_string: "2" }] }],
  ["write", { path: "f", content: "one\n2\nthree\n" }],
  ["apply_patch", { patch: "*** Begin Patch\n*** Update File: f\n@@\n one\n-two\n+2\n*** End Patch" }],
];

describe("a preview", () => {
  test.each(calls)(
    "of %s is the diff the call then shows, and leaves the file alone",
    async (name, input) => {
      bench.put("f", before);
      const foreseen = await preview(name, input);
      expect(bench.text("f")).toBe(before);
      expect(foreseen).toMatchObject([{ type: "diff", path: "f", added: 1, removed: 1 }]);
      await bench.call("read", { path: "f" });
      const { display } = await bench.call(name, input);
      expect(bench.text("f")).toBe(before.replace("two", "2"));
      expect(display).toEqual(foreseen);
    },
  );

  test("of a call that would fail rejects and says why", async () => {
    bench.put("f", "one\n");
    await expect(
      preview("edit", { path: "f", edits: [{ old_string: "two", new_string: "2" }] }),
    ).rejects.toThrow();
    await expect(
      preview("edit", { path: "gone", edits: [{ old_string: "a", new_string: "b" }] }),
    ).rejects.toThrow(/gone/);
  });

  test("of a new file is all of it, and makes no file", async () => {
    expect(await preview("write", { path: "new/f", content: "a\nb\n" })).toMatchObject([
      { type: "diff", added: 2, removed: 0 },
    ]);
    expect(() => bench.text("new/f")).toThrow(/ENOENT/);
  });
});
