/** What every run loads: each of these crept in once, unseen, and cost all runs. See docs/decisions/0002-start-up.md. */
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";

const pack = resolve(import.meta.dirname, "../../dist/main.cjs");
const probe = resolve(import.meta.dirname, "support/loaded-modules.cjs");

/** Node's own modules that take 2 to 40 ms of CPU. */
const heavy = [
  "child_process",
  "dgram",
  "fs/promises",
  "internal/crypto/webcrypto",
  "internal/deps/undici/undici",
  "internal/fs/streams",
  "internal/readline/interface",
  "internal/webstreams/readablestream",
  "module",
  "timers/promises",
  "tty",
];

it("a run without tools loads none of Node's heavy modules", async () => {
  const { exec, world, settings } = await scene();
  // Checkpoints read a project ahead while a model thinks for longer than here.
  settings({ checkpoints: { enabled: false } });
  const file = join(world.home, "loaded.json");
  const run = await exec(["--no-stdin", "go"], {
    node: ["--require", probe],
    env: { TAU_TEST_LOADED: file },
  });
  expect(run.result.exitCode).toBe(0);
  const loaded = JSON.parse(readFileSync(file, "utf8")) as string[];
  expect(loaded).toContain("NativeModule http");
  expect(heavy.filter((name) => loaded.includes(`NativeModule ${name}`))).toEqual([]);
});

it("what every run compiles is small, and no schema library is in it", () => {
  const code = readFileSync(pack, "latin1");
  expect(code.length).toBeLessThan(475_000);
  expect(code).not.toContain("ZodError");
});

it("code compiled by earlier builds, and by versions of Node that are gone, does not pile up", async () => {
  const { world } = await scene();
  const cache = join(world.env.TAU_HOME ?? "", "cache");
  const own = `code-${process.version}-${process.arch}`;
  const longAgo = Date.now() / 1000 - 40 * 86_400;
  for (const folder of [own, "code-v18.0.0-x64", "code-v99.0.0-x64"])
    mkdirSync(join(cache, folder), { recursive: true });
  for (const name of ["main.cjs-1-1", "chunk-GONE0000.cjs-5-1", "main.cjs-1-2.77", "main.cjs-1-2.78"])
    writeFileSync(join(cache, own, name), "");
  utimesSync(join(cache, own, "main.cjs-1-2.77"), longAgo, longAgo);
  utimesSync(join(cache, "code-v18.0.0-x64"), longAgo, longAgo);
  expect((await runTau(world, ["schema", "events"])).code).toBe(0);
  expect(readdirSync(cache).toSorted()).toEqual(["code-v99.0.0-x64", own].toSorted());
  const kept = readdirSync(join(cache, own)).toSorted();
  // What a process that still runs is writing stays, and so does what this build compiled.
  expect(kept.filter((name) => !/^[\w-]+\.cjs-\d{3,}-\d{13}$/.test(name))).toEqual(["main.cjs-1-2.78"]);
  expect((await runTau(world, ["exec", "-m", "demo/fix", "hello"])).code).toBe(0);
  const both = readdirSync(join(cache, own));
  expect(kept.filter((name) => !both.includes(name))).toEqual([]);
  expect(both.length).toBeGreaterThan(kept.length);
});
