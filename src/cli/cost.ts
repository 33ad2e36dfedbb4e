/** `tau cost`: what was spent, from the ledger. */
import { z } from "zod";
import { TauError } from "../core/errors.ts";
import { formatUsd, promptTokens } from "../core/usage.ts";
import { openBudgets, type UnsettledReservation } from "../meter/budgets.ts";
import { type Period, periodStart } from "../meter/calendar.ts";
import { type CostReport, type CostRow, costReport } from "../meter/report.ts";
import { withLedger } from "./ledger.ts";
import { print } from "./print/streams.ts";
import { utcOffset } from "./runtime.ts";
import { bar, compact, csvField, table } from "./table.ts";

const options = z.object({
  by: z.enum(["model", "project", "session", "day"]).default("model"),
  json: z.boolean().default(false),
  csv: z.boolean().default(false),
});

/** Columns of the longest bar; a narrower terminal has shorter bars, and below the least none. */
const barWidth = 24;
const leastBarWidth = 4;

/** Prints the report. */
export async function runCost(period: string, raw: object): Promise<void> {
  const { by, json, csv } = options.parse(raw);
  const span = z.enum(["today", "week", "month", "all"]).safeParse(period);
  if (!span.success)
    throw new TauError("usage", `there is no period "${period}"`, "use today, week, month or all");
  const now = Date.now();
  const from = periodStart(span.data, now, utcOffset);
  const { report, unsettled } = await withLedger(async (ledger) => {
    // Budgets keep their tables in the same file; a ledger that never ran has none yet.
    const left = await openBudgets(ledger.database).unsettled();
    return {
      report: await costReport(ledger.database, { from, to: now + 1, by }, utcOffset),
      unsettled: left.filter((one) => one.at >= from),
    };
  });
  if (json) print(JSON.stringify({ period: span.data, from, to: now, by, ...report, unsettled }));
  else if (csv) print(csvLines(report, by).join("\n"));
  else print(textLines(report, by, span.data, unsettled).join("\n"));
}

/** Costs in dollars; empty where every call of the row is unpriced. */
function csvLines({ rows }: CostReport, by: string): string[] {
  const heading = [
    by,
    "calls",
    "input",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "output",
    "reasoning",
    "cost_usd",
    "unpriced_calls",
  ];
  return [
    heading.join(","),
    ...rows.map((row) =>
      [
        row.key ?? "(deleted)",
        row.calls,
        row.usage.input,
        row.usage.cacheRead,
        row.usage.cacheWrite5m,
        row.usage.cacheWrite1h,
        row.usage.output,
        row.usage.reasoning,
        row.unpricedCalls === row.calls ? "" : (row.cost / 1e9).toFixed(9),
        row.unpricedCalls,
      ]
        .map(csvField)
        .join(","),
    ),
  ];
}

function textLines(
  report: CostReport,
  by: string,
  period: Period,
  unsettled: readonly UnsettledReservation[],
): string[] {
  if (report.rows.length === 0)
    return [
      `Nothing was spent ${period === "today" ? "today" : period === "all" ? "so far" : `this ${period}`}.`,
    ];
  const most = Math.max(...report.rows.map((row) => row.cost), 1);
  const cells = (row: CostRow, name: string): string[] => [
    name,
    compact(row.calls),
    compact(promptTokens(row.usage)),
    `${Math.round((100 * row.usage.cacheRead) / Math.max(1, promptTokens(row.usage)))}%`,
    compact(row.usage.output),
    costOf(row),
  ];
  const figures = table(
    [
      { title: by },
      { title: "calls", align: "right" },
      { title: "tokens in", align: "right" },
      { title: "cached", align: "right" },
      { title: "out", align: "right" },
      { title: "cost", align: "right" },
    ],
    [...report.rows.map((row) => cells(row, nameOf(row))), cells(report.total, "total")],
  );
  const lines = process.stdout.isTTY
    ? withBars(
        figures,
        report.rows.map((row) => row.cost / most),
        process.stdout.columns,
      )
    : figures;
  const lost = unsettled.map(
    (one) =>
      `unsettled: ${new Date(one.at).toISOString()} up to ${formatUsd(one.cost)}, ${compact(one.tokens)} tokens (the process died during the call; budgets count its worst case)`,
  );
  return [...lines, ...lost];
}

/** The table with a bar after each row but heading and total, where it is wide enough for them. */
function withBars(lines: readonly string[], shares: readonly number[], columns: number): string[] {
  const tableWidth = Math.max(...lines.map((line) => line.length));
  const width = Math.min(barWidth, columns - tableWidth - 3);
  if (width < leastBarWidth) return [...lines];
  return lines.map((line, index) => {
    const share = shares[index - 1];
    return share === undefined ? line : `${line.padEnd(tableWidth)}  ${bar(share, width)}`.trimEnd();
  });
}

const nameOf = (row: CostRow): string =>
  row.title ? `${row.key?.slice(0, 13)} ${row.title}` : (row.key ?? "(deleted sessions)");

function costOf(row: CostRow): string {
  if (row.unpricedCalls === 0) return formatUsd(row.cost);
  if (row.unpricedCalls === row.calls) return "unpriced";
  return `${formatUsd(row.cost)} + ${row.unpricedCalls} unpriced`;
}
