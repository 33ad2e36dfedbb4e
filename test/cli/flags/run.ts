/** Cases of the options of `tau` and `tau exec`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { exitCodes } from "../../../src/core/errors.ts";
import type { Machine } from "../../support/command-line.ts";
import type { FakeAnswer } from "../../support/upstream/script.ts";
import { type FlagCase, type Ran, saidBefore } from "./case.ts";

const haiku = "anthropic/claude-haiku-4-5";
const writes: FakeAnswer = {
  calls: [{ id: "w", name: "write", input: { path: "stone.txt", content: "a stone" } }],
};
const written = ({ machine }: Ran): boolean => existsSync(join(machine.cwd, "stone.txt"));
const askedModels = ({ machine }: Ran): unknown[] => machine.fake.requests.map(({ body }) => body.model);
const lastAsked = ({ machine }: Ran): string => machine.fake.requests.at(-1)?.raw ?? "";

/** The model of the settings fails, and any other answers. */
const firstFails = (status: number, headers: Record<string, string> = {}) => ({
  script: ({ body }: { body: Record<string, unknown> }): FakeAnswer =>
    `anthropic/${body.model}` === haiku ? { text: "done" } : { fault: { type: "status", status, headers } },
  settings: { retry: { attempts: 1 } },
});

/** A picture of one point. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Takes connections and never says a word. */
async function mute(): Promise<string> {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

/** What both commands take; the words of the command itself stand in front. */
const shared: { readonly [option: string]: FlagCase } = {
  "--model": {
    words: ["--model", haiku, "hello"],
    proof: (ran) => expect(askedModels(ran)).toEqual([expect.stringContaining("haiku")]),
  },
  "--effort": {
    words: ["--effort", "low", "hello"],
    proof: (ran) => expect(lastAsked(ran)).toMatch(/"effort":"low"/),
  },
  "--fallback": {
    machine: firstFails(500),
    words: ["--fallback", haiku, "hello"],
    proof: (ran) => expect(askedModels(ran)).toHaveLength(2),
  },
  "--mode": {
    machine: { script: [writes] },
    words: ["--mode", "edit", "hello"],
    proof: (ran) => expect(written(ran)).toBe(true),
  },
  "--allow": {
    machine: { script: [writes] },
    words: ["--allow", "Edit(stone.txt)", "hello"],
    proof: (ran) => expect(written(ran)).toBe(true),
  },
  "--deny": {
    machine: { script: [writes], settings: { mode: "edit" } },
    words: ["--deny", "Edit(stone.txt)", "hello"],
    proof: (ran) => expect([written(ran), lastAsked(ran).includes("tool_result")]).toEqual([false, true]),
  },
  "--max-cost": {
    words: ["--max-cost", "0.000001", "hello"],
    proof: ({ code, machine }) => expect([code, machine.fake.requests.length]).toEqual([exitCodes.budget, 0]),
  },
  "--max-tokens": {
    words: ["--max-tokens", "10", "hello"],
    proof: ({ code, machine }) => expect([code, machine.fake.requests.length]).toEqual([exitCodes.budget, 0]),
  },
  "--max-steps": {
    machine: { script: [1, 2, 3, 4].map((n) => ({ calls: [{ id: `c${n}`, name: "ls", input: {} }] })) },
    words: ["--max-steps", "2", "hello"],
    proof: ({ code }) => expect(code).toBe(exitCodes.limit),
  },
  "--on-limit": {
    machine: {
      ...firstFails(429, { "retry-after": "7200", "anthropic-ratelimit-unified-status": "rejected" }),
    },
    words: ["--fallback", haiku, "--on-limit", "exit", "hello"],
    proof: (ran) => {
      expect(askedModels(ran)).toHaveLength(1);
      expect(ran.code).toBe(exitCodes.rate_limited);
    },
  },
  "--continue": {
    before: saidBefore,
    words: ["--continue", "go on"],
    proof: (ran) => expect(lastAsked(ran)).toMatch(/the old stones.*go on/s),
  },
  "--resume": {
    async before(machine) {
      const id = await saidBefore(machine);
      await saidBefore(machine, "something newer");
      return id;
    },
    words: ["--resume", "ID", "go on"],
    proof: (ran) => expect(lastAsked(ran)).toMatch(/the old stones.*go on/s),
  },
  "--cwd": {
    machine: { files: { "project/inner/AGENTS.md": "inner things" } },
    words: ["--cwd", "inner", "hello"],
    proof: (ran) => expect(lastAsked(ran)).toContain("inner things"),
  },
  "--profile": {
    machine: { settings: { profiles: { work: { model: haiku } } } },
    words: ["--profile", "work", "hello"],
    proof: (ran) => expect(askedModels(ran)).toEqual([expect.stringContaining("haiku")]),
  },
  "--require-evidence": {
    machine: { script: [writes, { text: "Fixed the bug. All tests pass." }], settings: { mode: "edit" } },
    words: ["--require-evidence", "hello"],
    proof: (ran) => expect(askedModels(ran)).toHaveLength(3),
  },
};

const under = (command: readonly string[]): [string, FlagCase][] =>
  Object.entries(shared).map(([option, one]) => [
    ["tau", ...command.filter((word) => !word.startsWith("-")), option].join(" "),
    { ...one, words: [...command, ...one.words] },
  ]);

/** One answer of the model that is told by a run's lines, by their types. */
const types = ({ stdout }: Ran): unknown[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).type);

const records = async ({ tau, cwd }: Machine): Promise<string> => {
  const file = join(cwd, "..", "recording.jsonl");
  await tau(["exec", "--record", file, "hello"]);
  return file;
};

/** By the option's whole name. */
export const runCases: { readonly [option: string]: FlagCase } = {
  ...Object.fromEntries(under(["exec"])),
  ...Object.fromEntries(under(["--plain"])),
  "tau --plain": {
    words: ["--plain", "hello"],
    proof: ({ stdout }) => expect(stdout).toMatch(/^Tau in plain lines.*tau: done/s),
  },
  // What it does with a terminal: test/e2e/tui-full-screen.test.ts.
  "tau --screen": {
    words: ["--plain", "--screen", "full"],
    how: { stdin: "/config screen\n\n" },
    proof: ({ stdout }) => expect(stdout).toContain("full (now)"),
  },
  "tau exec --output": {
    words: ["exec", "--output", "json", "hello"],
    proof: ({ stdout }) => expect(JSON.parse(stdout)).toMatchObject({ type: "result", text: "done" }),
  },
  "tau exec --json": {
    words: ["exec", "--json", "hello"],
    proof: (ran) => expect([types(ran)[0], types(ran).at(-1)]).toEqual(["init", "result"]),
  },
  "tau exec --compat": {
    words: ["exec", "--compat", "claude", "hello"],
    proof: (ran) => expect(types(ran)).toEqual(["system", "assistant", "result"]),
  },
  "tau exec --output-schema": {
    machine: {
      files: {
        "project/schema.json": JSON.stringify({
          type: "object",
          properties: { stones: { type: "integer" } },
          required: ["stones"],
          additionalProperties: false,
        }),
      },
      script: [{ text: "seven" }, { text: '{"stones": 7}' }],
    },
    words: ["exec", "--output-schema", "schema.json", "hello"],
    proof: ({ stdout }) => expect(JSON.parse(stdout)).toEqual({ stones: 7 }),
  },
  // Its command cannot be run here, so it never passes; one that does: test/e2e/commands.test.ts.
  "tau exec --verify": {
    words: ["exec", "--verify", "make check", "--max-steps", "1", "hello"],
    proof: ({ code, stderr }) => expect([code === 0, stderr.includes("make check")]).toEqual([false, true]),
  },
  "tau exec --require-model": {
    machine: { script: [{ text: "done", model: "claude-quite-another" }] },
    words: ["exec", "--require-model", "hello"],
    proof: ({ code, stderr }) => {
      expect(code).not.toBe(0);
      expect(stderr).toContain("claude-quite-another");
    },
  },
  "tau exec --timeout": {
    machine: { script: [{ text: "so", fault: { type: "silence", pings: true } }] },
    words: ["exec", "--timeout", "0.3", "hello"],
    proof: ({ code }) => expect(code).toBe(exitCodes.timeout),
  },
  "tau exec --network-timeout": {
    machine: { settings: { retry: { attempts: 1 } } },
    before: mute,
    words: ["exec", "--network-timeout", "0.2", "hello"],
    how: { env: { ANTHROPIC_BASE_URL: "ID" } },
    proof: ({ code }) => expect(code).toBe(exitCodes.unavailable),
  },
  "tau exec --idle-timeout": {
    machine: {
      script: [{ text: "so", fault: { type: "silence", pings: false } }],
      settings: { retry: { attempts: 1 } },
    },
    words: ["exec", "--idle-timeout", "0.2", "hello"],
    proof: ({ code }) => expect(code).toBe(exitCodes.unavailable),
  },
  "tau exec --image": {
    async before({ cwd }) {
      writeFileSync(join(cwd, "point.png"), png);
      return "";
    },
    words: ["exec", "--image", "point.png", "hello"],
    proof: (ran) => expect(lastAsked(ran)).toContain(png.toString("base64")),
  },
  "tau exec --stdin": {
    words: ["exec", "--stdin", "hello"],
    how: { stdin: "piped stones", inputHidden: true },
    proof: (ran) => expect(lastAsked(ran)).toContain("piped stones"),
  },
  "tau exec --no-stdin": {
    words: ["exec", "--no-stdin", "hello"],
    how: { stdin: "piped stones" },
    proof: (ran) => {
      expect(lastAsked(ran)).toContain("hello");
      expect(lastAsked(ran)).not.toContain("piped stones");
    },
  },
  "tau exec --record": {
    words: ["exec", "--record", "recording.jsonl", "hello"],
    proof: ({ machine }) =>
      expect(readFileSync(join(machine.cwd, "recording.jsonl"), "utf8")).toContain("hello"),
  },
  "tau exec --replay": {
    before: records,
    words: ["exec", "--replay", "ID", "hello"],
    proof: ({ machine, stdout }) => expect([machine.fake.requests.length, stdout]).toEqual([1, "done\n"]),
  },
  "tau exec --max-turns": {
    machine: { script: [1, 2, 3, 4].map((n) => ({ calls: [{ id: `c${n}`, name: "ls", input: {} }] })) },
    words: ["exec", "--compat", "claude", "--max-turns", "2", "hello"],
    proof: ({ stdout }) => expect(stdout).toContain("error_max_turns"),
  },
};
