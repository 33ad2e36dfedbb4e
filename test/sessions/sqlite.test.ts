import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../../src/core/store.ts";
import { openLedger } from "../../src/sessions/ledger.ts";
import { describeStore } from "../support/store-conformance.ts";

describeStore("SQLite", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tau-store-"));
  const dead = new Set<number>();
  const stores: Store[] = [];
  return {
    open: async (pid) => {
      const { store } = await openLedger({
        path: join(directory, "tau.db"),
        now: () => 1_700_000_000_000,
        processInfo: { pid, startedAt: `start-${pid}`, host: "here", isAlive: (asked) => !dead.has(asked) },
      });
      stores.push(store);
      return store;
    },
    kill: (pid) => {
      dead.add(pid);
    },
    dispose: async () => {
      for (const store of stores) await store.close();
      rmSync(directory, { recursive: true });
    },
  };
});
