/** `tau cost`: what was spent, and on what, from the ledger. */
import * as z from "zod";
import { projectRoot } from "../config/project.ts";
import { TauError } from "../core/errors.ts";
import { callReport, shareReport } from "../meter/breakdown.ts";
import { openBudgets } from "../meter/budgets.ts";
import { periodStart } from "../meter/calendar.ts";
import { type CostSpan, costReport, deletedCalls, sessionsIn, spanFacts } from "../meter/report.ts";
import { findSession } from "../sessions/choose.ts";
import type { Ledger } from "../sessions/ledger.ts";
import { csvLines, type SaidCost, textLines } from "./cost-lines.ts";
import { withLedger } from "./ledger.ts";
import { print } from "./print/streams.ts";
import { utcOffset } from "./runtime.ts";

/** What `--by` takes: sums over the list of calls, whole calls as they stand in their sessions, shares of calls. */
export const costGroups = {
  listed: ["model", "upstream", "project", "session", "day"],
  calls: ["turn", "step", "helper"],
  shares: ["tool", "file"],
} as const;

const options = z.object({
  by: z.enum([...costGroups.listed, ...costGroups.calls, ...costGroups.shares]).default("model"),
  session: z.string().optional(),
  json: z.boolean().default(false),
  csv: z.boolean().default(false),
});

type By = z.infer<typeof options>["by"];

/** Prints the report. */
export async function runCost(period: string | undefined, raw: object): Promise<void> {
  const { by, session, json, csv } = options.parse(raw);
  const wanted = z
    .enum(["today", "week", "month", "all"])
    .safeParse(period ?? (session === undefined ? "today" : "all"));
  if (!wanted.success)
    throw new TauError("usage", `there is no period "${period}"`, "use today, week, month or all");
  const now = Date.now();
  const from = periodStart(wanted.data, now, utcOffset);
  const said = await withLedger(async (ledger): Promise<SaidCost & Pick<CostSpan, "sessionId">> => {
    const sessionId = session === undefined ? null : (await findSession(ledger.store, session)).id;
    const span: CostSpan = { from, to: now + 1, sessionId };
    // Budgets keep their tables in the same file; a ledger that never ran has none yet.
    const left = await openBudgets(ledger.database).unsettled();
    return {
      sessionId,
      ...(await rowsOf(ledger, span, by)),
      ...(await spanFacts(ledger.database, span)),
      unsettled: left.filter((one) => one.at >= from && (sessionId ?? one.sessionId) === one.sessionId),
    };
  });
  if (json) print(JSON.stringify({ period: wanted.data, from, to: now, by, ...said }));
  else if (csv) print(csvLines(said, by, isIn(costGroups.shares, by)).join("\n"));
  else {
    const columns = process.stdout.isTTY ? process.stdout.columns : null;
    print(textLines(said, by, wanted.data, columns, process.cwd()).join("\n"));
  }
}

function isIn<Name extends string>(names: readonly Name[], by: string): by is Name {
  return names.some((name) => name === by);
}

async function rowsOf(
  { database, store }: Ledger,
  span: CostSpan,
  by: By,
): Promise<Pick<SaidCost, "rows" | "total">> {
  if (isIn(costGroups.listed, by)) return costReport(database, span, by, utcOffset, projectRoot);
  const { total } = await costReport(database, span, "upstream", utcOffset, projectRoot);
  const sessions = sessionsIn(database, span);
  const deleted = deletedCalls(database, span);
  if (isIn(costGroups.calls, by)) {
    const rows = await callReport(store, sessions, span, by);
    return { total, rows: deleted ? [...rows, deleted.row] : rows };
  }
  const rows = await shareReport(store, sessions, span, by);
  if (deleted === null) return { total, rows };
  const { row, unpricedTokens } = deleted;
  return {
    total,
    rows: [...rows, { kind: "deleted", key: null, usage: row.usage, cost: row.cost, unpricedTokens }],
  };
}
