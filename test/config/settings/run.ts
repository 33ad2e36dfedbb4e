/** Cases of the settings that a run shows. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import { exitCodes } from "../../../src/core/errors.ts";
import { type FlagCase, type Ran, saidBefore, says } from "../../cli/flags/case.ts";
import type { MachineOptions } from "../../support/command-line.ts";
import type { Seat } from "../../support/front-end.ts";
import type { FakeAnswer } from "../../support/upstream/script.ts";
import { startUpstream } from "../../support/upstream/server.ts";
import type { SettingCase } from "./case.ts";

const haiku = "anthropic/claude-haiku-4-5";
const writes: FakeAnswer = {
  calls: [{ id: "w", name: "write", input: { path: "stone.txt", content: "a stone" } }],
};
const hello = ["exec", "hello"];
const lastAsked = ({ machine }: Ran): string => machine.fake.requests.at(-1)?.raw ?? "";
const holds = ({ machine }: Ran): string | null => {
  const file = join(machine.cwd, "stone.txt");
  return existsSync(file) ? readFileSync(file, "utf8") : null;
};

/** A run with these settings. */
const run = (
  settings: MachineOptions["settings"],
  proof: (ran: Ran) => void | Promise<void>,
  more: Omit<MachineOptions, "settings"> & Partial<Pick<FlagCase, "words" | "how" | "before">> = {},
): FlagCase => {
  const { words = hello, how, before, ...machine } = more;
  return {
    machine: { ...machine, ...(settings && { settings }) },
    words,
    proof,
    ...(how && { how }),
    ...(before && { before }),
  };
};

const asked = (expected: RegExp) => (ran: Ran) => expect(lastAsked(ran)).toMatch(expected);
const ends = (reason: keyof typeof exitCodes, requests: number) => (ran: Ran) =>
  expect([ran.code, ran.machine.fake.requests.length]).toEqual([exitCodes[reason], requests]);

const refused = ends("budget", 0);
const dollar = { usd: 0.000_001 };
const token = { tokens: 10 };

const fails = (): FakeAnswer => ({ fault: { type: "status", status: 500 } });
const firstFails =
  (status: number, headers: Record<string, string> = {}) =>
  ({ body }: { body: Record<string, unknown> }): FakeAnswer =>
    `anthropic/${body.model}` === haiku ? { text: "done" } : { fault: { type: "status", status, headers } };

/** A turn that writes over a file, which cannot be gone back to. */
const lost = (
  checkpoints: NonNullable<MachineOptions["settings"]>["checkpoints"],
  since: () => void = () => undefined,
): FlagCase => ({
  machine: {
    settings: { mode: "edit", checkpoints },
    script: [{ calls: [{ id: "r", name: "read", input: { path: "stone.txt" } }] }, writes],
    files: { "project/stone.txt": "the old stone" },
  },
  async before(machine) {
    const id = await saidBefore(machine);
    since();
    return id;
  },
  words: ["sessions", "rewind", "ID", "--files"],
  proof: (ran) => expect(holds(ran), ran.stdout + ran.stderr).toBe("a stone"),
});

/** Two days go by. */
function later(): void {
  vi.useFakeTimers({ now: Date.now() + 2 * 24 * 3_600_000, toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** A host of one's own, which speaks Chat Completions. */
const mine = (more: object = {}) => ({
  model: "mine/stone",
  models: { "mine/stone": { contextWindow: 100_000 } },
  providers: { mine: { dialect: "chat-completions" as const, baseUrl: "URL", ...more } },
});

/** Runs with a host at the fake's address. */
const atMine = (
  more: object,
  proof: (ran: Ran) => void,
  answers: readonly FakeAnswer[] = [],
  extra: object = {},
): FlagCase => ({
  machine: { settings: { ...mine(more), ...extra } },
  async before({ home }) {
    const fake = await startUpstream((_, index) => answers[index] ?? { text: "done" });
    onTestFinished(() => fake.close());
    seen = fake.requests;
    const file = join(home, ".tau", "config.json");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("URL", `${fake.url}/v1`));
    return "";
  },
  words: hello,
  proof,
});
/** What the host of the case before was asked. */
let seen: Awaited<ReturnType<typeof startUpstream>>["requests"] = [];

/** What `tau models show` says of a model with these settings. */
const ofModel = (more: object, expected: object): FlagCase => ({
  machine: { settings: { models: { "anthropic/claude-sonnet-4-6": more } } },
  words: ["models", "show", "anthropic/claude-sonnet-4-6", "--json"],
  proof: ({ stdout }) => expect(JSON.parse(stdout)).toMatchObject(expected),
});
const usual = { input: 1, output: 2 };
const priced = (more: object, rates: object): FlagCase =>
  ofModel({ price: { ...usual, ...more } }, { price: { rates } });

const events = ({ stdout }: Ran): { type: string; [field: string]: unknown }[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** By the setting's dotted name. */
export const runSettings = {
  model: run({ model: haiku }, asked(/claude-haiku/)),
  effort: run({ effort: "low" }, asked(/"effort":"low"/)),
  mode: run({ mode: "edit" }, (ran) => expect(holds(ran)).toBe("a stone"), { script: [writes] }),
  "permissions.allow": run(
    { permissions: { allow: ["Edit(stone.txt)"] } },
    (ran) => expect(holds(ran)).toBe("a stone"),
    {
      script: [writes],
    },
  ),
  "permissions.preset": run(
    { permissions: { preset: "permissive" } },
    (ran) => expect(holds(ran)).toBe("a stone"),
    { script: [writes] },
  ),
  "permissions.ask": run(
    { mode: "full", permissions: { ask: ["Edit(stone.txt)"] } },
    (ran) => expect([holds(ran), ran.machine.fake.requests.length]).toEqual([null, 2]),
    { script: [writes] },
  ),
  "permissions.deny": run(
    { mode: "full", permissions: { deny: ["Edit(stone.txt)"] } },
    (ran) => expect([holds(ran), ran.machine.fake.requests.length]).toEqual([null, 2]),
    { script: [writes] },
  ),
  "budgets.run.usd": run({ budgets: { run: dollar } }, refused),
  "budgets.run.tokens": run({ budgets: { run: token } }, refused),
  "budgets.session.usd": run({ budgets: { session: dollar } }, refused),
  "budgets.session.tokens": run({ budgets: { session: token } }, refused),
  "budgets.day.usd": run({ budgets: { day: dollar } }, refused),
  "budgets.day.tokens": run({ budgets: { day: token } }, refused),
  "budgets.project.usd": run({ budgets: { project: dollar } }, refused),
  "budgets.project.tokens": run({ budgets: { project: token } }, refused),
  "limits.steps": run({ limits: { steps: 2 } }, ({ code }) => expect(code).toBe(exitCodes.limit), {
    script: [1, 2, 3, 4].map((n) => ({ calls: [{ id: `c${n}`, name: "ls", input: {} }] })),
  }),
  // It is looked at before each step: a stream that falls silent in one has a limit of its own.
  "limits.turnSeconds": run(
    { limits: { turnSeconds: 0.05 } },
    ({ code }) => expect(code).toBe(exitCodes.limit),
    {
      script: [1, 2, 3, 4].map((n) => ({
        text: "so it is",
        deltaSize: 1,
        deltaMs: 10,
        calls: [{ id: `c${n}`, name: "ls", input: {} }],
      })),
    },
  ),
  fallback: run({ fallback: [haiku], retry: { attempts: 1 } }, asked(/claude-haiku/), {
    script: firstFails(500),
  }),
  "retry.attempts": run({ retry: { attempts: 2, baseDelaySeconds: 0.01 } }, ends("unavailable", 2), {
    script: fails,
  }),
  "retry.baseDelaySeconds": run(
    { retry: { attempts: 2, baseDelaySeconds: 0.01 } },
    (ran) => {
      const scheduled = events(ran).filter(({ type }) => type === "retry.scheduled");
      expect(scheduled).toHaveLength(1);
      expect(Number(scheduled[0]?.delayMs)).toBeLessThan(100);
    },
    { script: fails, words: ["exec", "--json", "hello"] },
  ),
  "retry.maxSeconds": run(
    { retry: { baseDelaySeconds: 0.2, attempts: 2, maxSeconds: 0.01 } },
    ends("unavailable", 1),
    { script: fails },
  ),
  onLimit: run({ onLimit: "exit", fallback: [haiku] }, ends("rate_limited", 1), {
    script: firstFails(429, { "retry-after": "7200", "anthropic-ratelimit-unified-status": "rejected" }),
  }),
  evidence: run(
    { mode: "edit", evidence: "require" },
    ({ machine }) => expect(machine.fake.requests).toHaveLength(3),
    { script: [writes, { text: "Fixed the bug. All tests pass." }] },
  ),
  cacheTtl: run({ cacheTtl: "1h" }, asked(/"ttl":"1h"/)),
  compactAt: run(
    {
      compactAt: 0.3,
      models: { "anthropic/claude-sonnet-4-6": { contextWindow: 40_000, maxOutput: 4_000 } },
    },
    ({ stdout }) => expect(stdout).toContain('"type":"compaction.'),
    {
      script: () => ({ text: "answer ".repeat(300), usage: { input: 16_000 } }),
      before: async (machine) => {
        for (const n of [1, 2, 3])
          await machine.tau(["exec", ...(n > 1 ? ["-c"] : []), `${n} ${"word ".repeat(5_000)}`]);
        return "";
      },
      words: ["exec", "--continue", "--json", "and on"],
    },
  ),
  contextFileBytes: run(
    { contextFileBytes: 400 },
    (ran) => {
      expect(lastAsked(ran)).toContain("the first stone");
      expect(lastAsked(ran)).not.toContain("the last stone");
    },
    { files: { "project/AGENTS.md": `the first stone\n${"and another\n".repeat(200)}the last stone\n` } },
  ),
  environment: {
    runs: true,
    house: {
      settings: { environment: ["STONE_COLOUR"] },
      env: { STONE_COLOUR: "grey-like-rain" },
      flags: { mode: "full" },
      script: [{ calls: [{ id: "b", name: "bash", input: { command: "echo $STONE_COLOUR" } }] }],
    },
    async proof(at: Seat) {
      await at.say("go");
      expect(at.fake.requests.at(-1)?.raw).toContain("grey-like-rain");
    },
  },
  "checkpoints.enabled": lost({ enabled: false }),
  "checkpoints.maxFileBytes": lost({ maxFileBytes: 3 }),
  "checkpoints.maxProjectBytes": lost({ maxProjectBytes: 1 }),
  "checkpoints.keepDays": lost({ keepDays: 1 }, later),
  disabledTools: run({ disabledTools: ["write"] }, (ran) => {
    expect(lastAsked(ran)).toContain('"name":"read"');
    expect(lastAsked(ran)).not.toContain('"name":"write"');
  }),
  "webFetch.httpHosts": run(
    { mode: "full", webFetch: { httpHosts: ["127.0.0.1"] } },
    (ran) => {
      expect(lastAsked(ran)).toContain("tool_result");
      expect(lastAsked(ran)).not.toContain("plain http.");
    },
    { script: [{ calls: [{ id: "f", name: "web_fetch", input: { url: "http://127.0.0.1:9/" } }] }] },
  ),
  profile: run({ profile: "work", profiles: { work: { model: haiku } } }, asked(/claude-haiku/)),
  profiles: run({ profile: "work", profiles: { work: { model: haiku } } }, asked(/claude-haiku/)),
  "providers.*.dialect": atMine({}, () =>
    expect(seen.map(({ path }) => path)).toEqual(["/v1/chat/completions"]),
  ),
  "providers.*.baseUrl": atMine({}, () => expect(seen).toHaveLength(1)),
  "providers.*.apiKeyEnv": {
    ...atMine({ apiKeyEnv: "STONE_KEY" }, () =>
      expect(seen[0]?.headers.authorization).toBe("Bearer a-key-of-stone"),
    ),
    how: { env: { STONE_KEY: "a-key-of-stone" } },
  },
  "providers.*.headers.*": atMine({ headers: { "X-Stone": "grey" } }, () =>
    expect(seen[0]?.headers["x-stone"]).toBe("grey"),
  ),
  "providers.*.compat": atMine({ compat: "openai" }, () =>
    expect(Object.keys(seen[0]?.body ?? {})).toContain("max_completion_tokens"),
  ),
  "providers.*.idleTimeoutSeconds": {
    ...atMine(
      { idleTimeoutSeconds: 0.2 },
      ({ code }) => expect(code).toBe(exitCodes.unavailable),
      [{ text: "so", fault: { type: "silence", pings: false } }],
      { retry: { attempts: 1 } },
    ),
    words: ["exec", "--timeout", "3", "hello"],
  },
  "providers.*.options.*": atMine({ options: { stones: 7 } }, () => expect(seen[0]?.body.stones).toBe(7)),
  "models.*.contextWindow": ofModel({ contextWindow: 12_345 }, { contextWindow: 12_345 }),
  "models.*.maxOutput": ofModel({ maxOutput: 1_234 }, { maxOutput: 1_234 }),
  "models.*.vision": ofModel({ vision: false }, { capabilities: { vision: false } }),
  "models.*.reasoning": ofModel({ reasoning: false }, { reasoning: null }),
  "models.*.price.input": priced({ input: 7 }, { input: 7_000_000 }),
  "models.*.price.output": priced({ output: 7 }, { output: 7_000_000 }),
  "models.*.price.cacheRead": priced({ cacheRead: 7 }, { cacheRead: 7_000_000 }),
  "models.*.price.cacheWrite5m": priced({ cacheWrite5m: 7 }, { cacheWrite5m: 7_000_000 }),
  "models.*.price.cacheWrite1h": priced({ cacheWrite1h: 7 }, { cacheWrite1h: 7_000_000 }),
} satisfies { readonly [key: string]: SettingCase };

/** Cases of the variables of the environment. */
export const variables: { readonly [name: string]: FlagCase } = {
  TAU_HOME: run({}, ({ machine }) =>
    expect(existsSync(join(machine.home, ".tau", "data", "tau.db"))).toBe(true),
  ),
  TAU_MODEL: run({}, asked(/claude-haiku/), { env: { TAU_MODEL: haiku } }),
  TAU_PROFILE: run({ profiles: { work: { model: haiku } } }, asked(/claude-haiku/), {
    env: { TAU_PROFILE: "work" },
  }),
  TAU_PLAIN: says(["hello"], /^Tau in plain lines/, { machine: { env: { TAU_PLAIN: "1" } } }),
  TAU_REDUCED_MOTION: {
    machine: { env: { TAU_REDUCED_MOTION: "1", TERM: "xterm-256color" } },
    words: [],
    how: {
      terminal: [
        [/what shall/, "hello\r"],
        [/done/, "/exit\r"],
      ],
    },
    proof: ({ stdout }) => expect(stdout).not.toMatch(/working \d/),
  },
  TAU_DEBUG: {
    machine: { env: { TAU_DEBUG: "1" } },
    words: ["keys"],
    how: { bug: true },
    proof: ({ stderr }) => expect(stderr).toMatch(/internal error: Error: a bug\n +at /),
  },
};
