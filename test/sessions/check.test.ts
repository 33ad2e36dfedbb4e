import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkLedger } from "../../src/sessions/check.ts";
import { openLedger } from "../../src/sessions/ledger.ts";
import { thisProcess } from "../../src/sessions/process.ts";
import { answer, chained, sessionId, sessionStarted, text, user } from "../support/entries.ts";

let path: string;
let folder: string;
const at = Date.parse("2026-11-24T12:00:00Z");
const open = (pid = process.pid) =>
  openLedger({
    path,
    now: () => at,
    // A pid no process has: above what Linux gives out.
    processInfo: { ...thisProcess(), pid, startedAt: pid === process.pid ? thisProcess().startedAt : "1" },
  });
const check = () => checkLedger({ path, now: () => at, processInfo: thisProcess() });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tau-check-"));
  path = join(folder, "tau.db");
  const { store } = await open();
  const writer = await store.create({ id: sessionId(1), cwd: "/w", model: "m", mode: "ask", at });
  const answers = Array.from({ length: 40 }, (_, n) => answer([text(`words ${n} ${"y".repeat(2000)}`)]));
  const titled = { type: "session.titled", title: "Some title" } as const;
  await writer.append(chained([sessionStarted(), user("hello"), titled, ...answers]));
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("looking over the ledger", () => {
  it("finds nothing wrong with a whole one, and changes nothing", async () => {
    const before = statSync(path).mtimeMs;
    expect(await check()).toMatchObject({
      sessions: 1,
      damage: [],
      unfound: 0,
      leftover: 0,
      deadHolders: [],
    });
    expect(statSync(path).mtimeMs).toBe(before);
  });

  it("finds pages that were overwritten", async () => {
    const file = openSync(path, "r+");
    for (let page = 8; page < 20; page += 1) writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, page * 4096);
    closeSync(file);
    const found = await check().catch((error: unknown) => error);
    expect(JSON.stringify(found) + String(found)).toMatch(/damage(d|":\[")/);
  });

  it("finds a search index that lacks entries, holds deleted ones, or disagrees with itself", async () => {
    const { store, database } = await open();
    database.sql.exec(
      "DELETE FROM words WHERE rowid = (SELECT n FROM entries WHERE type = 'session.titled')",
    );
    database.sql.exec("INSERT INTO words (rowid, text) VALUES (9999, 'of a deleted session')");
    await store.close();
    expect(await check()).toMatchObject({ damage: [], unfound: 1, leftover: 1 });
    const again = await open();
    again.database.sql.unsafeMode(true);
    again.database.sql.exec("DELETE FROM words_content WHERE id = 9999");
    await again.store.close();
    expect((await check()).damage.join()).toMatch(/words/);
  });

  it("names sessions whose writer is gone, and none whose writer lives", async () => {
    const dead = await open(2 ** 22 + 7);
    await dead.store.open(sessionId(1));
    expect((await check()).deadHolders).toEqual([{ session: sessionId(1).slice(0, 13), pid: 2 ** 22 + 7 }]);
    await dead.store.close();
    const live = await open();
    await live.store.open(sessionId(1));
    expect((await check()).deadHolders).toEqual([]);
    await live.store.close();
  });

  it("refuses what is no ledger, or one of a newer Tau", async () => {
    const { store, database } = await open();
    database.sql.pragma("user_version = 999");
    await store.close();
    await expect(check()).rejects.toMatchObject({ message: expect.stringMatching(/newer version/) });
    writeFileSync(path, "this is no database, whatever its name says ".repeat(100));
    await expect(check()).rejects.toMatchObject({ message: expect.stringMatching(/damaged/) });
  });
});
