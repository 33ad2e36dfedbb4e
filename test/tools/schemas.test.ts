/** What the file tools cost in every request, and that they state the limits they enforce. */
import { get_encoding } from "tiktoken";
import { expect, test } from "vitest";
import { z } from "zod";
import { MAX_EDITS } from "../../src/tools/edit.ts";
import { MAX_FILES } from "../../src/tools/glob.ts";
import { DEFAULT_MATCHES, MATCH_CHARS, MAX_MATCHES } from "../../src/tools/grep.ts";
import { MAX_NAMES } from "../../src/tools/ls.ts";
import { MAX_ITEMS } from "../../src/tools/todo.ts";
import { MAX_LINE_CHARS, MAX_LINES, MAX_PDF_PAGES } from "../../src/tools/truncate.ts";
import { workbench } from "./workbench.ts";

const bench = workbench();
bench.remove();

test("the eight file tools take less than 1,100 tokens together", () => {
  const encoding = get_encoding("o200k_base");
  const sizes = Object.values(bench.tools).map((tool) => {
    const { $schema: _, ...parameters } = z.toJSONSchema(tool.input);
    return encoding.encode(JSON.stringify({ name: tool.name, description: tool.description, parameters }))
      .length;
  });
  encoding.free();
  expect(sizes).toHaveLength(8);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(1_100);
});

test.each<[string, number[]]>([
  ["read", [MAX_LINES, MAX_LINE_CHARS, MAX_PDF_PAGES, 50]],
  ["edit", [MAX_EDITS]],
  ["grep", [DEFAULT_MATCHES, MAX_MATCHES, MATCH_CHARS, 50]],
  ["glob", [MAX_FILES]],
  ["ls", [MAX_NAMES]],
  ["todo", [MAX_ITEMS]],
])("%s states its limits", (name, limits) => {
  const words = bench.tools[name]?.description.match(/\d+/g) ?? [];
  expect(words).toEqual(expect.arrayContaining(limits.map(String)));
});
