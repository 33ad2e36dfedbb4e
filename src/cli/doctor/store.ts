/** The ledger. It is looked at by a process of its own: SQLite cannot be stopped half way, a process can. */
import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { TauPaths } from "../../config/paths.ts";
import { checkLedger, type LedgerFindings } from "../../sessions/check.ts";
import { thisProcess } from "../../sessions/process.ts";
import { type Check, problemOf } from "./check.ts";

/** Long enough for some gigabytes. */
const limitMs = 20_000;

const report = z.object({
  checks: z.array(
    z.object({
      name: z.string(),
      state: z.enum(["ok", "warning", "problem"]),
      detail: z.string(),
      next: z.string().optional(),
    }),
  ),
});

const pathIn = (paths: TauPaths): string => join(paths.data, "tau.db");

/** `tau doctor --store --json` of the same program, ended when it takes too long. */
export async function boundedStoreCheck(paths: TauPaths): Promise<Check[]> {
  const path = pathIn(paths);
  if (!existsSync(path)) return storeChecks(paths);
  const megabytes = Math.ceil(statSync(path).size / 1024 / 1024);
  const next = "tau doctor --store looks at the ledger alone, however long it takes";
  return new Promise((resolve) => {
    const args = [...process.execArgv, process.argv[1] ?? "", "doctor", "--store", "--json"];
    const options = { timeout: limitMs, killSignal: "SIGKILL", cwd: "/", env: process.env } as const;
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const read = report.safeParse(parsed(stdout));
      // exactOptionalPropertyTypes: zod's optional may be undefined.
      if (read.success)
        resolve(
          read.data.checks.map(({ next: step, ...check }) => ({ ...check, ...(step && { next: step }) })),
        );
      else if (error?.killed)
        resolve([
          {
            name: "store",
            state: "warning",
            detail: `${path}, ${megabytes} MB, was not looked at to its end within ${limitMs / 1000} s`,
            next,
          },
        ]);
      else
        resolve([
          {
            name: "store",
            state: "problem",
            detail: `looking at ${path} failed: ${stderr.trim() || error?.message || "no answer"}`,
            next,
          },
        ]);
    });
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // it ended without its report, and that is told
  }
}

/** Looks at the whole of it, here and now. */
export async function storeChecks(paths: TauPaths): Promise<Check[]> {
  const path = pathIn(paths);
  if (!existsSync(path))
    return [{ name: "store", state: "ok", detail: `${path} (will be made with the first session)` }];
  try {
    return findings(path, await checkLedger({ path, now: Date.now, processInfo: thisProcess() }));
  } catch (error) {
    return [problemOf("store", error, `check the permissions of ${path} and its folder, or set TAU_HOME`)];
  }
}

function findings(path: string, found: LedgerFindings): Check[] {
  const aside = `move it aside to start afresh (mv '${path}' '${path}.damaged'), after exporting what can be read: tau sessions export ID`;
  const checks: Check[] = [];
  if (found.damage.length > 0)
    checks.push({
      name: "store",
      state: "problem",
      detail: `${path} is damaged: ${found.damage.join("; ")}`,
      next: aside,
    });
  else
    checks.push({
      name: "store",
      state: "ok",
      detail: `${path}: ${found.sessions} sessions, ${Math.ceil(statSync(path).size / 1024)} KB, schema ${found.schema}, intact`,
    });
  if (found.unfound > 0 || found.leftover > 0)
    checks.push({
      name: "search",
      state: "warning",
      detail: `the search index lacks ${found.unfound} entries and holds ${found.leftover} of deleted sessions`,
      next: "full-text search may miss or show too much; the sessions themselves are whole",
    });
  if (found.deadHolders.length > 0)
    checks.push({
      name: "sessions",
      state: "warning",
      detail: `ended without closing: ${found.deadHolders.map(({ session, pid }) => `${session} (process ${pid})`).join(", ")}`,
      next: `nothing is lost: tau -r ${found.deadHolders[0]?.session} goes on with it and says what was interrupted`,
    });
  return checks;
}
