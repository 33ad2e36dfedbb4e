import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openLedger } from "../../src/sessions/ledger.ts";
import { thisProcess } from "../../src/sessions/process.ts";
import { answer, chained, sessionId, sessionStarted, text, user } from "../support/entries.ts";
import { bundleWorker, startWorker, type WorkerScript } from "../support/processes.ts";

const at = Date.parse("2026-11-24T12:00:00Z");
let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tau-file-"));
  path = join(directory, "data", "tau.db");
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (file = path) => openLedger({ path: file, now: () => at, processInfo: thisProcess() });

/** A ledger with one session; answers are long enough to fill pages of their own. */
async function fill(file = path, words = "plain"): Promise<void> {
  const { store } = await open(file);
  const writer = await store.create({ id: sessionId(1), cwd: "/w", model: "m", mode: "ask", at });
  const answers = Array.from({ length: 40 }, (_, n) => answer([text(`${words} ${n} ${"y".repeat(2000)}`)]));
  await writer.append(chained([sessionStarted(), user(words), ...answers]));
  await store.close();
}

describe("the file", () => {
  it("and its companions belong to the user alone, also when it did not before", async () => {
    const modes = () =>
      Object.fromEntries(
        ["", "tau.db", "tau.db-wal", "tau.db-shm"].map((name) => [
          name,
          (statSync(join(directory, "data", name)).mode & 0o777).toString(8),
        ]),
      );
    const expected = { "": "700", "tau.db": "600", "tau.db-wal": "600", "tau.db-shm": "600" };
    const first = await open();
    expect(modes()).toEqual(expected);
    await first.store.close();
    chmodSync(path, 0o664);
    const second = await open();
    expect(modes()).toEqual(expected);
    await second.store.close();
  });

  it("is append-only for everyone", async () => {
    await fill();
    const { store, database } = await open();
    for (const sql of [
      "UPDATE entries SET body = '{}'",
      "DELETE FROM entries",
      "DELETE FROM entries WHERE seq = 3",
    ])
      expect(() => database.sql.exec(sql)).toThrow(/append-only/);
    expect(await store.read(sessionId(1), 0, 100)).toHaveLength(42);
    await store.close();
  });

  it("holds no byte of a deleted session", async () => {
    await fill(path, "xyzzyplugh");
    const bytes = () =>
      readdirSync(join(directory, "data")).map((name) => readFileSync(join(directory, "data", name)));
    expect(bytes().some((content) => content.includes("xyzzyplugh"))).toBe(true);
    const { store } = await open();
    await store.delete(sessionId(1));
    expect(bytes().some((content) => content.includes("xyzzyplugh"))).toBe(false);
    await store.close();
  });

  it("of a newer version is left alone", async () => {
    await fill();
    const { store, database } = await open();
    database.sql.pragma("user_version = 99");
    await store.close();
    await expect(open()).rejects.toMatchObject({
      name: "TauError",
      message: expect.stringContaining("newer version"),
      hint: expect.stringContaining("Update Tau"),
    });
  });
});

describe("a damaged ledger", () => {
  const damaged = {
    name: "TauError",
    reason: "failure",
    message: expect.stringMatching(/tau\.db is damaged .*Nothing was deleted/),
    hint: expect.stringMatching(/tau doctor.*mv '.*tau\.db' '.*tau\.db\.corrupt-2026-11-24'/),
  };

  it("that is no database at all is named, and stays as it is", async () => {
    mkdirSync(join(directory, "data"));
    writeFileSync(path, "this is not a database, but somebody may still want it".repeat(100));
    const before = readFileSync(path);
    await expect(open()).rejects.toMatchObject(damaged);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("with pages overwritten fails where they are read, in the same words, and stays as it is", async () => {
    await fill();
    const size = statSync(path).size;
    const file = openSync(path, "r+");
    // All but the first page: the schema can still be read.
    for (let page = 4096; page < size; page += 4096) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, page);
    closeSync(file);
    const before = readFileSync(path);
    const attempt = async () => {
      const { store } = await open();
      try {
        await store.path(sessionId(1));
      } finally {
        await store.close();
      }
    };
    await expect(attempt()).rejects.toMatchObject(damaged);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe("a place that cannot be written", () => {
  let script: WorkerScript;
  beforeAll(async () => {
    script = await bundleWorker("append");
  });
  afterAll(() => script.dispose());

  // Permissions do not bind root, so that a root's tests run the child as nobody (65534).
  const nobody = process.getuid?.() === 0 ? 65534 : undefined;
  const failureOf = async (file: string) => {
    const worker = startWorker(script, { path: file, session: sessionId(1), batches: 4, size: 10 }, nobody);
    const { code, stderr } = await worker.ended;
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    return JSON.parse(worker.lines.at(-1) ?? "") as { reason: string; message: string; hint: string };
  };

  it("is named: a folder where nothing can be made", async () => {
    chmodSync(directory, 0o555);
    expect(await failureOf(path)).toMatchObject({
      reason: "failure",
      message: expect.stringContaining(`${path} cannot be opened (EACCES`),
      hint: expect.stringContaining("TAU_HOME"),
    });
    chmodSync(directory, 0o755);
    expect(existsSync(path)).toBe(false);
  });

  it("is named: a good ledger in a folder that became read-only", async () => {
    await fill();
    if (nobody !== undefined) chownSync(path, nobody, nobody);
    chmodSync(directory, 0o755);
    chmodSync(join(directory, "data"), 0o555);
    expect(await failureOf(path)).toMatchObject({
      reason: "failure",
      message: expect.stringMatching(/tau\.db (cannot be opened|is read-only)/),
      hint: expect.stringContaining("directory"),
    });
    chmodSync(join(directory, "data"), 0o755);
  });

  it("is named: a path through a file", async () => {
    writeFileSync(join(directory, "data"), "");
    await expect(open()).rejects.toMatchObject({
      name: "TauError",
      message: expect.stringContaining("cannot be opened"),
    });
  });
});

/** A small file system of its own; null where the tests may not mount one. */
function mountSmall(place: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", place], { stdio: "ignore" });
    return true;
  } catch {
    process.stdout.write("skipped: this machine lets its tests mount no file system\n");
    return false;
  }
}

describe("a full disk", () => {
  let script: WorkerScript;
  let small: string;
  let mounted = false;
  beforeAll(async () => {
    script = await bundleWorker("append");
    small = mkdtempSync(join(tmpdir(), "tau-small-"));
    mounted = mountSmall(small);
  });
  afterAll(() => {
    if (mounted) execFileSync("umount", [small]);
    rmSync(small, { recursive: true });
    script.dispose();
  });
  const full = {
    reason: "failure",
    message: expect.stringContaining("disk is full"),
    hint: expect.stringContaining("Free some space"),
  };

  it("ends an append in clear words, keeps everything acknowledged, and the session goes on once there is space", async (test) => {
    if (!mounted) return test.skip();
    const file = join(small, "tau.db");
    const ballast = join(small, "ballast");
    writeFileSync(ballast, Buffer.alloc(300_000));
    const worker = startWorker(script, { path: file, session: sessionId(1), batches: null, size: 20_000 });
    expect(await worker.ended).toEqual({ code: 3, stderr: "" });
    const acknowledged = worker.lines.slice(0, -1).map(Number);
    expect(JSON.parse(worker.lines.at(-1) ?? "")).toMatchObject(full);
    expect(acknowledged.length).toBeGreaterThan(3);

    await expect(open(join(small, "other", "tau.db"))).rejects.toMatchObject(full);

    rmSync(ballast);
    const { store } = await open(file);
    const entries = await store.read(sessionId(1), 0, 100_000);
    const kept = new Set(entries.map(({ seq }) => seq));
    expect(acknowledged.filter((seq) => !kept.has(seq))).toEqual([]);
    // The batch that failed left nothing: the ledger ends where the last acknowledgement was.
    expect(entries.at(-1)?.seq).toBe(acknowledged.at(-1));
    const writer = await store.open(sessionId(1));
    await writer.append(chained([user("on we go")], entries.at(-1) ?? null));
    await store.close();

    execFileSync("mount", ["-o", "remount,ro", small]);
    await expect(open(file)).rejects.toMatchObject({
      reason: "failure",
      message: expect.stringMatching(/tau\.db (cannot be opened|is read-only)/),
    });
  });
});
