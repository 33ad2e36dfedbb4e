/** Ledger and budgets are one story: wherever the process dies, what entries say was spent is what is counted. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { budgetGate } from "../../src/agent/gate.ts";
import { runTurn } from "../../src/agent/turn.ts";
import { type BudgetKeys, openBudgets } from "../../src/meter/budgets.ts";
import { callOf } from "../../src/sessions/calls.ts";
import { type Ledger, openLedger } from "../../src/sessions/ledger.ts";
import { type Bench, fakeTool, makeBench, ofType, type Storage } from "../support/agent.ts";
import { asks, fails, hangsAfter, says, smallUsage } from "../support/scripted-upstream.ts";

const keys: BudgetKeys = { runId: "run", sessionId: "session", project: "/project", day: "2026-11-24" };
const cap = { scope: "run", unit: "usd", cap: 1_000_000_000_000 } as const;

const openAs = (folder: string, pid: number, dead: number | null): Promise<Ledger> =>
  openLedger({
    path: join(folder, "tau.db"),
    now: () => 1_790_000_000_000,
    processInfo: { pid, startedAt: `start-${pid}`, host: "here", isAlive: (asked) => asked !== dead },
  });

/** The ledger, copied as it lies on the disk after each commit: the only states a kill can leave it in. */
async function recordedStorage(): Promise<{ storage: Storage; copies: string[]; ledger: Ledger }> {
  const folder = mkdtempSync(join(tmpdir(), "tau-settle-"));
  const ledger = await openAs(join(folder, "live"), 1, null);
  onTestFinished(async () => {
    await ledger.store.close();
    rmSync(folder, { recursive: true });
  });
  const copies: string[] = [];
  const copied = async <T>(commit: Promise<T>): Promise<T> => {
    const result = await commit;
    const copy = join(folder, `copy-${copies.length}`);
    mkdirSync(copy);
    for (const name of ["tau.db", "tau.db-wal"]) {
      if (existsSync(join(folder, "live", name))) cpSync(join(folder, "live", name), join(copy, name));
    }
    copies.push(copy);
    return result;
  };
  const storage: Storage = {
    writer: async (id) => {
      const writer = await ledger.store.create({
        id,
        cwd: "/project",
        model: "test/model",
        mode: "full",
        at: 0,
      });
      return { ...writer, append: (entries, account) => copied(writer.append(entries, account)) };
    },
    entries: (id) => ledger.store.read(id, 0, 100_000),
    gate: (_, clock) => {
      const gate = budgetGate(openBudgets(ledger.database), () => keys, [cap], clock);
      return {
        reserve: (attempt) => copied(gate.reserve(attempt)),
        settle: (settlement) => copied(gate.settle(settlement)),
      };
    },
  };
  return { storage, copies, ledger };
}

/** What entries and open worst cases come to, and what the budgets count. */
async function accounts(ledger: Ledger) {
  const budgets = openBudgets(ledger.database);
  const room = await budgets.headroom(keys, [cap]);
  const left = await budgets.unsettled();
  const [session] = await ledger.store.list({});
  const entries = session ? await ledger.store.read(session.id, 0, 100_000) : [];
  const calls = entries.flatMap((entry) => callOf(entry) ?? []);
  const sum = (costs: (number | null)[]) => costs.reduce<number>((total, cost) => total + (cost ?? 0), 0);
  return {
    counted: cap.cap - (room.cost ?? 0),
    recorded: sum(calls.map(({ cost }) => cost)),
    summary: session?.cost ?? 0,
    worst: sum(left.map(({ cost }) => cost)),
    calls: calls.length,
    unsettled: left.length,
  };
}

const counted = (input: number, output: number) => ({ ...smallUsage, input, output });

async function eventful(bench: Bench): Promise<void> {
  const filler = "red fox sun map tree cold lake stone ".repeat(400);
  bench.upstream.script(
    asks({ name: "look", input: { n: 1 } }, { name: "act", input: { text: "one" } }),
    fails("overloaded", [{ type: "start" }, { type: "usage", usage: smallUsage }]),
    says({ text: filler, usage: counted(1_000, 7_000) }),
    says({ text: filler, usage: counted(8_100, 7_000) }),
    // The first summary call asks for tools, the second one answers.
    says({ calls: [{ name: "look" }] }),
    says("a summary"),
    says("on we go"),
  );
  for (const words of ["begin", "again", "at last"]) await bench.turn(words);
  expect(bench.upstream.left).toBe(0);
}

const tools = [
  fakeTool("look", "read", ({ n }) => `seen ${n}`),
  fakeTool("act", "execute", ({ text }) => `did ${text}`),
];

describe("after a kill at any commit", () => {
  it("each call is either in the ledger and counted at its cost, or not in it and counted at its worst", async () => {
    const { storage, copies } = await recordedStorage();
    const bench = await makeBench({
      tools,
      storage,
      info: { contextWindow: 16_000, maxOutput: 1_000 },
    });
    await eventful(bench);
    const entries = await bench.entries();
    expect(ofType(entries, "compaction.finished")).toMatchObject([{ method: "summary" }]);
    expect(ofType(entries, "attempt.failed").map(({ error }) => error.code)).toEqual([
      "overloaded",
      "refused",
    ]);
    expect(copies.length).toBeGreaterThan(25);
    let unsettled = 0;
    for (const [index, copy] of copies.entries()) {
      const ledger = await openAs(copy, 2, 1);
      const { counted, recorded, summary, worst, ...left } = await accounts(ledger);
      await ledger.store.close();
      expect(counted, `after commit ${index}`).toBe(recorded + worst);
      expect(summary, `after commit ${index}`).toBe(recorded);
      expect(left.unsettled).toBeLessThanOrEqual(1);
      unsettled += left.unsettled;
    }
    // Deaths in the middle of a call were among them.
    expect(unsettled).toBeGreaterThan(6);
  });

  it("a step costs three commits beside its tools': what is set aside, what begins, and the answer with what it came to", async () => {
    const { storage, copies } = await recordedStorage();
    const bench = await makeBench({ tools, storage });
    const before = copies.length;
    bench.upstream.script(says("yes"));
    await bench.turn("hello");
    // The message, its title, and the end of the turn.
    expect(copies.length - before).toBe(3 + 3);
  });
});

describe("a call that is broken off", () => {
  it("by an abort is one entry, settled once", async () => {
    const { storage, ledger } = await recordedStorage();
    const bench = await makeBench({ storage });
    const stop = new AbortController();
    bench.upstream.script(
      hangsAfter(says({ text: "half of it" }).slice(0, -1), () => stop.abort("interrupted")),
    );
    const { result } = await bench.turn("go", { signal: stop.signal });
    expect(result.reason).toBe("interrupted");
    expect(await accounts(ledger)).toMatchObject({ calls: 1, unsettled: 0, worst: 0 });
    expect((await accounts(ledger)).counted).toBeGreaterThanOrEqual((await accounts(ledger)).recorded);
  });

  it("by a reader that walks away is on record and settled", async () => {
    const { storage, ledger } = await recordedStorage();
    const bench = await makeBench({ storage });
    bench.upstream.script(says({ text: "nobody reads this" }));
    const turn = runTurn(
      { ...bench.run, signal: new AbortController().signal },
      { parts: [{ type: "text", text: "go" }] },
    );
    for await (const event of turn) if (event.type === "text.delta") break;
    const entries = await bench.entries();
    expect(ofType(entries, "attempt.failed")).toMatchObject([
      { error: { code: "aborted" }, parts: [{ type: "text", text: "nobody reads this" }] },
    ]);
    expect(await accounts(ledger)).toMatchObject({ calls: 1, unsettled: 0, worst: 0 });
    const { n } = ledger.database.sql
      .prepare<[], { n: number }>("SELECT count(*) AS n FROM reservations")
      .get() ?? { n: -1 };
    expect(n).toBe(0);
  });

  it("by the loss of the session is settled all the same", async () => {
    const { storage, ledger } = await recordedStorage();
    const bench = await makeBench({ storage });
    bench.upstream.script(() => {
      ledger.database.sql.exec("DELETE FROM writers");
      return says({ text: "too late" });
    });
    const { result } = await bench.turn("go");
    expect(result).toMatchObject({ reason: "failure" });
    const { n } = ledger.database.sql
      .prepare<[], { n: number }>("SELECT count(*) AS n FROM reservations")
      .get() ?? { n: -1 };
    expect(n).toBe(0);
    const came = 10 * 1_000 + 5 * 10_000;
    expect(await accounts(ledger)).toMatchObject({ counted: came, calls: 0 });
  });
});
