/**
 * A kill at every instant at which something reaches the disk: from the nth such operation on none does, as after
 * `kill -9`, and another process opens what is left.
 */
import fs, { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import type { TurnId } from "../../../src/core/ids.ts";
import { markerOf } from "../../../src/sessions/checkpoints/marker.ts";
import { ProjectCheckpoints } from "../../../src/sessions/checkpoints/project.ts";
import { removeStore, storesIn, surplus } from "../../../src/sessions/checkpoints/stores.ts";
import { treeOf } from "../../support/tree-text.ts";

const never = new AbortController().signal;

/** Operations that are still to reach the disk; null for all. */
let left: number | null = null;
const spend = (): void => {
  if (left === null) return;
  left -= 1;
  if (left < 0) throw Object.assign(new Error("killed"), { code: "EIO" });
};
const patched = [
  "renameSync",
  "unlinkSync",
  "rmdirSync",
  "mkdirSync",
  "writeFileSync",
  "symlinkSync",
  "chmodSync",
  "rmSync",
] as const;
const real = new Map<string, unknown>();

beforeEach(() => {
  for (const name of patched) {
    const original = fs[name] as (...args: unknown[]) => unknown;
    real.set(name, original);
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        spend();
        return original(...args);
      },
    });
  }
  const exec = Sqlite.prototype.exec;
  real.set("exec", exec);
  Sqlite.prototype.exec = function (sql: string) {
    if (sql === "COMMIT") spend();
    return exec.call(this, sql);
  };
  syncBuiltinESMExports();
});
afterEach(() => {
  left = null;
  Object.assign(fs, Object.fromEntries([...real].filter(([name]) => name !== "exec")));
  Sqlite.prototype.exec = real.get("exec") as typeof Sqlite.prototype.exec;
  syncBuiltinESMExports();
});

function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "tau-checkpoints-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "project");
  mkdirSync(join(root, "src/deep"), { recursive: true });
  for (const name of ["a", "src/b", "src/deep/c"]) writeFileSync(join(root, name), `was ${name}`);
  symlinkSync("a", join(root, "link"));
  return root;
}

/** A process of its own; those before it are dead. */
function open(root: string, pid: number): Promise<ProjectCheckpoints> {
  return ProjectCheckpoints.open({
    root,
    file: join(root, "../store/project.db"),
    closed: [],
    ignoreFiles: [],
    maxFileBytes: 1_000_000,
    maxBytes: 100_000_000,
    now: Date.now,
    processInfo: { pid, startedAt: "then", host: "here", isAlive: (other) => other === pid },
  });
}

/** What the agent does to it. */
function ravage(root: string): void {
  rmSync(join(root, "src"), { recursive: true });
  writeFileSync(join(root, "a"), "changed");
  rmSync(join(root, "link"));
  mkdirSync(join(root, "made/inside"), { recursive: true });
  writeFileSync(join(root, "made/inside/x"), "new");
}

const begin = (store: ProjectCheckpoints) =>
  store.before("session", { turnId: "t" as TurnId, callId: "c", paths: null }, never);

async function undo(store: ProjectCheckpoints): Promise<void> {
  const step = (await store.undoState("session")).done.at(-1);
  if (!step) throw new Error("nothing to undo");
  const { steps } = await store.plan(step.actions);
  await store.restore(steps, { kind: "undo", session: "session", turn: null, undoes: step.id });
}

test("a restore that is killed at any instant is whole or not begun, is told, and is finished by the next process", async () => {
  const outcomes = { whole: 0, "not begun": 0, finished: 0 };
  for (let instant = 0; ; instant += 1) {
    const root = project();
    const was = treeOf(root);
    const first = await open(root, 1);
    await begin(first);
    ravage(root);
    await first.after("c");
    const changed = treeOf(root);
    left = instant;
    await undo(first).catch(() => undefined);
    const died = left < 0;
    left = null;
    await first.close();
    const file = join(root, "../store/project.db");
    const half = treeOf(root);
    if (half !== was && half !== changed) expect(markerOf(file), `${instant}`).not.toBe(null);
    const second = await open(root, 2);
    const finished = await second.recover();
    expect([was, changed], `killed at ${instant}`).toContain(treeOf(root));
    if (half !== changed || finished.length > 0) expect(treeOf(root), `killed at ${instant}`).toBe(was);
    expect(markerOf(file)).toBe(null);
    outcomes[finished.length > 0 ? "finished" : treeOf(root) === was ? "whole" : "not begun"] += 1;
    if (treeOf(root) === changed) await undo(second);
    expect(treeOf(root)).toBe(was);
    const back = (await second.undoState("session")).undone.at(-1);
    const again = await second.plan(back?.actions ?? []);
    // Folders that a kill left half made are asked about.
    expect(again.conflicts.filter(({ from }) => from?.type !== "folder")).toEqual([]);
    await second.close();
    if (!died) break;
  }
  expect(outcomes["not begun"]).toBeGreaterThan(0);
  expect(outcomes.finished).toBeGreaterThan(10);
  expect(outcomes.whole).toBeGreaterThan(0);
}, 60_000);

test("a capture that is killed at any instant loses no way back that was there, and the next one captures all", async () => {
  for (let instant = 0, died = true; died; instant += 1) {
    const root = project();
    const was = treeOf(root);
    const first = await open(root, 1);
    left = instant;
    await begin(first).catch(() => undefined);
    died = left < 0;
    left = null;
    await first.close();
    expect(treeOf(root)).toBe(was);
    const second = await open(root, 2);
    await begin(second);
    ravage(root);
    await second.after("c");
    await undo(second);
    expect(treeOf(root), `killed at ${instant}`).toBe(was);
    await second.close();
  }
}, 60_000);

test("what a person changed while a restore was cut off is left alone by what finishes it", async () => {
  const root = project();
  const first = await open(root, 1);
  await begin(first);
  ravage(root);
  await first.after("c");
  left = 8;
  await undo(first).catch(() => undefined);
  left = null;
  await first.close();
  writeFileSync(join(root, "a"), "mine");
  const second = await open(root, 2);
  await second.recover();
  expect(fs.readFileSync(join(root, "a"), "utf8")).toBe("mine");
  expect(fs.readFileSync(join(root, "src/deep/c"), "utf8")).toBe("was src/deep/c");
  await second.close();
});

test("a full disk in the middle of a capture is an error that names it, and leaves what was recorded usable", async () => {
  const root = project();
  const was = treeOf(root);
  const store = await open(root, 1);
  await begin(store);
  ravage(root);
  await store.after("c");
  writeFileSync(join(root, "a"), "x".repeat(300_000));
  left = 0;
  await expect(begin(store)).rejects.toThrow();
  left = null;
  rmSync(join(root, "a"));
  writeFileSync(join(root, "a"), "changed");
  await undo(store);
  expect(treeOf(root)).toBe(was);
  await store.close();
});

test("two processes work on one project: each one's changes are its own, and neither loses a way back", async () => {
  const root = project();
  const alive = { startedAt: "then", host: "here", isAlive: () => true };
  const [one, two] = await Promise.all(
    [1, 2].map((pid) =>
      ProjectCheckpoints.open({
        root,
        file: join(root, "../store/project.db"),
        closed: [],
        ignoreFiles: [],
        maxFileBytes: 1_000_000,
        maxBytes: 100_000_000,
        now: Date.now,
        processInfo: { pid, ...alive },
      }),
    ),
  );
  if (!one || !two) throw new Error("not opened");
  for (let round = 0; round < 5; round += 1) {
    const calls = [one, two].map(async (store, index) => {
      const path = join(root, `of ${index}`);
      await store.before(`s${index}`, { turnId: "t" as TurnId, callId: `${round}`, paths: [path] }, never);
      writeFileSync(path, `${round}`);
      return store.after(`${round}`);
    });
    for (const changes of await Promise.all(calls)) expect(changes).toMatchObject({ count: 1 });
  }
  const { done } = await one.undoState("s0");
  const { steps, conflicts } = await one.plan(done.flatMap(({ actions }) => actions));
  expect([steps.map(({ path }) => path), conflicts]).toEqual([["of 0"], []]);
  await one.restore(steps, { kind: "undo", session: "s0", turn: null, undoes: done[0]?.id ?? 0 });
  expect([fs.existsSync(join(root, "of 0")), fs.existsSync(join(root, "of 1"))]).toEqual([false, true]);
  await Promise.all([one.close(), two.close()]);
});

test("stores too old or without room go, but for one that is open, new, or holds a restore that was cut off", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tau-stores-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const day = 24 * 3_600_000;
  const now = Date.now();
  for (const [name, days] of [
    ["new", 0],
    ["middle", 3],
    ["large", 5],
    ["old", 40],
    ["cut", 41],
  ] as const) {
    const sql = new Sqlite(join(folder, `${name}.db`));
    sql.pragma("journal_mode = WAL");
    sql.exec("CREATE TABLE t (x)");
    sql.close();
    fs.utimesSync(join(folder, `${name}.db`), (now - days * day) / 1000, (now - days * day) / 1000);
  }
  const cut = { root: "/", session: "s", paths: 1, at: now, pid: 1, started: "" };
  writeFileSync(join(folder, "cut.restoring"), JSON.stringify(cut));
  const stores = storesIn(folder);
  const size = stores[0]?.bytes ?? 0;
  const names = (found: typeof stores) => found.map(({ path }) => path.slice(folder.length + 1, -3));
  expect(names(stores)).toEqual(["new", "middle", "large", "old", "cut"]);
  const limits = { keepSince: now - 30 * day, now, maxBytes: 2 * size };
  expect(names(surplus(stores, limits))).toEqual(["large", "old"]);
  const reader = new Sqlite(join(folder, "old.db"));
  reader.prepare("SELECT * FROM t").all();
  const results = [];
  for (const store of surplus(stores, limits)) results.push(await removeStore(store));
  expect(results).toEqual([true, false]);
  reader.close();
  expect(names(storesIn(folder)).toSorted()).toEqual(["cut", "middle", "new", "old"]);
});
