/** What every run loads: each of these crept in once, unseen, and cost all runs. See docs/decisions/0002-start-up.md. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { scene } from "./support/scene.ts";

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
  const { exec, world } = await scene();
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
  expect(code.length).toBeLessThan(450_000);
  expect(code).not.toContain("ZodError");
});
