/** Lines of real Claude Code runs hold no field that Tau's lines in its format lack, but for the ones written down. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ClaudeMapper } from "../../src/cli/print/compat/claude.ts";
import type { CompatLine } from "../../src/cli/print/compat/mapper.ts";
import { resultLine } from "../../src/cli/print/json.ts";
import { noEvidence } from "../../src/core/evidence.ts";
import {
  answer,
  asRead,
  call,
  chained,
  finished,
  nano,
  sessionId,
  started,
  usageOf,
} from "../support/entries.ts";

const shared = process.env.TAU_SHARED ?? resolve(import.meta.dirname, "../../../shared");
const folder = resolve(shared, "fixtures/agent-sessions/claude-agent-sdk");
const present = existsSync(folder);
if (!present) process.stdout.write(`skipped: no ${folder}\n`);

/** What docs/compat.md says is not said, and details of one vendor's billing. */
const unsaid = new Set([
  "message.usage.inference_geo",
  "usage.inference_geo",
  "usage.iterations",
  "usage.speed",
]);

/** Paths of the fields of one message of a YAML list in the files' own plain style: keys by their indentation. */
function pathsOf(block: string): string[] {
  const stack: { indent: number; key: string }[] = [];
  return block.split("\n").flatMap((line) => {
    const [, space = "", key] = /^([ -]*)([A-Za-z_]\w*):(?: |$)/.exec(line) ?? [];
    if (key === undefined) return [];
    while ((stack.at(-1)?.indent ?? -1) >= space.length) stack.pop();
    stack.push({ indent: space.length, key });
    return [stack.map((one) => one.key).join(".")];
  });
}

const fieldOf = (block: string, key: string): string =>
  new RegExp(`^(?:- |  )${key}: (.*)$`, "m").exec(block)?.[1] ?? "";

/** Free-form below these: tool inputs, results and names of models. */
const opaque = /^(message\.content|tool_use_result|modelUsage)\./;

function has(line: CompatLine, path: string): boolean {
  let at: unknown = line;
  for (const key of path.split(".")) {
    if (typeof at !== "object" || at === null || !(key in at)) return false;
    at = (at as { [key: string]: unknown })[key];
  }
  return true;
}

function ourLines(): CompatLine[] {
  const session = sessionId(1);
  const mapper = new ClaudeMapper(() => "uuid");
  const place = { seq: 0 as const, sessionId: session, turnId: null, agent: "main" };
  const entries = chained([
    answer([call("c", "bash", { command: "true" })]),
    started("c"),
    { ...finished("c"), facts: { exitCode: 0 } },
  ]);
  return [
    ...mapper.init({
      type: "init",
      v: 1,
      at: 0,
      version: "1.2.3",
      model: "anthropic/m",
      mode: "full",
      cwd: "/w",
      tools: [],
      ...place,
    }),
    ...entries.flatMap((entry) => mapper.event(asRead(session, entry))),
    ...mapper.result(
      resultLine(
        {
          reason: "done",
          text: "done",
          steps: 1,
          usage: usageOf(1, 1),
          cost: nano(1),
          durationMs: 1,
          toolCalls: 1,
          denied: 0,
          evidence: noEvidence,
        },
        { ...place, seq: 9 },
        [],
        1,
      ),
    ),
  ];
}

describe.skipIf(!present)("recorded lines of Claude Code", () => {
  const lines = ourLines();
  const blocks = present
    ? readdirSync(folder).flatMap((file) => {
        const text = readFileSync(resolve(folder, file), "utf8");
        return text
          .split(/^(?=- )/m)
          .filter((block) => /^(system|assistant|user|result)$/.test(fieldOf(block, "type")));
      })
    : [];

  it("are there, of each kind", () => {
    expect(new Set(blocks.map((block) => fieldOf(block, "type")))).toEqual(
      new Set(["system", "assistant", "user", "result"]),
    );
  });

  it.each(blocks.map((block, index) => [index, fieldOf(block, "type"), block] as const))(
    "%i: a %s line has nothing ours lacks",
    (_, type, block) => {
      const ours = lines.find(
        (line) => line.type === type && (line.subtype ?? "") === fieldOf(block, "subtype"),
      );
      if (ours === undefined) throw new Error(`no line like ${type}`);
      const missing = pathsOf(block).filter(
        (path) => !opaque.test(path) && !unsaid.has(path) && !has(ours, path),
      );
      expect(missing).toEqual([]);
    },
  );
});
