/** The ledger for commands that only look: no app, no provider, no settings. */
import { join } from "node:path";
import { type TauPaths, tauPaths } from "../config/paths.ts";
import { type Ledger, openLedger } from "../sessions/ledger.ts";
import { thisProcess } from "../sessions/process.ts";
import { homeFolder } from "./folder.ts";

/** Tau's folders for this process. */
export function ownPaths(): TauPaths {
  return tauPaths(process.env, homeFolder());
}

/** Opens the user's ledger, hands it to `work`, and closes it whatever happens. */
export async function withLedger<Result>(work: (ledger: Ledger) => Promise<Result>): Promise<Result> {
  const ledger = await openLedger({
    path: join(ownPaths().data, "tau.db"),
    now: Date.now,
    processInfo: thisProcess(),
  });
  try {
    return await work(ledger);
  } finally {
    await ledger.store.close();
  }
}
