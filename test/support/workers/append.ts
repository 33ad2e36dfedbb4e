/** Appends to a session, printing each batch's last `seq` once it is committed, and nothing it does not know is kept. */
import { writeSync } from "node:fs";
import { TauError } from "../../../src/core/errors.ts";
import type { DurableEvent } from "../../../src/core/event.ts";
import type { SessionId } from "../../../src/core/ids.ts";
import type { NewEntry, Settlement } from "../../../src/core/store.ts";
import { openBudgets } from "../../../src/meter/budgets.ts";
import { openLedger } from "../../../src/sessions/ledger.ts";
import { thisProcess } from "../../../src/sessions/process.ts";
import { answer, call, chained, finished, nano, started, text, turnEnded, user } from "../entries.ts";

type Task = {
  path: string;
  session: SessionId;
  /** Batches to append; null: until killed. */
  batches: number | null;
  /** Characters of each answer, to fill a disk. */
  size: number;
};

const task = JSON.parse(process.argv[2] ?? "") as Task;

function batch(n: number): DurableEvent[] {
  const id = `call_${n}`;
  switch (n % 4) {
    case 0:
      return [user(`prompt ${n}`)];
    case 1:
      return [answer([text("x".repeat(task.size)), call(id)])];
    case 2:
      return [started(`call_${n - 1}`)];
    default:
      return [finished(`call_${n - 2}`), answer([text("done")]), turnEnded()];
  }
}

try {
  const { store, database } = await openLedger({
    path: task.path,
    now: Date.now,
    processInfo: thisProcess(),
  });
  const writer =
    (await store.get(task.session)) === null
      ? await store.create({ id: task.session, cwd: "/w", model: "test/m", mode: "ask", at: Date.now() })
      : await store.open(task.session);
  const budgets = openBudgets(database);
  /** Sets a worst case aside for each answer, as a call does before it is sent. */
  const reservedFor = async (entries: readonly NewEntry[]): Promise<Settlement | null> => {
    let settlement: Settlement | null = null;
    for (const entry of entries) {
      if (entry.type !== "assistant.message") continue;
      const reserved = await budgets.reserve({
        ...{ runId: "r", sessionId: task.session, project: "/w", day: "d", caps: [] },
        wantedCost: nano(5_000),
        wantedTokens: 500,
      });
      if (reserved.ok) settlement = { reservationId: reserved.reservationId, cost: entry.cost, tokens: 110 };
    }
    return settlement;
  };
  let last: NewEntry | null = (await store.path(task.session)).at(-1) ?? null;
  for (let n = 0; task.batches === null || n < task.batches; n++) {
    const entries = chained(batch(n), last);
    await writer.append(entries, { settlement: await reservedFor(entries) });
    last = entries.at(-1) ?? last;
    writeSync(1, `${last?.seq}\n`);
  }
  await store.close();
} catch (error) {
  if (!(error instanceof TauError)) throw error;
  writeSync(1, `${JSON.stringify({ reason: error.reason, message: error.message, hint: error.hint })}\n`);
  process.exit(3);
}
