/** `tau cost`: what was spent, from the ledger. */
import { z } from "zod";
import { projectRoot } from "../config/project.ts";
import { TauError } from "../core/errors.ts";
import { openBudgets } from "../meter/budgets.ts";
import { periodStart } from "../meter/calendar.ts";
import { type CostSpan, costReport, spanFacts } from "../meter/report.ts";
import { csvLines, textLines } from "./cost-lines.ts";
import { withLedger } from "./ledger.ts";
import { print } from "./print/streams.ts";
import { utcOffset } from "./runtime.ts";

const options = z.object({
  by: z.enum(["model", "upstream", "project", "session", "day"]).default("model"),
  json: z.boolean().default(false),
  csv: z.boolean().default(false),
});

/** Prints the report. */
export async function runCost(period: string, raw: object): Promise<void> {
  const { by, json, csv } = options.parse(raw);
  const wanted = z.enum(["today", "week", "month", "all"]).safeParse(period);
  if (!wanted.success)
    throw new TauError("usage", `there is no period "${period}"`, "use today, week, month or all");
  const now = Date.now();
  const from = periodStart(wanted.data, now, utcOffset);
  const said = await withLedger(async ({ database }) => {
    const span: CostSpan = { from, to: now + 1, sessionId: null };
    // Budgets keep their tables in the same file; a ledger that never ran has none yet.
    const left = await openBudgets(database).unsettled();
    return {
      ...(await costReport(database, span, by, utcOffset, projectRoot)),
      ...(await spanFacts(database, span)),
      unsettled: left.filter((one) => one.at >= from),
    };
  });
  if (json) print(JSON.stringify({ period: wanted.data, from, to: now, by, ...said }));
  else if (csv) print(csvLines(said, by).join("\n"));
  else
    print(textLines(said, by, wanted.data, process.stdout.isTTY ? process.stdout.columns : null).join("\n"));
}
