/** Strange places to start Tau in: each ends in a sentence and a next step, and leaves nothing behind. */
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scene } from "./support/scene.ts";
import { launcher, runTau } from "./support/tau.ts";

describe("a strange place to start in", () => {
  it.each(["exec hi", "cost", "sessions list", "config", ""])("gone: tau %s", async (command) => {
    const { world } = await scene();
    const line = 'mkdir gone && cd gone && rmdir ../gone && "$0" "$@"';
    const args = ["-c", line, process.execPath, launcher, ...command.split(" ").filter(Boolean)];
    const run = spawnSync("/bin/sh", args, { cwd: world.project, env: world.env, encoding: "utf8" });
    expect([run.status, run.stderr]).toEqual([
      2,
      expect.stringMatching(/^tau: the working directory is gone.*\n {5}cd /),
    ]);
  });

  it("without a home nothing is written into the working directory", async () => {
    const { world } = await scene();
    const before = readdirSync(world.project);
    for (const HOME of ["", "somewhere"])
      expect((await runTau(world, ["schema", "config"], { env: { HOME, TAU_HOME: "" } })).code).toBe(0);
    const relative = await runTau(world, ["exec", "hi"], { env: { TAU_HOME: "somewhere" } });
    expect([relative.code, relative.stderr]).toEqual([
      3,
      expect.stringMatching(/TAU_HOME is somewhere.*\n +write it/),
    ]);
    expect(readdirSync(world.project)).toEqual(before);
  });

  it.each(["exec hi", "sessions list", "cost"])("a TAU_HOME that is a file: tau %s", async (command) => {
    const { world } = await scene();
    writeFileSync(world.env.TAU_HOME ?? "", "");
    const run = await runTau(world, command.split(" "));
    expect([run.code, run.stderr]).toEqual([
      1,
      expect.stringMatching(/cannot be opened.*\n +.*set TAU_HOME/),
    ]);
  });

  it.each([
    ["", /config\.json is empty\n +write \{\}/],
    ["\u0001\u0002\u0003 {", /config\.json:1:1: .*\n +tau config edit .*correct the JSON/],
  ])("settings of %j", async (text, says) => {
    const { world } = await scene();
    world.file("../home/.tau/config.json", text);
    const run = await runTau(world, ["exec", "hi"]);
    expect([run.code, run.stderr]).toEqual([3, expect.stringMatching(says)]);
  });

  it("a full disk behind stdout", async () => {
    const { world } = await scene();
    const args = ["-c", '"$0" "$@" > /dev/full', process.execPath, launcher, "models", "list"];
    const run = spawnSync("/bin/sh", args, { cwd: world.project, env: world.env, encoding: "utf8" });
    expect([run.status, run.stderr]).toEqual([
      1,
      expect.stringMatching(/cannot write to standard output.*\n/),
    ]);
    expect(run.stderr).not.toContain("bug");
  });
});
