/** The lines of a cost report: a table for people, CSV for spreadsheets. */
import { formatUsd, promptTokens } from "../core/usage.ts";
import type { UnsettledReservation } from "../meter/budgets.ts";
import type { Period } from "../meter/calendar.ts";
import type { CostReport, CostRow, SpanFacts } from "../meter/report.ts";
import { bar, compact, csvField, table } from "./table.ts";

/** A report with all there is to say about it. */
export type SaidCost = CostReport & SpanFacts & { unsettled: readonly UnsettledReservation[] };

/** Columns of the longest bar; a narrower terminal has shorter bars, and below the least none. */
const barWidth = 24;
const leastBarWidth = 4;

/** Costs in dollars; empty where every call of the row is unpriced. */
export function csvLines({ rows }: CostReport, by: string): string[] {
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

/** The table, bars beside it in a terminal of so many `columns` (null: no terminal), and what else there is to know. */
export function textLines(said: SaidCost, by: string, period: Period, columns: number | null): string[] {
  const notes = [...cacheLines(said), ...replayLines(said), ...unsettledLines(said)];
  if (said.rows.length === 0)
    return [
      `Nothing was spent ${period === "today" ? "today" : period === "all" ? "so far" : `this ${period}`}.`,
      ...notes,
    ];
  const most = Math.max(...said.rows.map((row) => row.cost), 1);
  const cells = (row: CostRow, name: string): string[] => [
    name,
    compact(row.calls),
    compact(promptTokens(row.usage)),
    share(row.usage.cacheRead, promptTokens(row.usage)),
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
    [...said.rows.map((row) => cells(row, nameOf(row))), cells(said.total, "total")],
  );
  const shares = said.rows.map((row) => row.cost / most);
  return [...(columns === null ? figures : withBars(figures, shares, columns)), ...notes];
}

const share = (part: number, whole: number): string => `${Math.round((100 * part) / Math.max(1, whole))}%`;

/** What the prompt cache gave and what was missed; nothing where no cache was ever used. */
function cacheLines({ total: { usage }, cache }: SaidCost): string[] {
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  if (usage.cacheRead + written + cache.misses === 0) return [];
  const used = `prompt cache: ${compact(usage.cacheRead)} tokens read (${share(usage.cacheRead, promptTokens(usage))} of the prompts), ${compact(written)} written`;
  if (cache.misses === 0) return [used];
  const times = cache.misses === 1 ? "once" : `${cache.misses} times`;
  return [
    `${used}, ${compact(cache.missedTokens)} missed ${times} (${formatUsd(cache.missedCost)} more than a read)`,
  ];
}

function replayLines({ replayedCalls }: SaidCost): string[] {
  if (replayedCalls === 0) return [];
  return [
    `${replayedCalls} replayed ${replayedCalls === 1 ? "call" : "calls"} left out: answered from a recording, nothing was spent`,
  ];
}

function unsettledLines({ unsettled }: SaidCost): string[] {
  return unsettled.map(
    (one) =>
      `unsettled: ${new Date(one.at).toISOString()} up to ${formatUsd(one.cost)}, ${compact(one.tokens)} tokens (the process died during the call; budgets count its worst case)`,
  );
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
