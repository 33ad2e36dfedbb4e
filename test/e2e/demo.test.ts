/** The first thing anyone runs: no key, no terminal, no network, and yet real work on a real project. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { latestSession, ledgerOf, ofType, told } from "./support/run.ts";
import { rows } from "./support/scene.ts";
import { makeWorld, runTau, type World } from "./support/tau.ts";

/** A world without keys; what the demo makes under its temporary folder goes away with it. */
function keyless(): World & { temporary: string; connections: string } {
  const world = makeWorld();
  onTestFinished(world.remove);
  const temporary = join(world.home, "tmp");
  const connections = join(world.home, "connections");
  mkdirSync(temporary);
  world.env.TMPDIR = temporary;
  world.env.TAU_TEST_CONNECTIONS = connections;
  return { ...world, temporary, connections };
}

const watching = ["--require", join(import.meta.dirname, "support/watch-connections.cjs")];

it("tau without key and terminal runs the demo: a real test fails, a real edit mends it, the test passes", async () => {
  const world = keyless();
  const run = await runTau(world, [], { node: watching });
  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/no terminal and no provider key: running the offline demo/);
  expect(run.stderr).toMatch(/ANTHROPIC_API_KEY/);
  expect(run.stdout).toMatch(/tests pass[\s\S]*real model/);
  const folder = /scratch project in (\S+)/.exec(run.stderr)?.[1] ?? "";
  expect(folder.startsWith(world.temporary)).toBe(true);

  // The file is changed on disk, and the project's own tests, run by us, agree.
  expect(readFileSync(join(folder, "src/cart.js"), "utf8")).toContain("i < lines.length; i++");
  execFileSync(process.execPath, ["--test"], { cwd: folder, stdio: "ignore", env: { PATH: world.env.PATH } });
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: folder, encoding: "utf8" });
  expect(git("diff", "--stat")).toMatch(/src\/cart\.js \| 2 \+-/);
  git("stash", "--quiet");
  const before = spawnSync(process.execPath, ["--test"], { cwd: folder, env: { PATH: world.env.PATH } });
  expect(before.status).toBe(1);

  // The ledger tells the same: the test command failed, the edit, the test command passed.
  const id = rows<{ id: string; cwd: string }>(world, "SELECT id, cwd FROM sessions");
  expect(id).toEqual([{ id: expect.any(String), cwd: folder }]);
  const entries = await ledgerOf(world, id[0]?.id ?? "");
  const story = ofType(entries, "tool.finished").map(({ name, status, facts }) => [
    name,
    status,
    facts?.exitCode,
  ]);
  const tests = story.filter(([name]) => name === "bash");
  expect(tests[0]).toEqual(["bash", "error", 1]);
  expect(tests.at(-1)).toEqual(["bash", "ok", 0]);
  const edited = story.findIndex(([name, status]) => name === "edit" && status === "ok");
  expect(edited).toBeGreaterThan(story.findIndex(([name]) => name === "bash"));
  expect(edited).toBeLessThan(story.findLastIndex(([name]) => name === "bash"));
  expect(ofType(entries, "tool.started").filter(({ name }) => name === "bash")[0]?.input).toEqual({
    command: "node --test",
  });
  expect(ofType(entries, "turn.ended")).toMatchObject([{ reason: "done", denied: 0, cost: 0 }]);
  expect(entries[0]).toMatchObject({ type: "session.started", model: "demo/fix" });
  // It needed nobody else.
  expect(() => readFileSync(world.connections)).toThrow(/ENOENT/);
});

it("the demo model works as any model does: asked to by name, with --json, and under the same gate", async () => {
  const world = keyless();
  await runTau(world, []);
  const [{ cwd } = { cwd: "" }] = rows<{ cwd: string }>(world, "SELECT cwd FROM sessions");
  execFileSync("git", ["checkout", "--quiet", "."], { cwd });

  const denied = told(await runTau(world, ["exec", "--json", "-m", "demo/fix", "-C", cwd, "Fix the tests."]));
  expect(denied.result).toMatchObject({ exitCode: 10, reason: "denied" });
  expect(readFileSync(join(cwd, "src/cart.js"), "utf8")).toContain("lines.length - 1");

  const allow = ["--mode", "edit", "--allow", "Bash(node --test:*)", "--max-cost", "0.01"];
  const verify = ["--verify", "node --test"];
  const done = told(
    await runTau(world, [
      "exec",
      "--json",
      "-m",
      "demo/fix",
      "-C",
      cwd,
      ...allow,
      ...verify,
      "Fix the tests.",
    ]),
  );
  expect(done.result).toMatchObject({ reason: "done", cost: 0, evidence: { verify: { exitCode: 0 } } });
  expect(readFileSync(join(cwd, "src/cart.js"), "utf8")).toContain("i < lines.length; i++");

  // With nothing left to mend it says so, and goes on in the same session.
  const again = told(await runTau(world, ["exec", "--json", "-C", cwd, "-c", ...allow, "And now?"]));
  expect(again).toMatchObject({ sessionId: done.sessionId, result: { reason: "done" } });
  expect(await latestSession({ ...world, project: cwd })).toBe(done.sessionId);
});

it("with a key and no terminal, tau says what to do instead", async () => {
  const world = keyless();
  const run = await runTau(world, [], { env: { ANTHROPIC_API_KEY: "sk-ant-0123456789" } });
  expect([run.code, run.stdout]).toEqual([2, ""]);
  expect(run.stderr).toMatch(/no terminal[\s\S]*tau exec/);
});
