/** Recorded edits of other agents, applied by Tau's tools: the recorded result, or a departure that is written down. */
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ToolResult } from "../../src/core/tool.ts";
import { displayDiff } from "../../src/tools/edit/display-diff.ts";
import { locateChunks } from "../../src/tools/edit/patch-locate.ts";
import { type FileChange, parsePatch } from "../../src/tools/edit/patch-parse.ts";
import { type Workbench, workbench } from "../tools/workbench.ts";
import { departures, fixture, folder, jsonl, noCounterpart, present } from "./edit-application.ts";

if (!present) process.stdout.write("edit-application fixtures are absent: skipped\n");

let bench: Workbench;
beforeEach(() => {
  bench = workbench();
});
afterEach(() => bench.remove());

/** Names are only needed while the fixtures are there. */
const list = (path: string) => (present ? readdirSync(join(folder, path)).sort() : []);
const lines = <Line>(path: string) => (present ? jsonl<Line>(path) : []);
const json = <Value>(path: string, absent: Value): Value =>
  present ? (JSON.parse(fixture(path)) as Value) : absent;
const used = new Set<string>();
/** The written departure of a case, if it has one. */
const departure = (name: string) => {
  if (departures[name] !== undefined) used.add(name);
  return departures[name];
};

async function editRead(
  before: string,
  edits: [string, string][],
  all = false,
): Promise<{ result: ToolResult; after: string }> {
  bench.put("f", before);
  await bench.call("read", { path: "f" });
  const result = await bench.call("edit", {
    path: "f",
    edits: edits.map(([old_string, new_string]) => ({ old_string, new_string, replace_all: all })),
  });
  return { result, after: bench.text("f") };
}

async function patched(before: string, patch: string): Promise<{ result: ToolResult; after: string }> {
  bench.put("f", before);
  const named = patch.replace(/^(\s*\*\*\* Update File: ).*$/m, "$1f");
  return { result: await bench.call("apply_patch", { patch: named }), after: bench.text("f") };
}

function tree(root: string, under = ""): { [path: string]: string } {
  if (!existsSync(root)) return {};
  return Object.assign(
    {},
    ...readdirSync(root).map((name) => {
      const path = join(root, name);
      return statSync(path).isDirectory()
        ? tree(path, `${under}${name}/`)
        : { [under + name]: readFileSync(path, "latin1") };
    }),
  );
}

describe.skipIf(!present)("codex apply_patch scenarios", () => {
  test.each(list("codex-apply-patch").filter((name) => /^\d/.test(name)))("%s", async (name) => {
    const at = (part: string) => join(folder, "codex-apply-patch", name, part);
    if (existsSync(at("input"))) cpSync(at("input"), bench.cwd, { recursive: true });
    const before = tree(bench.cwd);
    const result = await bench.call("apply_patch", { patch: readFileSync(at("patch.txt"), "utf8") });
    const apart = departure(`codex-apply-patch/${name}`);
    if (apart === undefined) {
      expect(tree(bench.cwd)).toEqual(tree(at("expected")));
      expect(result.isError ?? false).toBe(/reject|requires/.test(name));
    } else {
      expect([result.isError, result.output]).toEqual([true, expect.stringContaining(apart.instead)]);
      expect(tree(bench.cwd)).toEqual(before);
    }
  });
});

describe.skipIf(!present)("patches as models write them", () => {
  test.each(list("vscode-apply-patch"))("%s", async (name) => {
    const { patch, original, expected } = json<{ patch: string; original: string; expected: string }>(
      `vscode-apply-patch/${name}`,
      { patch: "", original: "", expected: "" },
    );
    const { result, after } = await patched(original, patch);
    expect(result.isError, String(result.output)).toBeUndefined();
    expect(after).toBe(expected);
  });
  test.each(["262549", "multipleIndentedLines"])("report %s", async (name) => {
    const at = (part: string) => fixture(`vscode-apply-patch-reports/${name}-${part}.txt`);
    const { result, after } = await patched(at("input"), at("call"));
    expect(result.isError, String(result.output)).toBeUndefined();
    expect(after).toBe(at("output"));
  });
  test("report reindent (recorded without its output)", async () => {
    const input = fixture("vscode-apply-patch-reports/reindent-input.txt");
    const { after } = await patched(input, fixture("vscode-apply-patch-reports/reindent-call.txt"));
    expect(after).toBe(input.replace("item2b", "item20b").replace("nested1", "nested3"));
  });
});

describe.skipIf(!present)("exact replacements", () => {
  test("VS Code: LF from the model, CRLF in the file", async () => {
    const call = json("vscode-replace-string/crlf-tool-call.json", { oldString: "", newString: "" });
    const file = (name: string) => json<string[]>(`vscode-replace-string/${name}.json`, []).join("\r\n");
    const { result, after } = await editRead(file("crlf-input"), [[call.oldString, call.newString]]);
    expect(result.isError, String(result.output)).toBeUndefined();
    expect(after).toBe(file("crlf-output"));
  });

  type Call = { old_string: string; new_string: string; replace_all: boolean };
  test.each(lines<Call & { original: string; expected: string; path: string }>("claude-code-edits.jsonl"))(
    "Claude Code: $path",
    async ({ original, expected, old_string, new_string, replace_all }) => {
      const { result, after } = await editRead(original, [[old_string, new_string]], replace_all);
      expect(result.isError, String(result.output)).toBeUndefined();
      expect(after).toBe(expected);
    },
  );

  test.each(
    lines<Call & { error: string }>("claude-code-edit-errors.jsonl").map((call) => ({
      ...call,
      title: call.error.slice(16, 60),
    })),
  )(
    "Claude Code refuses, and so does Tau: $title",
    async ({ error, old_string, new_string, replace_all }) => {
      // The files were not recorded, so each is made such that the recorded error is the right one.
      const times = Number(/Found (\d+) matches/.exec(error)?.[1] ?? 1);
      const missing = error.includes("not found in file");
      const before = missing ? "something else\n" : `${old_string}\n// between\n`.repeat(times);
      const path = bench.put("f", before);
      const edits = [{ old_string, new_string, replace_all }];
      const exists = !error.includes("File does not exist");
      if (!error.includes("has not been read")) await bench.call("read", { path: "f" });
      if (error.includes("modified since")) bench.put("f", `${before}// a linter was here\n`);
      const left = readFileSync(path, "utf8");
      const result = await bench.call("edit", { path: exists ? "f" : "gone", edits });
      expect(result.isError).toBe(true);
      expect(result.output).toMatch(
        error.includes("exactly the same")
          ? /Nothing to change/
          : error.includes("has not been read")
            ? /has not been read/
            : error.includes("modified since")
              ? /changed since it was read/
              : times > 1
                ? new RegExp(`stands in ${times} places`)
                : exists
                  ? /was not found/
                  : /no file or folder/,
      );
      expect(bench.text("f")).toBe(left);
    },
  );
});

/** The blocks aider's parser found, from its own print of them. */
function aiderBlocks(gold: string): { path: string; search: string; replace: string }[] {
  const rule = "@".repeat(20);
  const block = new RegExp(
    `^@@@ SEARCH: (.*) ${rule}\\n([\\s\\S]*?)^${rule}\\n([\\s\\S]*?)^@@@ REPLACE ${rule}$`,
    "gm",
  );
  return [...gold.matchAll(block)].map(([, path = "", search = "", replace = ""]) => ({
    path,
    search,
    replace,
  }));
}

describe.skipIf(!present)("aider's SEARCH/REPLACE blocks as edit calls", () => {
  const blocks = lines<{ gold: string }>("aider-chat-history.jsonl").flatMap(({ gold }) => aiderBlocks(gold));
  const indented = (text: string) => text.replace(/^(?=[^\n])/gm, "    ");

  test("every block with an old text applies in a file that has it, byte for byte", async () => {
    let applied = 0;
    for (const { search, replace } of blocks) {
      if (search.trim() === "" || search === replace) continue;
      const { result, after } = await editRead(`# head\n${search}# tail\n`, [[search, replace]]);
      expect(result.isError, `${result.output}\n${search}`).toBeUndefined();
      expect(after).toBe(`# head\n${replace}# tail\n`);
      applied += 1;
    }
    expect(applied).toBeGreaterThan(240);
  }, 60_000);

  test("and in a CRLF file, and where the file is indented deeper", async () => {
    for (const { search, replace } of blocks) {
      if (search.trim() === "" || search === replace) continue;
      const crlf = (text: string) => text.replaceAll("\n", "\r\n");
      const first = await editRead(crlf(`# head\n${search}# tail\n`), [[search, replace]]);
      expect(first.after).toBe(crlf(`# head\n${replace}# tail\n`));
      // A last line alone, or a text of one line, would match exactly inside its indented form.
      if (search.trimEnd().split("\n").length < 3 || /^[^\S\n]+$/m.test(search + replace)) continue;
      const deeper = await editRead(`# head\n${indented(search)}# tail\n`, [[search, replace]]);
      expect(deeper.result.isError, `${deeper.result.output}\n${search}`).toBeUndefined();
      expect(deeper.after).toBe(`# head\n${indented(replace)}# tail\n`);
    }
  }, 60_000);

  type Case = { test: string; calls: { fn: string; args: string[] }[]; expects: { right: string }[] };
  const unit = json<{ cases: Case[] }>("aider-unit-cases.json", { cases: [] }).cases;
  test.each(unit.filter(({ calls }) => calls[0]?.fn === "replace_most_similar_chunk"))(
    "$test",
    async ({ test: name, calls, expects }) => {
      const [before = "", search = "", replace = ""] = calls[0]?.args ?? [];
      const { result, after } = await editRead(before, [[search, replace]]);
      const apart = departure(`aider ${name}`);
      expect(after).toBe(apart === undefined ? expects[0]?.right : before);
      if (apart !== undefined) expect(result.output).toContain(apart.instead);
    },
  );
});

type RooCase = {
  name: string;
  calls: { fn: string; args: unknown[] }[];
  expects: { on: { call?: number; path?: string }; matcher: string; args: unknown[] }[];
};
const roo = json<{ cases: { [spec: string]: RooCase[] } }>("roo-code-cases.json", { cases: {} }).cases;
const rooCases = Object.values(roo).flat();
const skipped = (name: string) => noCounterpart.find(({ pattern }) => pattern.test(name));
const rooOf = (fn: string) =>
  rooCases.filter(({ name, calls }) => calls[0]?.fn === fn && skipped(`roo ${name}`) === undefined);
const expected = ({ expects }: RooCase, path: string) => expects.find(({ on }) => on.path === path)?.args[0];
const rooName = (name: string) =>
  `roo ${name.replace(/^MultiSearchReplaceDiffStrategy > (validateMarkerSequencing > )?/, "")}`;

describe.skipIf(!present)("Roo Code's cases", () => {
  test.each(rooOf("applyDiff"))("edit: $name", async (it) => {
    const [before = "", diff = ""] = (it.calls[0]?.args ?? []) as string[];
    const block =
      /<<<<<<< SEARCH\n(?:(?::\w+:\d+\n)*-------\n)?([\s\S]*?)\n?=======\n([\s\S]*?)\n?>>>>>>> REPLACE/g;
    // A block means whole lines; an empty replacement takes the line break with it.
    const edits = [...diff.matchAll(block)].map(([, search = "", replace = ""]): [string, string] =>
      replace === "" ? [`${search}\n`, ""] : [search, replace],
    );
    const { result, after } = await editRead(before, edits);
    const apart = departure(rooName(it.name));
    const refused = apart !== undefined || expected(it, ".success") === false;
    expect([result.isError ?? false, after]).toEqual([refused, refused ? before : expected(it, ".content")]);
    if (refused) expect(result.output).toContain(apart?.instead ?? "The text was not found");
  });

  type RooChunk = {
    changeContext: string | null;
    oldLines: string[];
    newLines: string[];
    isEndOfFile: boolean;
  };
  test.each(rooOf("applyChunksToContent"))("patch: $name", async (it) => {
    const [before, , chunks] = (it.calls[0]?.args ?? []) as [string, string, RooChunk[]];
    const body = chunks.flatMap((chunk) => [
      chunk.changeContext === null ? "@@" : `@@ ${chunk.changeContext}`,
      ...chunk.oldLines.map((line) => `-${line}`),
      ...chunk.newLines.map((line) => `+${line}`),
      ...(chunk.isEndOfFile ? ["*** End of File"] : []),
    ]);
    const { result, after } = await patched(
      before,
      ["*** Begin Patch", "*** Update File: f", ...body, "*** End Patch"].join("\n"),
    );
    const content = expected(it, "");
    const apart = departure(rooName(it.name));
    if (content === undefined)
      expect(result).toMatchObject({
        isError: true,
        output: expect.stringContaining("Failed to find expected lines"),
      });
    else expect(after).toBe(apart?.instead ?? content);
  });

  test.each(rooOf("parsePatch"))("parser: $name", (it) => {
    const parse = () => parsePatch(String(it.calls[0]?.args[0])).changes.map(asRoo);
    for (const { on, matcher, args } of it.expects) {
      if (matcher === "toThrow") expect(parse).toThrow(/first line must be '\*\*\* Begin Patch'/);
      else if (matcher === "toHaveLength") expect(parse()).toHaveLength(Number(args[0]));
      else
        expect(on.path === ".hunks" ? parse() : parse()[Number(on.path?.split(".").at(-1))]).toEqual(args[0]);
    }
    expect(it.expects.length).toBeGreaterThan(0);
  });

  test.each(rooOf("seekSequence"))("seek: $name", (it) => {
    const [file, wanted, , atEnd] = (it.calls[0]?.args ?? []) as [string[], string[], number, boolean];
    const sought = wanted.map((text) => ({ kind: "drop" as const, text }));
    const locate = () =>
      locateChunks(file, [{ anchors: [], hint: null, lines: sought, atEnd }], "f")[0]?.start;
    const apart = departure(rooName(it.name));
    if (apart !== undefined) expect(locate()).toBe(Number(apart.instead));
    else if (it.expects[0]?.matcher === "toBeNull") expect(locate).toThrow("Failed to find expected lines");
    else expect(locate()).toBe(expected(it, ""));
  });
});

/** Our parse in the words of the source's test. */
function asRoo(change: FileChange): object {
  switch (change.type) {
    case "add":
      return {
        type: "AddFile",
        path: change.path,
        contents: change.lines.map((line) => `${line}\n`).join(""),
      };
    case "delete":
      return { type: "DeleteFile", path: change.path };
    case "update":
      return {
        type: "UpdateFile",
        path: change.path,
        movePath: change.moveTo,
        chunks: change.chunks.map(({ anchors, lines: all, atEnd }) => ({
          changeContext: anchors[0]?.name ?? null,
          oldLines: all.flatMap(({ kind, text }) => (kind === "add" ? [] : [text])),
          newLines: all.flatMap(({ kind, text }) => (kind === "drop" ? [] : [text])),
          isEndOfFile: atEnd,
        })),
      };
  }
}

/**
 * Continue's cases are about applying a rewrite that leaves parts out ("... same ..."), which no tool of Tau takes. What
 * has a counterpart is the diff people are shown: from the file before to the file their expected diff describes.
 */
describe.skipIf(!present)("Continue's expected diffs", () => {
  const cases = ["continue-diff", "continue-lazy"].flatMap((under) =>
    list(under)
      .filter((name) => name.endsWith(".diff.txt"))
      .map((name) => `${under}/${name}`),
  );
  test.each(cases)("%s", (name) => {
    const [before = "", , marked = ""] = fixture(name)
      .split(/^---$/m)
      .map((part) => part.replace(/^\n+|\n+$/g, "").replaceAll("\\t", "\t"));
    const change = (sign: string) =>
      marked
        .split("\n")
        .flatMap((line) => (line.startsWith(`${sign} `) || line === sign ? [line.slice(2).trimEnd()] : []));
    const kept = before.split("\n").map((line) => line.trimEnd());
    // Each removed line is one of the file, and what our diff takes out is what theirs takes out.
    const removed = change("-").filter((line) => kept.includes(line));
    expect(removed).toEqual(change("-"));
    const after = withChanges(kept, marked.split("\n"));
    const display = displayDiff("f", `${kept.join("\n")}\n`, `${after.join("\n")}\n`);
    if (display.type !== "diff") throw new Error("no diff");
    const ours = (sign: string) =>
      display.patch
        .split("\n")
        .slice(4)
        .flatMap((line) => (line.startsWith(sign) ? [line.slice(1)] : []));
    expect(ours("-").sort()).toEqual(change("-").sort());
    expect(ours("+").sort()).toEqual(change("+").sort());
  });
});

/** The file their diff leads to: its own lines, without the removed and with the added. */
function withChanges(before: readonly string[], marked: readonly string[]): string[] {
  const after: string[] = [];
  let at = 0;
  for (const line of marked) {
    if (line.startsWith("+ ") || line === "+") after.push(line.slice(2).trimEnd());
    else {
      if (!line.startsWith("- ")) after.push(before[at] ?? "");
      at += 1;
    }
  }
  return after;
}

test.skipIf(!present)("every departure is used, and every case without a counterpart is known", () => {
  expect([...used].sort()).toEqual(Object.keys(departures).sort());
  const unit = json<{ cases: { test: string }[] }>("aider-unit-cases.json", { cases: [] }).cases;
  const names = [
    ...unit.map(({ test: name }) => `aider ${name}`),
    ...rooCases.map(({ name }) => `roo ${name}`),
    ...lines<{ gold: string; header: string }>("aider-chat-history.jsonl")
      .filter(({ gold }) => aiderBlocks(gold).length === 0)
      .map(({ header }) => `chat without blocks: ${header}`),
    ...list("vscode-replace-string").map((name) => `vscode-replace-string/${name}`),
  ];
  for (const { pattern, count } of noCounterpart)
    expect([pattern.source, names.filter((name) => pattern.test(name)).length]).toEqual([
      pattern.source,
      count,
    ]);
});
