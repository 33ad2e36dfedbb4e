/** Cases of the options of the commands that only look, and of those that write settings, keys and sessions. */
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect } from "vitest";
import type { Settings } from "../../../src/config/settings.ts";
import { exitCodes } from "../../../src/core/errors.ts";
import type { Machine } from "../../support/command-line.ts";
import type { FakeAnswer } from "../../support/upstream/script.ts";
import { type FlagCase, printsJson, type Ran, saidBefore, says } from "./case.ts";

const haiku = "anthropic/claude-haiku-4-5";

/** A session of another folder. */
async function saidElsewhere({ tau, cwd }: Machine): Promise<string> {
  const folder = join(cwd, "..", "other");
  mkdirSync(join(folder, ".git"), { recursive: true });
  await tau(["exec", "--cwd", folder, "stones elsewhere"]);
  return folder;
}

/** Two sessions, the second of which has two prompts; its id. */
async function twoSessions(machine: Machine): Promise<string> {
  await saidBefore(machine, "stones of one session");
  const id = await saidBefore(machine);
  await machine.tau(["exec", "--continue", "the newer stones"]);
  return id;
}

/** A session with enough in it to be compacted; its id. */
async function longSession(machine: Machine): Promise<string> {
  const words = (n: number): string => `SUMMARY-ME ${n} ${"word ".repeat(400)}`;
  const id = await saidBefore(machine, words(1));
  for (const n of [2, 3, 4]) await machine.tau(["exec", "--continue", words(n)]);
  return id;
}
const long = {
  before: longSession,
  machine: {
    script: ({ raw }: { raw: string }): FakeAnswer =>
      raw.includes("SUMMARY-ME") && !raw.includes("answer this")
        ? { text: "answer ".repeat(2000) }
        : { text: "done" },
  },
};

async function exported(machine: Machine): Promise<string> {
  const id = await saidBefore(machine);
  const file = join(machine.cwd, "..", "exported.jsonl");
  writeFileSync(file, (await machine.tau(["sessions", "export", id])).stdout);
  await machine.tau(["sessions", "delete", id, "--yes"]);
  return file;
}

const layStone = { id: "w", name: "write", input: { path: "stone.txt", content: "a stone" } };

/** Other rules, held against a session whose model wished to write a file. */
const simulated = (words: readonly string[], expected: RegExp, settings: Settings = {}): FlagCase =>
  says(["policy", "simulate", ...words], expected, {
    machine: {
      settings,
      script: [{ calls: [layStone] }],
      files: { "project/other.json": '{ "mode": "edit" }' },
    },
    before: saidBefore,
  });

/** A session whose turn made a file; its id. */
const laid = {
  machine: {
    settings: { mode: "edit" },
    script: [{ calls: [{ id: "w", name: "write", input: { path: "stone.txt", content: "a stone" } }] }],
  },
  before: saidBefore,
} satisfies Partial<FlagCase>;
const changedSince: Partial<FlagCase> = {
  async before(machine) {
    const id = await saidBefore(machine);
    writeFileSync(join(machine.cwd, "stone.txt"), "carved since");
    return id;
  },
};
/** Goes back, and looks at what the file holds then; null for nothing. */
const stone = (options: readonly string[], holds: string | null, more: Partial<FlagCase> = {}): FlagCase => ({
  ...laid,
  ...more,
  words: ["sessions", "rewind", "ID", ...options],
  proof({ code, machine, stderr }) {
    const file = join(machine.cwd, "stone.txt");
    expect([code, existsSync(file) ? readFileSync(file, "utf8") : null], stderr).toEqual([0, holds]);
  },
});

/** Leaves the journal of a process that ended when it was about to take the stone away. */
function cutOff({ home }: Machine): void {
  const folder = join(home, ".tau/data/checkpoints");
  const [name = ""] = readdirSync(folder).filter((one) => one.endsWith(".db"));
  const sql = new Sqlite(join(folder, name));
  const made = sql.prepare("SELECT after FROM changes WHERE path = 'stone.txt'").pluck().get();
  const action = sql
    .prepare(
      `INSERT INTO actions (kind, session, at, opened, paths, pid, started)
       SELECT 'undo', session, at, opened, '["stone.txt"]', 4194305, 'long ago' FROM actions LIMIT 1`,
    )
    .run().lastInsertRowid;
  const steps = [{ path: "stone.txt", from: JSON.parse(String(made)), to: null }];
  sql.prepare("INSERT INTO restores VALUES (?, ?, 0)").run(action, JSON.stringify(steps));
  sql.close();
}

const rowsOf = (stdout: string): string[] => stdout.trim().split("\n").slice(1);

const sessions: { readonly [option: string]: FlagCase } = {
  "list --json": printsJson(["sessions", "list", "--json"], { before: saidBefore }),
  "list --all": says(["sessions", "list", "--all"], /stones elsewhere/, { before: saidElsewhere }),
  "list --limit": {
    before: twoSessions,
    words: ["sessions", "list", "--limit", "1"],
    proof: ({ stdout }) => expect(rowsOf(stdout)).toHaveLength(1),
  },
  "show --json": printsJson(["sessions", "show", "ID", "--json"], { before: saidBefore }),
  "search --json": printsJson(["sessions", "search", "stones", "--json"], { before: saidBefore }),
  "search --all": says(["sessions", "search", "stones", "--all"], /elsewhere/, { before: saidElsewhere }),
  "search --limit": {
    before: twoSessions,
    words: ["sessions", "search", "stones", "--limit", "1"],
    proof: ({ stdout }) => expect(stdout.match(/stones/g)?.length).toBeLessThanOrEqual(2),
  },
  "export --format": says(["sessions", "export", "ID", "--format", "markdown"], /^# /, {
    before: saidBefore,
  }),
  "import --json": printsJson(["sessions", "import", "ID", "--json"], { before: exported }),
  "delete --json": printsJson(["sessions", "delete", "ID", "--yes", "--json"], { before: saidBefore }),
  "delete --yes": says(["sessions", "delete", "ID", "--yes"], /^Deleted/, { before: saidBefore }),
  "tree --json": printsJson(["sessions", "tree", "ID", "--json"], { before: saidBefore }),
  "rewind --json": printsJson(["sessions", "rewind", "ID", "--json"], { before: saidBefore }),
  "rewind --to": {
    before: twoSessions,
    words: ["sessions", "rewind", "ID", "--to", "1"],
    async proof({ machine }) {
      await machine.tau(["exec", "--continue", "and now"]);
      const asked = machine.fake.requests.at(-1)?.raw;
      expect(asked).toContain("and now");
      expect(asked).not.toContain("the old stones");
    },
  },
  // It is what happens without it: all it does is to refuse the other two.
  "rewind --conversation": {
    ...laid,
    words: ["sessions", "rewind", "ID", "--conversation", "--files"],
    proof: ({ code, stderr }) => expect([code, stderr]).toEqual([2, expect.stringContaining("exclude")]),
  },
  "rewind --files": stone(["--files"], null),
  "rewind --both": stone(["--both"], null),
  "rewind --dry-run": stone(["--both", "--dry-run"], "a stone"),
  "rewind --diff": says(
    ["sessions", "rewind", "ID", "--both", "--dry-run", "--diff"],
    /removed: a stone/,
    laid,
  ),
  "rewind --overwrite": stone(["--files", "--overwrite"], null, changedSince),
  "rewind --skip": stone(["--files", "--skip"], "carved since", changedSince),
  "fork --json": printsJson(["sessions", "fork", "ID", "--json"], { before: saidBefore }),
  "label --json": printsJson(["sessions", "label", "ID", "a cathedral", "--json"], { before: saidBefore }),
  "label --at": {
    before: saidBefore,
    words: ["sessions", "label", "ID", "a cathedral", "--at", "1"],
    async proof({ machine }) {
      const [session] = JSON.parse((await machine.tau(["sessions", "list", "--json"])).stdout);
      const tree = JSON.parse((await machine.tau(["sessions", "tree", session.id, "--json"])).stdout);
      expect([session.title, tree.points[0].label]).toEqual(["the old stones", "a cathedral"]);
    },
  },
  "compact --preview": {
    ...long,
    words: ["sessions", "compact", "ID", "--preview"],
    proof({ stdout, machine }) {
      expect(stdout).toMatch(/Nothing was changed and nothing spent/);
      expect(machine.fake.requests).toHaveLength(4);
    },
  },
  "compact --focus": {
    ...long,
    words: ["sessions", "compact", "ID", "--focus", "the stones"],
    proof: ({ machine }) => expect(machine.fake.requests.at(-1)?.raw).toContain("the stones"),
  },
  "compact --model": {
    ...long,
    words: ["sessions", "compact", "ID", "--model", haiku],
    proof: ({ machine }) => expect(machine.fake.requests.at(-1)?.body.model).toContain("haiku"),
  },
  "compact --max-cost": {
    ...long,
    words: ["sessions", "compact", "ID", "--max-cost", "0.000001"],
    proof({ code, machine }) {
      expect(machine.fake.requests).toHaveLength(4);
      expect(code).toBe(exitCodes.budget);
    },
  },
  "compact --json": printsJson(["sessions", "compact", "ID", "--json"], long),
  "compact --undo": {
    ...long,
    async before(machine) {
      const id = await longSession(machine);
      await machine.tau(["sessions", "compact", id]);
      return id;
    },
    words: ["sessions", "compact", "ID", "--undo"],
    proof: ({ stdout }) => expect(stdout).toMatch(/^Taken back/),
  },
};

const checkpoints: { readonly [option: string]: FlagCase } = {
  "list --json": printsJson(["checkpoints", "list", "--json"]),
  "collect --json": printsJson(["checkpoints", "collect", "--json"]),
  "finish --json": printsJson(["checkpoints", "finish", "--json"]),
  "finish --undo": {
    ...laid,
    async before(machine) {
      await saidBefore(machine);
      cutOff(machine);
      return "";
    },
    words: ["checkpoints", "finish", "--undo"],
    proof({ stdout, machine }) {
      expect(stdout).toMatch(/^Taken back: 1 path/);
      expect(readFileSync(join(machine.cwd, "stone.txt"), "utf8")).toBe("a stone");
    },
  },
};

const cost: { readonly [option: string]: FlagCase } = {
  "--by": says(["cost", "all", "--by", "day"], /\d{4}-\d\d-\d\d/, { before: saidBefore }),
  "--session": {
    before: twoSessions,
    words: ["cost", "--session", "ID", "--json"],
    proof: ({ stdout }) => expect(JSON.parse(stdout).total.usage.input).toBe(200),
  },
  "--json": printsJson(["cost", "--json"], { before: saidBefore }),
  "--csv": says(["cost", "--csv"], /^[a-z_]+,[a-z_,0-9]+\n/, { before: saidBefore }),
};

const leftOver = (machine: Machine): string => join(machine.home, ".tau", "config.json.new");

async function leaves(machine: Machine): Promise<string> {
  writeFileSync(leftOver(machine), "{}");
  utimesSync(leftOver(machine), 0, 0);
  return "";
}

const doctor: { readonly [option: string]: FlagCase } = {
  "--online": {
    words: ["doctor", "--online"],
    proof: ({ machine }) => expect(machine.fake.requests.length).toBeGreaterThan(0),
  },
  "--profile": says(["doctor", "--profile", "work"], /haiku/, {
    machine: { settings: { profiles: { work: { model: haiku } } } },
  }),
  "--fix": {
    before: leaves,
    words: ["doctor", "--fix", "--yes"],
    proof: ({ machine }) => expect(existsSync(leftOver(machine))).toBe(false),
  },
  "--yes": {
    before: leaves,
    words: ["doctor", "--fix", "--yes"],
    proof: ({ machine }) => expect(existsSync(leftOver(machine))).toBe(false),
  },
  "--store": {
    before: saidBefore,
    words: ["doctor", "--store"],
    proof({ stdout }) {
      expect(stdout).toMatch(/store/);
      expect(stdout).not.toMatch(/node/);
    },
  },
  "--json": printsJson(["doctor", "--json"]),
};

const script = ["onboard", "--non-interactive"];
const settingsSay = (words: readonly string[], expected: object, more: Partial<FlagCase> = {}): FlagCase => ({
  words: [...script, ...words],
  ...more,
  proof: ({ machine, stderr }) => expect(machine.config(), stderr).toMatchObject(expected),
});
const secret = "sk-test-0123456789abcdef";
const credentials = ({ machine }: Ran): string => {
  const file = join(machine.home, ".tau", "credentials.json");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

/** A terminal, and no server on this machine. */
const asked = {
  terminal: [],
  env: Object.fromEntries(
    ["OLLAMA_HOST", "LMSTUDIO_BASE_URL", "LLAMACPP_BASE_URL", "VLLM_BASE_URL"].map((name) => [
      name,
      "http://127.0.0.1:9/v1",
    ]),
  ),
} as const;

const onboard: { readonly [option: string]: FlagCase } = {
  "--profile": settingsSay(["--mode", "edit", "--profile", "work"], { profiles: { work: { mode: "edit" } } }),
  "--plain": says(["onboard", "--plain"], /Which one\?[\s\S]*1\. /, { how: asked }),
  "--restart": says(["onboard", "--plain", "--restart"], /Which one\?/, {
    how: asked,
    async before({ home }) {
      const folder = join(home, ".tau", "state");
      mkdirSync(folder, { recursive: true });
      const kept = { v: 1, profile: null, done: ["provider", "model", "probe"], setup: {} };
      writeFileSync(join(folder, "onboarding.json"), JSON.stringify(kept));
      return "";
    },
  }),
  "--non-interactive": settingsSay(["--mode", "edit"], { mode: "edit" }),
  "--answers": settingsSay(
    ["--answers", "answers.json"],
    { mode: "plan" },
    {
      machine: { files: { "project/answers.json": '{"mode": "plan"}' } },
    },
  ),
  "--provider": {
    words: [...script, "--mode", "edit", "--provider", "anthropic"],
    proof: ({ machine }) => expect(machine.config().model).not.toBe("anthropic/claude-sonnet-4-6"),
  },
  "--base-url": settingsSay(
    ["--provider", "mine", "--base-url", "http://127.0.0.1:9/v1", "--model", "mine/stone"],
    { providers: { mine: { baseUrl: "http://127.0.0.1:9/v1" } } },
  ),
  "--key-env": settingsSay(
    ["--provider", "anthropic", "--key-env", "STONE_KEY"],
    { providers: { anthropic: { apiKeyEnv: "STONE_KEY" } } },
    { how: { env: { STONE_KEY: secret } } },
  ),
  "--key-stdin": {
    words: [...script, "--provider", "anthropic", "--key-stdin"],
    how: { stdin: `${secret}\n` },
    proof: (ran) => expect(credentials(ran)).toContain(secret),
  },
  "--model": settingsSay(["--mode", "edit", "--model", haiku], { model: haiku }),
  "--mode": settingsSay(["--theme", "dark", "--mode", "edit"], { mode: "edit" }),
  "--daily-budget": settingsSay(["--mode", "edit", "--daily-budget", "5"], { budgets: { day: { usd: 5 } } }),
  "--theme": settingsSay(["--mode", "edit", "--theme", "dark"], { theme: "dark" }),
  // The provider says no, and so nothing is written.
  "--check": {
    words: [...script, "--provider", "anthropic", "--mode", "edit", "--check"],
    proof: ({ code, machine }) => expect([code === 0, machine.config().mode]).toEqual([false, undefined]),
  },
  "--json": printsJson([...script, "--mode", "edit", "--json"]),
};

const mine = {
  providers: {
    mine: { dialect: "chat-completions", baseUrl: "http://127.0.0.1:9/v1", apiKeyEnv: "STONE_KEY" },
  },
} as const;
const ofWork = { settings: { profiles: { work: mine } } };
const keep = (provider: string): readonly string[] => ["auth", "login", provider, "--stdin", "--no-check"];

const auth: { readonly [option: string]: FlagCase } = {
  "login --stdin": {
    words: keep("anthropic"),
    how: { stdin: secret },
    proof: (ran) => expect(credentials(ran)).toContain(secret),
  },
  "login --no-check": {
    words: keep("anthropic"),
    how: { stdin: secret },
    proof: (ran) => expect(credentials(ran)).toContain(secret),
  },
  "login --profile": {
    machine: ofWork,
    words: [...keep("mine"), "--profile", "work"],
    how: { stdin: secret },
    proof: (ran) => expect(credentials(ran)).toContain("mine"),
  },
  "logout --all": {
    async before({ tau }) {
      for (const provider of ["anthropic", "openai"]) await tau(keep(provider), { stdin: secret });
      return "";
    },
    words: ["auth", "logout", "--all"],
    proof: (ran) => expect([ran.code, credentials(ran).includes(secret)]).toEqual([0, false]),
  },
  "status --json": printsJson(["auth", "status", "--json"]),
  "status --profile": says(["auth", "status", "--profile", "work"], /^mine /m, {
    machine: ofWork,
    how: { env: { STONE_KEY: secret } },
  }),
};

const profiled = { settings: { mode: "plan", profiles: { work: { mode: "edit" } } } } as const;
const inFile = (
  words: readonly string[],
  file: string,
  expected: RegExp,
  more: Partial<FlagCase> = {},
): FlagCase => ({
  words,
  ...more,
  proof({ machine, stderr }) {
    const path = join(machine.cwd, "..", file);
    expect(existsSync(path) ? readFileSync(path, "utf8") : "", stderr).toMatch(expected);
  },
});
const [project, local, own] = [
  "project/.tau/config.json",
  "project/.tau/config.local.json",
  "home/.tau/config.json",
];
const tight = '{"mode": "plan", "disabledTools": ["bash"]}';
const edited = { machine: { files: { "new.json": tight } }, how: { env: { EDITOR: "cp ../new.json" } } };
const inWork = /"profiles": ?\{\s*"work": ?\{\s*"mode": ?"plan"/;

const config: { readonly [option: string]: FlagCase } = {
  "list --profile": says(["config", "list", "--profile", "work"], /mode +edit/, { machine: profiled }),
  "list --origin": says(["config", "list", "--origin"], /config\.json:1:/),
  "list --json": printsJson(["config", "list", "--json"]),
  "get --profile": says(["config", "get", "mode", "--profile", "work"], /^edit$/m, { machine: profiled }),
  "get --origin": says(["config", "get", "mode", "--origin"], /^plan {2}\(user .*config\.json:1:/, {
    machine: profiled,
  }),
  "get --json": printsJson(["config", "get", "mode", "--json"], { machine: profiled }),
  "set --project": inFile(["config", "set", "mode", "plan", "--project"], project, /"plan"/),
  "set --local": inFile(["config", "set", "mode", "plan", "--local"], local, /"plan"/),
  "set --profile": inFile(["config", "set", "mode", "plan", "--profile", "work"], own, inWork),
  "unset --project": inFile(["config", "unset", "mode", "--project"], project, /^(?!.*mode).*bash/s, {
    machine: { files: { [project]: tight } },
  }),
  "unset --local": inFile(["config", "unset", "mode", "--local"], local, /^(?!.*mode).*bash/s, {
    machine: { files: { [local]: tight } },
  }),
  "unset --profile": inFile(["config", "unset", "mode", "--profile", "work"], own, /^(?!.*"edit").*"plan"/s, {
    machine: profiled,
  }),
  "edit --project": inFile(["config", "edit", "--project"], project, /bash/, edited),
  "edit --local": inFile(["config", "edit", "--local"], local, /bash/, edited),
  "path --project": says(["config", "path", "--project"], /project\/\.tau\/config\.json$/m),
  "path --local": says(["config", "path", "--local"], /config\.local\.json$/m),
};

const settled = { settings: { keys: { composer: { stash: ["f9"] } } } };

const others: { readonly [option: string]: FlagCase } = {
  "models --provider": {
    words: ["models", "list", "--provider", "anthropic"],
    proof: ({ stdout }) =>
      expect(
        rowsOf(stdout)
          .slice(0, -2)
          .every((row) => row.startsWith("anthropic/")),
      ).toBe(true),
  },
  "models --profile": says(["models", "show", "mine/stone", "--profile", "work"], /mine\/stone/, {
    machine: ofWork,
  }),
  "models --json": printsJson(["models", "show", haiku, "--json"]),
  "keys --default": {
    machine: settled,
    words: ["keys", "--default"],
    proof: ({ stdout }) => expect(stdout).not.toContain("f9"),
  },
  "keys --json": printsJson(["keys", "--json"]),
  "policy list --json": printsJson(["policy", "list", "--json"]),
  "policy explain --mode": says(["policy", "explain", "make it", "--mode", "full"], /, mode full$/m),
  "policy explain --json": printsJson(["policy", "explain", "make it", "--json"]),
  "policy presets --json": printsJson(["policy", "presets", "--json"]),
  "policy simulate --json": printsJson(["policy", "simulate", "--json"]),
  "policy simulate --allow": simulated(
    ["--allow", "Edit(stone.txt)"],
    /1 asked, 0 with.*\n\nwould run without/,
  ),
  "policy simulate --ask": simulated(["--ask", "Edit(stone.txt)"], /would be asked/, { mode: "edit" }),
  "policy simulate --deny": simulated(["--deny", "Edit(stone.txt)"], /would be refused/),
  "policy simulate --without": simulated(["--without", "Edit(stone.txt)"], /would be asked/, {
    permissions: { allow: ["Edit(stone.txt)"] },
  }),
  "policy simulate --preset": simulated(["--preset", "permissive"], /preset permissive/),
  "policy simulate --mode": simulated(["--mode", "edit"], /mode:edit/),
  "policy simulate --config": simulated(["--config", "other.json"], /mode:edit/),
  "policy simulate --all": { ...simulated(["--all"], /^1 calls of all projects/), before: saidElsewhere },
  "policy simulate --limit": {
    ...simulated(["--limit", "1"], /^1 calls/),
    machine: { script: [{ calls: [layStone, { ...layStone, id: "again" }] }] },
  },
  "mcp list --json": printsJson(["mcp", "list", "--json"]),
  "mcp get --json": printsJson(["mcp", "get", "stone", "--json"], {
    machine: { settings: { mcpServers: { stone: { command: "true" } } } },
  }),
  "mcp allow --yes": says(["mcp", "allow", "stone", "--yes"], /may be started/, {
    machine: { files: { "project/.mcp.json": '{"mcpServers": {"stone": {"command": "true"}}}' } },
  }),
  "mcp add --url": {
    words: ["mcp", "add", "stone", "--url", "http://127.0.0.1:9/mcp"],
    proof: ({ machine }) =>
      expect(machine.config().mcpServers).toEqual({ stone: { url: "http://127.0.0.1:9/mcp" } }),
  },
  "mcp add --env": {
    words: ["mcp", "add", "stone", "--env", "COLOUR=grey", "--", "true"],
    proof: ({ machine }) => expect(machine.config().mcpServers?.stone?.env).toEqual({ COLOUR: "grey" }),
  },
  "mcp add --header": {
    words: ["mcp", "add", "stone", "--url", "http://127.0.0.1:9/mcp", "--header", "X-Stone: grey"],
    proof: ({ machine }) =>
      expect(machine.config().mcpServers?.stone?.headers).toEqual({ "X-Stone": "grey" }),
  },
  "mcp add --tools": {
    words: ["mcp", "add", "stone", "--tools", "lay, carve", "--", "true"],
    proof: ({ machine }) => expect(machine.config().mcpServers?.stone?.tools).toEqual(["lay", "carve"]),
  },
};

const under = (command: string, cases: { readonly [option: string]: FlagCase }): [string, FlagCase][] =>
  Object.entries(cases).map(([option, one]) => [`tau ${command}${option}`, one]);

/** By the option's whole name. */
export const commandCases: { readonly [option: string]: FlagCase } = Object.fromEntries([
  ...under("sessions ", sessions),
  ...under("checkpoints ", checkpoints),
  ...under("cost ", cost),
  ...under("doctor ", doctor),
  ...under("onboard ", onboard),
  ...under("auth ", auth),
  ...under("config ", config),
  ...under("", others),
]);
