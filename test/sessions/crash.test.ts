import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toolCallsOf } from "../../src/core/message.ts";
import { addUsage, zeroUsage } from "../../src/core/usage.ts";
import { openBudgets } from "../../src/meter/budgets.ts";
import { callOf } from "../../src/sessions/calls.ts";
import { checkLedger } from "../../src/sessions/check.ts";
import { openLedger } from "../../src/sessions/ledger.ts";
import { thisProcess } from "../../src/sessions/process.ts";
import { sessionId } from "../support/entries.ts";
import { bundleWorker, startWorker, type WorkerScript } from "../support/processes.ts";
import { historyOf, pathOf } from "../support/tree.ts";

let script: WorkerScript;
const directory = mkdtempSync(join(tmpdir(), "tau-crash-"));
beforeAll(async () => {
  script = await bundleWorker("append");
});
afterAll(() => {
  script.dispose();
  rmSync(directory, { recursive: true });
});

const open = (name: string) =>
  openLedger({ path: join(directory, name), now: Date.now, processInfo: thisProcess() });

describe("kill -9", () => {
  it("loses nothing that was acknowledged, keeps sums and tree whole, and leaves the session open to the next", async () => {
    const session = sessionId(1);
    const acknowledged: number[] = [];
    // Each round resumes what the one before left, so every takeover is from a process that died holding the lease.
    for (let round = 0; round < 8; round++) {
      const worker = startWorker(script, {
        path: join(directory, "kill.db"),
        session,
        batches: null,
        size: 3000,
      });
      await worker.until(5 + 17 * round);
      worker.child.kill("SIGKILL");
      const { stderr } = await worker.ended;
      expect(stderr).toBe("");
      expect(worker.lines.length).toBeGreaterThanOrEqual(5 + 17 * round);
      acknowledged.push(...worker.lines.map(Number));
    }
    const { store, database } = await open("kill.db");
    const entries = await store.read(session, 0, 1_000_000);
    const kept = new Set(entries.map(({ seq }) => seq));
    expect(acknowledged.filter((seq) => !kept.has(seq))).toEqual([]);
    expect(await store.path(session)).toEqual(pathOf(entries));
    const usage = entries
      .map((entry) => (entry.type === "assistant.message" ? entry.usage : zeroUsage))
      .reduce(addUsage, zeroUsage);
    expect(await store.get(session)).toMatchObject({ usage, lastSeq: entries.at(-1)?.seq });
    // What the budgets count is what the entries cost, and the worst case of calls whose entry never came to be.
    const budgets = openBudgets(database);
    const keys = { runId: "r", sessionId: session, project: "/w", day: "d" };
    const room = await budgets.headroom(keys, [{ scope: "session", unit: "usd", cap: 1e12 }]);
    const unsettled = await budgets.unsettled();
    expect(unsettled.length).toBeLessThanOrEqual(8 * 2);
    const cost = entries.reduce((sum, entry) => sum + (callOf(entry)?.cost ?? 0), 0);
    expect(1e12 - (room.cost ?? 0)).toBe(cost + 5_000 * unsettled.length);
    // The other columns of the summary, and the search index, row for row.
    const prompts = entries.filter(({ type }) => type === "user.message").length;
    expect(await store.get(session)).toMatchObject({ turns: prompts, title: "prompt 0", cost });
    expect(
      await checkLedger({ path: join(directory, "kill.db"), now: Date.now, processInfo: thisProcess() }),
    ).toMatchObject({ damage: [], unfound: 0, leftover: 0 });
    const messages = historyOf(entries);
    for (const [index, message] of messages.entries()) {
      const calls = message.role === "assistant" ? toolCallsOf(message.parts).length : 0;
      if (calls > 0) expect(messages[index + 1]).toMatchObject({ role: "tool", parts: { length: calls } });
    }
    await (await store.open(session)).close();
    await store.close();
  }, 120_000);

  it("lets no second process write while the first lives, and says which one it is", async () => {
    const task = { path: join(directory, "lease.db"), session: sessionId(2), batches: null, size: 10 };
    const holder = startWorker(script, task);
    await holder.until(1);
    const { store } = await open("lease.db");
    await expect(store.open(task.session)).rejects.toMatchObject({
      name: "TauError",
      message: expect.stringContaining(`process ${holder.child.pid}`),
    });
    holder.child.kill("SIGKILL");
    await holder.ended;
    await (await store.open(task.session)).close();
    await store.close();
  });
});

describe("many processes", () => {
  it("create and fill one new ledger at once, twenty of them, and none is told that it is locked", async () => {
    const workers = Array.from({ length: 20 }, (_, n) =>
      startWorker(script, {
        path: join(directory, "new", "many.db"),
        session: sessionId(n),
        batches: 40,
        size: 10,
      }),
    );
    for (const worker of workers) expect(await worker.ended).toEqual({ code: 0, stderr: "" });
    const { store } = await open("new/many.db");
    const sessions = await store.list({});
    expect(sessions.map(({ turns }) => turns)).toEqual(Array.from({ length: 20 }, () => 10));
    for (const { id } of sessions) expect(await store.read(id, 0, 1000)).toHaveLength(60);
    await store.close();
  }, 120_000);
});
