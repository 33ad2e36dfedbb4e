import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DurableEvent } from "../../src/core/event.ts";
import type { NewEntry } from "../../src/core/store.ts";
import { addUsage, zeroUsage } from "../../src/core/usage.ts";
import type { UtcOffset } from "../../src/meter/calendar.ts";
import { type CostGroup, costReport } from "../../src/meter/report.ts";
import { type Ledger, openLedger } from "../../src/sessions/ledger.ts";
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
const always = { from: 0, to: Number.MAX_SAFE_INTEGER };

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

const rowsBy = async (by: CostGroup, more: { from?: number; to?: number; project?: string } = {}) =>
  (await costReport(ledger.database, { ...always, by, ...more }, utc)).rows.map(
    ({ key, calls, cost, unpricedCalls }) => [key, calls, cost, unpricedCalls],
  );

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
        for (const by of ["model", "project", "session", "day"] as const) {
          const { rows, total } = await costReport(ledger.database, { ...always, by }, utc);
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
    const { rows } = await costReport(ledger.database, { ...always, by: "session" }, utc);
    expect(rows.map(({ key, title }) => [key, title])).toEqual([
      [sessionId(90), "Fix it"],
      [sessionId(91), null],
    ]);
    expect(await rowsBy("day")).toEqual([
      ["2026-11-23", 3, 1050, 1],
      ["2026-11-24", 2, 7, 1],
    ]);
  });

  it("follows the local calendar and the asked span and project", async () => {
    const { rows } = await costReport(ledger.database, { ...always, by: "day" }, () => 120);
    expect(rows.map(({ key, calls }) => [key, calls])).toEqual([["2026-11-24", 5]]);
    const noon = Date.parse("2026-11-24T10:00:00Z");
    expect(await rowsBy("model", { from: noon })).toHaveLength(2);
    expect(await rowsBy("model", { to: noon })).toHaveLength(1);
    expect(await rowsBy("day", { project: "/b" })).toEqual([["2026-11-24", 2, 7, 1]]);
  });

  it("keeps the money of a deleted session, and nothing else of it", async () => {
    await ledger.store.delete(sessionId(90));
    expect(await rowsBy("project")).toEqual([
      [null, 3, 1050, 1],
      ["/b", 2, 7, 1],
    ]);
  });
});
