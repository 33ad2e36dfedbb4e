/** Disks that are full or read-only, homes that cannot be written, ledgers that are damaged. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it, onTestFinished, type TestContext } from "vitest";
import { ledgerOf, ofType, told } from "./support/run.ts";
import { call, model, resultsIn, rows, type Scene, scene } from "./support/scene.ts";
import { runTau, type World } from "./support/tau.ts";

const bash = (command: string, id = "bash") => call("bash", { command }, id);

/** Mounts something over a folder until the test ends; skips the test, loudly, where that is not permitted. */
function mounted(context: TestContext, folder: string, ...args: string[]): void {
  const { status, stderr } = spawnSync("mount", [...args, folder], { encoding: "utf8" });
  if (status !== 0) {
    process.stderr.write(`SKIPPED, nothing can be mounted here: ${context.task.name}: ${stderr}\n`);
    context.skip();
  }
  onTestFinished(() => void execFileSync("umount", ["--lazy", folder]));
}

/** Files tests cannot forbid root by their mode; a file system that is mounted read-only binds everyone. */
function readOnly(context: TestContext, folder: string): void {
  mounted(context, folder, "--bind", folder);
  execFileSync("mount", ["-o", "remount,ro,bind", folder]);
}

const home = ({ env }: World): string => env.TAU_HOME ?? "";

/** Writes a file until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, "w");
  const blocks = [1 << 20, 1 << 12, 1].map((size) => Buffer.alloc(size, "x"));
  for (const block of blocks) {
    try {
      for (;;) writeSync(file, block);
    } catch {
      // ENOSPC is what this is for.
    }
  }
  closeSync(file);
}

describe("a read-only folder", () => {
  it("as the project: each tool says so, and the run goes on", async (context) => {
    const { exec, fake, world } = await scene([
      {
        calls: [
          call("read", { path: "a.txt" }, "read"),
          call("write", { path: "new.txt", content: "x" }, "write"),
          call("edit", { path: "a.txt", edits: [{ old_string: "alpha", new_string: "beta" }] }, "edit"),
          bash("touch new.txt"),
        ],
      },
      { text: "I cannot write here." },
    ]);
    world.file("a.txt", "alpha\n");
    readOnly(context, world.project);
    const { events, result } = await exec(["--mode", "full", "go"]);
    expect(result).toMatchObject({ reason: "done", text: "I cannot write here." });
    expect(
      ofType(events, "tool.finished")
        .map(({ callId, status }) => [callId, status])
        .toSorted(),
    ).toEqual([
      ["bash", "error"],
      ["edit", "error"],
      ["read", "ok"],
      ["write", "error"],
    ]);
    for (const text of resultsIn(fake, 1).slice(1)) expect(text).toMatch(/read-only/i);
    expect(readdirSync(world.project).toSorted()).toEqual([".git", "a.txt"]);
  });

  it("as Tau's home: code 1, the file is named, nothing is sent", async (context) => {
    const { exec, fake, world } = await scene();
    await exec(["first"]);
    readOnly(context, home(world));
    const { result } = await exec(["second"]);
    expect(result).toMatchObject({
      exitCode: 1,
      error: {
        message: expect.stringMatching(/tau\.db is read-only/),
        hint: expect.stringMatching(/TAU_HOME/),
      },
    });
    expect(fake.requests).toHaveLength(1);
  });

  it("as a home where nothing was yet", async (context) => {
    const { exec, fake, world } = await scene();
    mkdirSync(home(world), { recursive: true });
    readOnly(context, home(world));
    const { result, finished } = await exec(["first"]);
    expect(result).toMatchObject({ exitCode: 1, error: { message: expect.stringContaining(home(world)) } });
    expect(finished.stderr).not.toMatch(/\n\s+at /);
    expect(fake.requests).toEqual([]);
  });
});

describe("a home that cannot be", () => {
  it.each([
    { what: "a file on its way", path: (world: World) => join(world.file("../file", "x"), "below") },
    { what: "a file in its place", path: (world: World) => world.file("../file", "x") },
    {
      what: "a link to itself",
      // Found with the first settings file that is looked for.
      code: 3,
      path: (world: World) => {
        execFileSync("ln", ["-s", "loop", join(world.home, "loop")]);
        return join(world.home, "loop");
      },
    },
  ])("$what: named, in two lines, with what to do", async ({ path, code = 1 }) => {
    const { world, fake } = await scene();
    const place = path(world);
    const run = await runTau(world, ["exec", "--json", "-m", model, "go"], { env: { TAU_HOME: place } });
    const { result } = told(run);
    expect(result.exitCode).toBe(code);
    expect(result.error?.message).toContain(place);
    expect(result.error?.hint).toMatch(/TAU_HOME|remove it/);
    expect(run.stderr).not.toMatch(/\n\s+at /);
    expect(fake.requests).toEqual([]);
    for (const args of [["sessions", "list"], ["cost"]]) {
      const other = await runTau(world, args, { env: { TAU_HOME: place } });
      expect([other.code, other.stdout]).toEqual([1, ""]);
      expect(other.stderr).toContain(place);
    }
    const doctor = await runTau(world, ["doctor"], { env: { TAU_HOME: place } });
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(/X +folders/);
  });
});

describe("a full disk", () => {
  it("under the ledger in the middle of a run: code 1, a result, and with space the session goes on", async (context) => {
    const { exec, fake, world } = await scene([
      { text: "First.", calls: [bash("echo one >> done.txt")] },
      {
        text: "Then.",
        calls: [bash("sh fill.sh")],
      },
      { text: "On again." },
    ]);
    // Not in the command itself: commands that name Tau's own folder are refused.
    world.file(
      "fill.sh",
      'echo two >> done.txt; seq 1 9000; while dd if=/dev/zero bs=4096 count=64 2>/dev/null >> "$HOME/.tau/full"; do :; done; true',
    );
    mkdirSync(home(world));
    mounted(context, home(world), "-t", "tmpfs", "-o", "size=24m", "tmpfs");
    const run = await exec(["--mode", "full", "go"]);
    expect(run.result).toMatchObject({
      reason: "failure",
      exitCode: 1,
      steps: 2,
      usage: { input: 200, output: 40 },
      error: {
        message: expect.stringMatching(/disk is full.*tau\.db/),
        hint: expect.stringMatching(/[Ff]ree some space/),
      },
    });
    expect(readFileSync(join(world.project, "done.txt"), "utf8")).toBe("one\ntwo\n");
    expect(fake.requests).toHaveLength(2);

    rmSync(join(home(world), "full"));
    const again = await exec(["-c", "go on"]);
    expect(again).toMatchObject({ sessionId: run.sessionId, result: { reason: "done", text: "On again." } });
    // What was told is in the ledger; the command whose end could not be written is not run again but told as cut off.
    const shown = run.events.filter((event) => "id" in event);
    expect((await ledgerOf(world, run.sessionId)).slice(0, shown.length)).toEqual(shown);
    const results = resultsIn(fake, 2);
    expect(results[0]).toMatch(/no output/);
    expect(results[1]).toMatch(/interrupted/i);
    expect(readFileSync(join(world.project, "done.txt"), "utf8")).toBe("one\ntwo\n");
  });

  it("under the ledger from the start: code 1, named, nothing is sent", async (context) => {
    const { exec, fake, world } = await scene();
    mkdirSync(home(world));
    mounted(context, home(world), "-t", "tmpfs", "-o", "size=24m", "tmpfs");
    await exec(["first"]);
    fill(join(home(world), "full"));
    const { result } = await exec(["second"]);
    expect(result).toMatchObject({
      exitCode: 1,
      error: { message: expect.stringMatching(/disk is full.*tau\.db/) },
    });
    expect(fake.requests).toHaveLength(1);
    const list = await runTau(world, ["sessions", "list"]);
    expect([list.code, list.stderr]).toEqual([1, expect.stringMatching(/disk is full.*tau\.db/)]);
    rmSync(join(home(world), "full"));
    expect((await exec(["third"])).result.reason).toBe("done");
  });

  it("under a new ledger", async (context) => {
    const { exec, fake, world } = await scene();
    mkdirSync(home(world));
    mounted(context, home(world), "-t", "tmpfs", "-o", "size=1m", "tmpfs");
    fill(join(home(world), "full"));
    const { result } = await exec(["first"]);
    expect(result).toMatchObject({ exitCode: 1, error: { message: expect.stringMatching(/disk is full/) } });
    expect(fake.requests).toEqual([]);
    rmSync(join(home(world), "full"));
    expect((await exec(["second"])).result.reason).toBe("done");
  });

  it("under the project: an edit or a write that does not fit changes nothing and leaves nothing", async (context) => {
    const { exec, fake, world } = await scene([
      {
        calls: [
          call("read", { path: "old.txt" }, "read"),
          call("write", { path: "new.txt", content: "n".repeat(400_000) }, "write"),
          call(
            "edit",
            { path: "old.txt", edits: [{ old_string: "end", new_string: "e".repeat(400_000) }] },
            "edit",
          ),
        ],
      },
      {
        calls: [
          call(
            "apply_patch",
            { patch: `*** Begin Patch\n*** Add File: p.txt\n+${"p".repeat(400_000)}\n*** End Patch` },
            "patch",
          ),
        ],
      },
    ]);
    mounted(context, world.project, "-t", "tmpfs", "-o", "size=1m", "tmpfs");
    mkdirSync(join(world.project, ".git"));
    const old = `begin\n${"x".repeat(30)}\nend\n`;
    world.file("old.txt", old);
    writeFileSync(join(world.project, "filler"), Buffer.alloc(800_000));
    const { events, result } = await exec(["--mode", "full", "go"]);
    expect(result.reason).toBe("done");
    expect(
      ofType(events, "tool.finished")
        .map(({ callId, status }) => [callId, status])
        .toSorted(),
    ).toEqual([
      ["edit", "error"],
      ["patch", "error"],
      ["read", "ok"],
      ["write", "error"],
    ]);
    for (const text of [...resultsIn(fake, 1).slice(1), ...resultsIn(fake, 2).slice(3)])
      expect(text).toMatch(/no space|disk is full|ENOSPC/i);
    expect(readFileSync(join(world.project, "old.txt"), "utf8")).toBe(old);
    expect(readdirSync(world.project).toSorted()).toEqual([".git", "filler", "old.txt"]);
  });
});

describe("a damaged ledger", () => {
  async function withLedger(): Promise<Scene & { path: string; sessionId: string }> {
    const made = await scene(() => ({ text: "An answer of some length. ".repeat(200) }));
    let sessionId = "";
    for (let at = 0; at < 3; at += 1) ({ sessionId } = await made.exec([`task ${at}`]));
    const path = join(home(made.world), "data/tau.db");
    const file = new Sqlite(path);
    file.pragma("wal_checkpoint(TRUNCATE)");
    file.close();
    return { ...made, path, sessionId };
  }
  const hash = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

  it.each([
    {
      what: "of random bytes",
      damage: (path: string) => writeFileSync(path, noise(statSync(path).size)),
      says: /is damaged/,
    },
    {
      what: "with a broken header",
      damage: (path: string) => overwrite(path, 0, noise(100)),
      says: /is damaged/,
    },
    {
      what: "cut in half",
      damage: (path: string) => truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096),
      says: /is damaged/,
    },
    {
      what: "with broken pages",
      damage: (path: string) => overwrite(path, 4096, noise(statSync(path).size - 4096)),
      says: /is damaged/,
    },
    {
      what: "of a newer version",
      damage: (path: string) => {
        const file = new Sqlite(path);
        file.pragma("user_version = 9999");
        file.close();
      },
      says: /newer version of Tau/,
    },
    {
      what: "that is a folder",
      damage: (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
      says: /cannot be opened/,
    },
  ])(
    "$what: code 1, the file is named, what to do is said, and not a byte is changed",
    async ({ damage, says }) => {
      const { exec, fake, world, path, sessionId } = await withLedger();
      damage(path);
      const before = statSync(path).isFile() ? hash(path) : null;
      const sent = fake.requests.length;
      const { result, finished } = await exec(["go"]);
      expect(result).toMatchObject({ exitCode: 1, reason: "failure" });
      expect(result.error?.message).toMatch(says);
      expect(result.error?.message).toContain(path);
      expect(result.error?.hint).toMatch(/.{10,}/);
      expect(finished.stderr).not.toMatch(/\n\s+at /);
      expect(fake.requests).toHaveLength(sent);
      for (const args of [
        ["sessions", "list"],
        ["sessions", "show", sessionId],
        ["cost"],
        ["exec", "-m", model, "-r", sessionId, "go"],
      ]) {
        const run = await runTau(world, args);
        expect([args, run.code, run.stdout]).toEqual([args, 1, ""]);
        expect(run.stderr).toContain(path);
      }
      expect(existsSync(path)).toBe(true);
      if (before !== null) expect(hash(path)).toBe(before);
    },
  );

  it("with nothing in it is a new one", async () => {
    const { exec, path, world } = await withLedger();
    truncateSync(path, 0);
    expect((await exec(["go"])).result.reason).toBe("done");
    expect(rows(world, "SELECT id FROM sessions")).toHaveLength(1);
  });

  it("can be moved aside, as the message says, to start afresh", async () => {
    const { exec, path } = await withLedger();
    writeFileSync(path, noise(9000));
    const { result } = await exec(["go"]);
    const command = /mv '.*' '.*'/.exec(result.error?.hint ?? "")?.[0] ?? "exit 1";
    execFileSync("/bin/sh", ["-c", command]);
    expect((await exec(["go"])).result.reason).toBe("done");
    expect(readdirSync(join(path, "..")).some((name) => name.startsWith("tau.db.corrupt-"))).toBe(true);
  });
});

/** Bytes without order, the same each time. */
function noise(size: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, at) =>
    createHash("sha256").update(String(at)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}
