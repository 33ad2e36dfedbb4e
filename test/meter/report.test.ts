import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DurableEvent } from "../../src/core/event.ts";
import type { NewEntry } from "../../src/core/store.ts";
import { addUsage, type NanoUsd, zeroUsage } from "../../src/core/usage.ts";
import type { UtcOffset } from "../../src/meter/calendar.ts";
import { type CostGroup, type CostSpan, costReport, spanFacts } from "../../src/meter/report.ts";
import { asReplayed } from "../../src/sessions/calls.ts";
import { type Ledger, openLedger } from "../../src/sessions/ledger.ts";
import { ledgerMigrations } from "../../src/sessions/schema.ts";
import { arbitrarySession } from "../support/arbitrary-session.ts";
import {
  answer,
  chained,
  compaction,
  failedAttempt,
  nano,
  sessionId,
  sessionStarted,
  text,
  usageOf,
  user,
} from "../support/entries.ts";

const utc: UtcOffset = () => 0;
const always: CostSpan = { from: 0, to: Number.MAX_SAFE_INTEGER, sessionId: null };
/** Folders below /a belong to it; every other is a project of its own. */
const rootOf = (cwd: string): string => (cwd.startsWith("/a/") ? "/a" : cwd);

let directory: string;
let ledger: Ledger;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tau-report-"));
  ledger = await openLedger({
    path: join(directory, "tau.db"),
    now: () => 0,
    processInfo: { pid: 1, startedAt: "s", host: "here", isAlive: () => true },
  });
});
afterEach(async () => {
  await ledger.store.close();
  rmSync(directory, { recursive: true });
});

async function write(n: number, cwd: string, entries: readonly NewEntry[]): Promise<void> {
  const writer = await ledger.store.create({ id: sessionId(n), cwd, model: "test/m", mode: "ask", at: 0 });
  await writer.append(entries);
  await writer.close();
}

const at = (iso: string, ...events: DurableEvent[]): NewEntry[] =>
  chained(events).map((entry) => ({ ...entry, at: Date.parse(iso) }));

const report = (by: CostGroup, more: Partial<CostSpan> = {}, offset = utc) =>
  costReport(ledger.database, { ...always, ...more }, by, offset, rootOf);

const rowsBy = async (by: CostGroup, more: Partial<CostSpan> = {}) =>
  (await report(by, more)).rows.map(({ key, calls, cost, unpricedCalls }) => [
    key,
    calls,
    cost,
    unpricedCalls,
  ]);

const missed = (tokens: number, cost: NanoUsd | null): DurableEvent => ({
  type: "cache.missed",
  step: 1,
  expectedTokens: tokens + 100,
  readTokens: 100,
  changed: "upstream",
  cost,
});

it("reads a ledger of before projects and replays were told apart", async () => {
  const path = join(directory, "old.db");
  const old = new Sqlite(path);
  old.exec(ledgerMigrations[0] ?? "");
  old.exec(`
    INSERT INTO sessions (n, id, cwd, model, mode, created_at, updated_at) VALUES (1, 's', '/a/src', 'test/m', 'ask', 0, 0);
    INSERT INTO calls (session, at, kind, model, upstream, input, cache_read, cache_write_5m, cache_write_1h, output,
      reasoning, cost, unpriced) VALUES (1, 5, 'step', 'test/m', 'test', 1, 2, 3, 4, 5, 0, 60, 0);
    PRAGMA user_version = 1;`);
  old.close();
  const { processInfo } = ledger.database;
  const opened = await openLedger({ path, now: () => 0, processInfo });
  const { rows } = await costReport(opened.database, always, "project", utc, rootOf);
  expect(rows).toMatchObject([{ key: "/a", calls: 1, cost: 60 }]);
  await opened.store.close();
});

describe("law usage", () => {
  it("a report sums to what upstreams reported, failed attempts and compactions included, however it is grouped", async () => {
    let n = 0;
    let usage = zeroUsage;
    let cost = 0;
    await fc.assert(
      fc.asyncProperty(arbitrarySession, async (entries) => {
        await write(++n, `/p${n % 7}`, entries);
        for (const entry of entries) {
          if (!("usage" in entry) || entry.type === "turn.ended") continue;
          usage = addUsage(usage, entry.usage);
          cost += entry.cost ?? 0;
        }
        // A report reads every call so far: not after each of a thousand sessions.
        if (n % 25 !== 0) return;
        for (const by of ["model", "upstream", "project", "session", "day"] as const) {
          const { rows, total } = await report(by);
          expect({ usage: total.usage, cost: total.cost }).toEqual({ usage, cost });
          expect(rows.map((row) => row.usage).reduce(addUsage, zeroUsage)).toEqual(usage);
        }
      }),
      { numRuns: 1000 },
    );
  }, 120_000);
});

describe("a cost report", () => {
  beforeEach(async () => {
    await write(
      90,
      "/a",
      at(
        "2026-11-23T22:30:00Z",
        sessionStarted("/a"),
        user("Fix it"),
        failedAttempt(usageOf(5, 0), nano(50)),
        answer([text("x")], { cost: nano(1000) }),
        compaction({ cost: null }),
      ),
    );
    await write(
      91,
      "/b",
      at(
        "2026-11-24T10:00:00Z",
        sessionStarted("/b"),
        answer([text("y")], {
          cost: nano(7),
          model: { requested: "other/m", answered: "m" },
          upstream: "other",
        }),
        answer([text("z")], { cost: null, model: { requested: "other/free", answered: "free" } }),
      ),
    );
  });

  it("groups by model, project, session and day, dearest first, with unpriced calls counted apart", async () => {
    expect(await rowsBy("model")).toEqual([
      ["test/model-a", 3, 1050, 1],
      ["other/m", 1, 7, 0],
      ["other/free", 1, 0, 1],
    ]);
    expect(await rowsBy("project")).toEqual([
      ["/a", 3, 1050, 1],
      ["/b", 2, 7, 1],
    ]);
    const { rows } = await report("session");
    expect(rows.map(({ key, title }) => [key, title])).toEqual([
      [sessionId(90), "Fix it"],
      [sessionId(91), null],
    ]);
    expect(await rowsBy("day")).toEqual([
      ["2026-11-23", 3, 1050, 1],
      ["2026-11-24", 2, 7, 1],
    ]);
  });

  it("counts a project by its root, whatever folder of it a session began in, older ledgers' included", async () => {
    const inside = { ...sessionStarted("/a/src"), project: "/a" };
    await write(92, "/a/src", at("2026-11-24T11:00:00Z", inside, answer([text("q")], { cost: nano(1) })));
    await write(
      93,
      "/a/lib",
      at("2026-11-24T11:00:00Z", sessionStarted("/a/lib"), answer([text("r")], { cost: nano(2) })),
    );
    expect(await rowsBy("project")).toEqual([
      ["/a", 5, 1053, 1],
      ["/b", 2, 7, 1],
    ]);
  });

  it("leaves out what was answered from a recording, and says how much that was", async () => {
    const replayed = [
      answer([text("again")], { cost: nano(9) }),
      failedAttempt(usageOf(5, 0), nano(50)),
      compaction(),
      missed(2_000, nano(30)),
    ].map(asReplayed);
    await write(92, "/c", at("2026-11-24T11:00:00Z", sessionStarted("/c"), ...replayed));
    expect((await report("model")).total).toMatchObject({ calls: 5, cost: 1057 });
    expect(await ledger.store.get(sessionId(92))).toMatchObject({ cost: 0, usage: zeroUsage });
    const live = [answer([text("and live")], { cost: nano(4) }), missed(3_000, nano(60)), missed(10, null)];
    await write(93, "/c", at("2026-11-24T12:00:00Z", sessionStarted("/c"), ...live));
    expect((await report("model")).total).toMatchObject({ calls: 6, cost: 1061 });
    expect(await spanFacts(ledger.database, always)).toEqual({
      replayedCalls: 3,
      cache: { misses: 2, missedTokens: 3_010, missedCost: 60 },
    });
    expect(await spanFacts(ledger.database, { ...always, sessionId: sessionId(90) })).toEqual({
      replayedCalls: 0,
      cache: { misses: 0, missedTokens: 0, missedCost: 0 },
    });
  });

  it("follows the local calendar and the asked span and session", async () => {
    const { rows } = await report("day", {}, () => 120);
    expect(rows.map(({ key, calls }) => [key, calls])).toEqual([["2026-11-24", 5]]);
    const noon = Date.parse("2026-11-24T10:00:00Z");
    expect(await rowsBy("model", { from: noon })).toHaveLength(2);
    expect(await rowsBy("model", { to: noon })).toHaveLength(1);
    expect(await rowsBy("day", { sessionId: sessionId(91) })).toEqual([["2026-11-24", 2, 7, 1]]);
  });

  it("keeps the money of a deleted session, and nothing else of it", async () => {
    await ledger.store.delete(sessionId(90));
    expect(await rowsBy("project")).toEqual([
      [null, 3, 1050, 1],
      ["/b", 2, 7, 1],
    ]);
  });
});
