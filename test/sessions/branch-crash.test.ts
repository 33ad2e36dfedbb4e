import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Entry } from "../../src/core/event.ts";
import { checkLedger } from "../../src/sessions/check.ts";
import { openLedger } from "../../src/sessions/ledger.ts";
import { thisProcess } from "../../src/sessions/process.ts";
import { answer, chained, sessionId, sessionStarted, text, turnEnded, user } from "../support/entries.ts";
import { bundleWorker, startWorker } from "../support/processes.ts";
import { pathOf } from "../support/tree.ts";

it("kill -9 while branches are moved and forked leaves a whole ledger: every move that was told, and no half of a fork", async () => {
  const script = await bundleWorker("branch");
  const directory = mkdtempSync(join(tmpdir(), "tau-branch-crash-"));
  onTestFinished(() => {
    script.dispose();
    rmSync(directory, { recursive: true });
  });
  const options = { path: join(directory, "tau.db"), now: Date.now, processInfo: thisProcess() };
  const session = sessionId(1);
  {
    const { store } = await openLedger(options);
    const writer = await store.create({
      id: session,
      cwd: "/w",
      model: "test/m",
      mode: "ask",
      at: Date.now(),
    });
    const turns = [1, 2, 3, 4, 5].flatMap((n) => [
      user(`prompt ${n}`),
      answer([text(`answer ${n}`)]),
      turnEnded(),
    ]);
    await writer.append(chained([sessionStarted("/w"), ...turns]));
    await writer.close();
    await store.close();
  }
  let lastSeq = 0;
  const forks: string[] = [];
  for (let round = 0; round < 5; round++) {
    const worker = startWorker(script, { path: options.path, session });
    await worker.until(2 + 3 * round);
    worker.child.kill("SIGKILL");
    expect((await worker.ended).stderr).toBe("");
    for (const line of worker.lines) {
      const told: { lastSeq: number; fork: string | null } = JSON.parse(line);
      lastSeq = Math.max(lastSeq, told.lastSeq);
      if (told.fork !== null) forks.push(told.fork);
    }
  }
  const { store } = await openLedger(options);
  const all = await store.list({ limit: 10_000 });
  expect((await store.get(session))?.lastSeq).toBeGreaterThanOrEqual(lastSeq);
  expect(forks.filter((id) => !all.some((one) => one.id === id))).toEqual([]);
  for (const { id, leaf, lastSeq: last, title } of all) {
    const entries: Entry[] = await store.read(id, 0, 100_000);
    expect(await store.path(id)).toEqual(pathOf(entries));
    expect([leaf, last]).toEqual([pathOf(entries).at(-1)?.id, entries.at(-1)?.seq]);
    // A fork ends with its title: one that was cut off would have none.
    if (id !== session) expect(title).toMatch(/\(fork/);
  }
  await (await store.open(session)).close();
  await store.close();
  expect(await checkLedger(options)).toMatchObject({ damage: [], unfound: 0, leftover: 0 });
}, 60_000);
