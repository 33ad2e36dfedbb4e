/** Spends against shared caps as fast as it can until they are used up, printing what it settled; may die in a call. */
import { once } from "node:events";
import { writeSync } from "node:fs";
import type { NanoUsd } from "../../../src/core/usage.ts";
import type { BudgetKeys, Cap } from "../../../src/meter/budgets.ts";
import { openBudgets } from "../../../src/meter/budgets.ts";
import { openLedger } from "../../../src/sessions/ledger.ts";
import { thisProcess } from "../../../src/sessions/process.ts";

type Task = {
  path: string;
  keys: BudgetKeys;
  caps: Cap[];
  seed: number;
  /** Kill itself, with -9, in the middle of this call. */
  dieInCall: number | null;
};

const task = JSON.parse(process.argv[2] ?? "") as Task;

/** A linear congruential generator (Numerical Recipes): what each process wants differs, and a failure can be repeated. */
let state = task.seed;
function below(limit: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state % limit;
}

const { store, database } = await openLedger({ path: task.path, now: Date.now, processInfo: thisProcess() });
const budgets = openBudgets(database);
// All begin at one instant: a process that is up first could use a cap up before the others have started.
writeSync(1, '"ready"\n');
await once(process.stdin, "data");
process.stdin.destroy();

let refusals = 0;
for (let calls = 1; refusals < 25; calls++) {
  const cost = 1 + below(400);
  const tokens = 1 + below(100);
  const result = await budgets.reserve({
    ...task.keys,
    caps: task.caps,
    wantedCost: cost as NanoUsd,
    wantedTokens: tokens,
  });
  if (!result.ok) {
    refusals += 1;
    continue;
  }
  if (calls >= (task.dieInCall ?? Number.POSITIVE_INFINITY)) {
    writeSync(1, `${JSON.stringify({ died: { cost, tokens } })}\n`);
    process.kill(process.pid, "SIGKILL");
  }
  // One in ten was never sent.
  const came =
    below(10) === 0
      ? { cost: 0 as NanoUsd, tokens: 0 }
      : { cost: below(cost + 1) as NanoUsd, tokens: below(tokens + 1) };
  await budgets.settle({ reservationId: result.reservationId, ...came });
  writeSync(1, `${JSON.stringify({ settled: came })}\n`);
}
await store.close();
