/** `tau doctor` and `tau config`: what is found and in force on a machine, in good order and in bad. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keys, startPty } from "./support/pty.ts";
import { model, scene } from "./support/scene.ts";
import { type Finished, launcher, runTau, type World } from "./support/tau.ts";

const tau = (world: World, ...args: string[]): Promise<Finished> => runTau(world, args);

type Checks = { checks: { name: string; state: string; detail: string; next?: string }[] };

async function json<Value>(world: World, ...args: string[]): Promise<Value> {
  const run = await tau(world, ...args);
  expect([run.code, run.stderr]).toEqual([0, ""]);
  return JSON.parse(run.stdout) as Value;
}

describe("tau doctor", () => {
  it("looks without touching the network, and with --online asks the configured host alone", async () => {
    const { world, fake, settings } = await scene();
    settings({ model });
    const offline = await json<Checks>(world, "doctor", "--json");
    expect(offline.checks.map(({ state }) => state)).not.toContain("problem");
    const keys = offline.checks.find(({ name }) => name === "keys");
    expect(keys?.detail).toMatch(/anthropic \(.*ANTHROPIC_API_KEY.*\)/);
    expect(JSON.stringify(offline)).not.toContain("test-anthropic-key");
    expect(fake.requests).toEqual([]);
    const online = await tau(world, "doctor", "--online");
    expect(online.code).toBe(0);
    expect(online.stdout).toMatch(new RegExp(`online +${new URL(fake.url).host} answers`));
    expect(fake.requests.map(({ headers }) => headers["x-api-key"])).toEqual([undefined]);
    await fake.close();
    const dead = await tau(world, "doctor", "--online");
    expect(dead.code).toBe(1);
    expect(dead.stdout).toMatch(/X +online.*\n +check the network/);
  });

  it.each([
    { what: "an unknown provider", name: "nobody/x", code: 1, says: /X +model .*nobody/ },
    {
      what: "a provider without its key",
      name: "groq/x",
      code: 1,
      says: /X +model .*groq\n +.*GROQ_API_KEY/,
    },
    {
      what: "a model nobody prices",
      name: "anthropic/claude-hiku",
      code: 0,
      says: /! +model .*unpriced\n?.*/,
    },
  ])("tells of $what before a run does", async ({ name, code, says }) => {
    const { world, settings } = await scene();
    settings({ model: name });
    const run = await runTau(world, ["doctor"], { env: { GROQ_API_KEY: "" } });
    expect(run.stdout).toMatch(says);
    expect(run.code).toBe(code);
  });

  it("names a wrong settings file and a damaged store, and what to do", async () => {
    const { world } = await scene();
    world.file("../home/.tau/config.json", '{ "mode": 1 }');
    world.file("../home/.tau/data/tau.db", "this is no database, whatever its name says ".repeat(100));
    const run = await tau(world, "doctor");
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/X +settings .*config\.json:1:11/);
    expect(run.stdout).toMatch(/X +store .*tau\.db is damaged[\s\S]*mv '/);
  });

  it("has a next step for whatever is wrong, however much that is", async () => {
    const { world } = await scene();
    expect((await tau(world, "exec", "-m", "demo/fix", "hello")).code).toBe(0);
    const home = world.env.TAU_HOME ?? "";
    writeFileSync(join(home, "config.json"), '{ "permissions": { "deny": ["Bsah"] } }');
    writeFileSync(join(home, "credentials.json"), '{ "groq": "gsk-secret-value" }');
    chmodSync(join(home, "config.json"), 0o666);
    chmodSync(join(home, "credentials.json"), 0o644);
    chmodSync(join(home, "data"), 0o755);
    const env = { HTTPS_PROXY: "socks5://ann:s3cret@127.0.0.1:1" };
    const run = await runTau(world, ["doctor", "--json"], { env });
    expect(run.code).toBe(1);
    expect(run.stdout).not.toMatch(/gsk-secret-value|s3cret/);
    const { checks } = JSON.parse(run.stdout) as Checks;
    const wrong = checks.filter(({ state }) => state !== "ok");
    expect(wrong.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "privacy problem",
      "privacy warning",
      "settings problem",
      "credentials problem",
      "proxies problem",
    ]);
    for (const { next, name } of wrong) expect(next, name).toMatch(/./);
    expect(checks.find(({ name }) => name === "store")).toMatchObject({
      state: "ok",
      detail: expect.stringMatching(/1 sessions.* intact/),
    });
  });

  it("--fix mends what is open to others, after a yes alone, and looks again", async () => {
    const { world } = await scene();
    const home = world.env.TAU_HOME ?? "";
    mkdirSync(join(home, "data"), { recursive: true });
    writeFileSync(join(home, "credentials.json"), "{}");
    chmodSync(home, 0o777);
    chmodSync(join(home, "credentials.json"), 0o644);
    const mode = (path: string): number => statSync(path).mode & 0o777;
    const plain = await tau(world, "doctor");
    expect([plain.code, plain.stdout.includes("tau doctor --fix mends 2 of these")]).toEqual([1, true]);
    const silent = await tau(world, "doctor", "--fix");
    expect([silent.code, silent.stderr]).toEqual([
      2,
      expect.stringMatching(/a yes is needed\n +tau doctor --fix --yes/),
    ]);
    expect([mode(home), mode(join(home, "credentials.json"))]).toEqual([0o777, 0o644]);
    const mended = await tau(world, "doctor", "--fix", "--yes");
    expect([mended.code, mended.stderr]).toEqual([0, ""]);
    expect(mended.stdout.match(/^done: /gm)).toHaveLength(2);
    expect([mode(home) & 0o022, mode(join(home, "credentials.json"))]).toEqual([0, 0o600]);
    expect((await tau(world, "doctor", "--fix")).stdout).toMatch(
      /nothing here that tau doctor --fix can mend/,
    );
    expect((await tau(world, "doctor", "--yes")).code).toBe(2);
  });

  it("finds what lies about, names the command for each, and --fix does them all: but a person's own words stay", async () => {
    const { world } = await scene();
    const home = join(world.env.TAU_HOME ?? "", "it's here");
    const shellFile = join(world.home, ".local/share/bash-completion/completions/tau");
    const longAgo = Date.now() / 1000 - 3600;
    for (const folder of [join(home, "state"), join(shellFile, "..")]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(home, "state/onboarding.json"), "what { is this");
    for (const name of ["config.json.lock", "credentials.json.lock"]) writeFileSync(join(home, name), "{}");
    utimesSync(join(home, "config.json.lock"), longAgo, longAgo);
    writeFileSync(shellFile, "# Completions of tau for bash, of an older one");
    const env = { TAU_HOME: home, SHELL: "/bin/bash" };
    const found = (await runTau(world, ["doctor"], { env })).stdout;
    for (const command of [
      /rm '.*it'\\''s here\/config\.json\.lock'$/m,
      /mv '.*onboarding\.json' '.*onboarding\.json\.damaged'$/m,
      /tau completion bash > .*completions\/tau$/m,
    ])
      expect(found).toMatch(command);
    expect(found).toMatch(/--fix mends [34] of these/);
    const mended = await runTau(world, ["doctor", "--fix", "--yes"], { env });
    expect([mended.code, mended.stderr]).toEqual([0, ""]);
    // One is being written at this moment, for all that can be known.
    expect(readdirSync(home).filter((name) => name.endsWith(".lock"))).toEqual(["credentials.json.lock"]);
    expect(readFileSync(join(home, "state/onboarding.json.damaged"), "utf8")).toBe("what { is this");
    expect(readFileSync(shellFile, "utf8").trim()).toBe(
      (await runTau(world, ["completion", "bash"])).stdout.trim(),
    );
    writeFileSync(shellFile, "# mine");
    const again = (await runTau(world, ["doctor", "--fix"], { env })).stdout;
    expect(again).toMatch(/nothing here that tau doctor --fix can mend/);
    expect(again).not.toMatch(/left-overs|set-up|completions/);
  });

  it("--fix that is left with Ctrl+C says so, and ends as interrupted", async () => {
    const { world } = await scene();
    mkdirSync(world.env.TAU_HOME ?? "", { recursive: true, mode: 0o700 });
    chmodSync(world.env.TAU_HOME ?? "", 0o777);
    const pty = startPty(world, ["doctor", "--fix"], { columns: 200 });
    await pty.waitFor(/from others\? \[y\/N\]/);
    pty.write(keys.ctrlC);
    expect((await pty.ended).code).toBe(130);
    expect(pty.screen()).toMatch(/stopped at the question/);
  });

  it("--fix asks on a terminal, and a no changes nothing", async () => {
    const { world } = await scene();
    const path = join(world.env.TAU_HOME ?? "", "credentials.json");
    mkdirSync(world.env.TAU_HOME ?? "", { recursive: true, mode: 0o700 });
    writeFileSync(path, "{}");
    chmodSync(path, 0o644);
    const answer = async (word: string): Promise<number> => {
      const pty = startPty(world, ["doctor", "--fix"], { columns: 200 });
      await pty.waitFor(/Close .*credentials\.json to others\? \[y\/N\]/);
      pty.write(`${word}\r`);
      await pty.ended;
      return statSync(path).mode & 0o777;
    };
    expect(await answer("n")).toBe(0o644);
    expect(await answer("y")).toBe(0o600);
  });

  it.each([
    ["a home that is a file", (world: World) => writeFileSync(world.env.TAU_HOME ?? "", ""), "folders"],
    [
      "a home that leads nowhere",
      (world: World) => symlinkSync("/nowhere/at/all", world.env.TAU_HOME ?? ""),
      "folders",
    ],
    [
      "a ledger that is a folder",
      (world: World) => mkdirSync(join(world.env.TAU_HOME ?? "", "data/tau.db"), { recursive: true }),
      "store",
    ],
  ])("works with %s", async (_, spoil, name) => {
    const { world } = await scene();
    spoil(world);
    const run = await tau(world, "doctor", "--json");
    expect([run.code, run.stderr]).toEqual([1, ""]);
    const { checks } = JSON.parse(run.stdout) as Checks;
    expect(checks.find((check) => check.name === name && check.state === "problem")?.next).toMatch(/./);
  });

  it("finds a ledger that was cut short, without changing it", async () => {
    const { world } = await scene();
    expect((await tau(world, "exec", "-m", "demo/fix", "hello")).code).toBe(0);
    const path = join(world.env.TAU_HOME ?? "", "data/tau.db");
    truncateSync(path, 5 * 4096);
    const before = readFileSync(path);
    const run = await tau(world, "doctor", "--store");
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^X {2}store .*damaged.*\n +.*mv '/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("works in a folder that is gone", async () => {
    const { world } = await scene();
    const line = 'mkdir gone && cd gone && rmdir ../gone && "$0" "$1" doctor --json';
    const run = spawnSync("/bin/sh", ["-c", line, process.execPath, launcher], {
      ...{ cwd: world.project, env: world.env, encoding: "utf8" },
    });
    const { checks } = JSON.parse(run.stdout) as Checks;
    expect(checks.find(({ name }) => name === "settings")).toMatchObject({
      state: "problem",
      detail: expect.stringMatching(/working directory is gone/),
    });
    expect([run.status, run.stderr]).toEqual([1, ""]);
  });
});

describe("tau config", () => {
  it("lists what is in force, from where, and what a project's file may not set", async () => {
    const { world, settings } = await scene();
    settings({ limits: { steps: 7 }, providers: { work: { headers: { "x-key": "s3cret" } } } });
    world.file(".tau/config.json", '{\n  "mode": "full",\n  "disabledTools": ["bash"]\n}');
    const text = (await tau(world, "config", "list", "--origin")).stdout;
    expect(text).toMatch(/^limits\.steps +7 +user \/.*config\.json:1:20$/m);
    expect(text).toMatch(/^disabledTools +bash +project \/.*config\.json:3:21$/m);
    expect(text).toMatch(/^mode +ask +built-in$/m);
    expect(text).toMatch(/^mode +full +project .*:2:11 +\(ignored: /m);
    expect(text).not.toContain("s3cret");
    const listed = await json<{ key: string; value: unknown; layer: string }[]>(world, "config", "--json");
    expect(listed).toContainEqual({
      key: "model",
      value: expect.any(String),
      layer: "built-in",
      place: null,
    });
    settings({ mdoe: "ask" });
    const broken = await tau(world, "config", "list");
    expect([broken.code, broken.stdout]).toEqual([3, ""]);
    expect(broken.stderr).toMatch(/config\.json:1:2: there is no setting mdoe; did you mean mode/);
  });
});
