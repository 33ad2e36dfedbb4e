import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { BudgetKeys, Cap } from "../../src/meter/budgets.ts";
import { openBudgets } from "../../src/meter/budgets.ts";
import { openLedger } from "../../src/sessions/ledger.ts";
import { thisProcess } from "../../src/sessions/process.ts";
import { bundleWorker, startWorker, type WorkerScript } from "../support/processes.ts";

let script: WorkerScript;
const directory = mkdtempSync(join(tmpdir(), "tau-race-"));
beforeAll(async () => {
  script = await bundleWorker("budget");
});
afterAll(() => {
  script.dispose();
  rmSync(directory, { recursive: true });
});

it("8 processes race on one budget, two of them die in a call, and no cap is ever passed (law money)", async () => {
  const path = join(directory, "tau.db");
  const keys: BudgetKeys = { runId: "r", sessionId: "s", project: "/p", day: "2026-11-24" };
  const caps: Cap[] = [
    { scope: "day", unit: "usd", cap: 30_000 },
    { scope: "project", unit: "tokens", cap: 9_000 },
  ];
  const { store, database } = await openLedger({ path, now: Date.now, processInfo: thisProcess() });
  const budgets = openBudgets(database);
  const workers = Array.from({ length: 8 }, (_, n) =>
    startWorker(script, { path, keys, caps, seed: n + 1, dieInCall: n < 2 ? 2 + n : null }),
  );

  await Promise.all(workers.map((worker) => worker.until(1)));
  for (const { child } of workers) child.stdin?.end("go\n");

  // An eye of its own on the sums, in single snapshots, while they race.
  const snapshot = database.sql.prepare<[], { cost: number; tokens: number }>(
    `SELECT (SELECT coalesce(sum(cost), 0) FROM spend WHERE scope = 'day')
          + (SELECT coalesce(sum(cost), 0) FROM reservations WHERE state = 'open') AS cost,
            (SELECT coalesce(sum(tokens), 0) FROM spend WHERE scope = 'project')
          + (SELECT coalesce(sum(tokens), 0) FROM reservations WHERE state = 'open') AS tokens`,
  );
  let racing = true;
  const all = Promise.all(workers.map(({ ended }) => ended)).finally(() => {
    racing = false;
  });
  const most = { cost: 0, tokens: 0, looks: 0 };
  while (racing) {
    const seen = snapshot.get();
    most.cost = Math.max(most.cost, seen?.cost ?? 0);
    most.tokens = Math.max(most.tokens, seen?.tokens ?? 0);
    most.looks += 1;
    // Leaves the cores to the racers.
    await new Promise((next) => setTimeout(next, 1));
  }
  const ends = await all;
  expect(ends.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    ends.map((_, n) => ({ code: n < 2 ? null : 0, stderr: "" })),
  );
  expect(most.looks).toBeGreaterThan(10);
  expect(most.cost).toBeLessThanOrEqual(30_000);
  expect(most.tokens).toBeLessThanOrEqual(9_000);

  // What they say they spent is what is counted; of the dead ones' last calls, the worst case.
  type Amount = { cost: number; tokens: number };
  const said = workers.flatMap(({ lines }) =>
    lines.slice(1).map((line) => JSON.parse(line) as { settled?: Amount; died?: Amount }),
  );
  const sum = (amounts: Amount[]) =>
    amounts.reduce((a, b) => ({ cost: a.cost + b.cost, tokens: a.tokens + b.tokens }), {
      cost: 0,
      tokens: 0,
    });
  const settled = sum(said.flatMap((line) => line.settled ?? []));
  const died = said.flatMap((line) => line.died ?? []);
  expect(died).toHaveLength(2);
  const spent = sum([settled, ...died]);
  const room = await budgets.headroom(keys, caps);
  expect(room).toEqual({ cost: 30_000 - spent.cost, tokens: 9_000 - spent.tokens });
  expect(sum((await budgets.unsettled()).map(({ cost, tokens }) => ({ cost: cost ?? 0, tokens })))).toEqual(
    sum(died),
  );
  // They raced to the end: what is left is less than a call.
  expect(Math.min(room.cost ?? 0, 4 * (room.tokens ?? 0))).toBeLessThan(400);
  await store.close();
}, 120_000);
