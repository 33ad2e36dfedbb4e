/** The lines of a cost report: a table for people, CSV for spreadsheets. */
import { relative } from "node:path";
import { formatUsd, promptTokens, totalTokens } from "../core/usage.ts";
import type { ShareRow } from "../meter/breakdown.ts";
import type { UnsettledReservation } from "../meter/budgets.ts";
import type { Period } from "../meter/calendar.ts";
import type { CostRow, SpanFacts } from "../meter/report.ts";
import { oneRow } from "../tui/view/clean.ts";
import { bar, compact, csvField, table } from "./table.ts";

/** A report with all there is to say about it. */
export type SaidCost = SpanFacts & {
  rows: readonly Row[];
  total: CostRow;
  unsettled: readonly UnsettledReservation[];
};

/** Whole calls, or shares of them. */
type Row = CostRow | ShareRow;

/** Columns of the longest bar; a narrower terminal has shorter bars, and below the least none. */
const barWidth = 24;
const leastBarWidth = 4;
/** Rows of a table; a month has more turns and files than a person reads. */
const mostRows = 40;

const isShare = (row: Row): row is ShareRow => "kind" in row;

/** Costs in dollars; empty where no call of the row is priced. Shares have a kind, and no count of calls. */
export function csvLines({ rows }: Pick<SaidCost, "rows">, by: string, shares: boolean): string[] {
  const tokens = ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning"];
  const [second, last] = shares ? ["kind", "unpriced_tokens"] : ["calls", "unpriced_calls"];
  return [
    [by, second, ...tokens, "cost_usd", last].join(","),
    ...rows.map((row) =>
      [
        row.key ?? "(deleted)",
        isShare(row) ? row.kind : row.calls,
        row.usage.input,
        row.usage.cacheRead,
        row.usage.cacheWrite5m,
        row.usage.cacheWrite1h,
        row.usage.output,
        row.usage.reasoning,
        isUnpriced(row) ? "" : (row.cost / 1e9).toFixed(9),
        isShare(row) ? row.unpricedTokens : row.unpricedCalls,
      ]
        .map(csvField)
        .join(","),
    ),
  ];
}

/**
 * The table, bars beside it in a terminal of so many `columns` (null: no terminal), and what else there is to know.
 * Files in `cwd` are named from there.
 */
export function textLines(
  said: SaidCost,
  by: string,
  period: Period,
  columns: number | null,
  cwd: string,
): string[] {
  const notes = [...cacheLines(said), ...replayLines(said), ...unsettledLines(said)];
  if (said.rows.length === 0)
    return [
      `Nothing was spent ${period === "today" ? "today" : period === "all" ? "so far" : `this ${period}`}.`,
      ...notes,
    ];
  const shown = said.rows.slice(0, mostRows);
  const cells = (row: Row, name: string): string[] => [
    name,
    ...(isShare(row) ? [] : [compact(row.calls)]),
    compact(promptTokens(row.usage)),
    percent(row.usage.cacheRead, promptTokens(row.usage)),
    compact(row.usage.output),
    ...(isShare(row) ? [percent(row.cost, said.total.cost)] : []),
    costOf(row),
  ];
  const shares = shown.some(isShare);
  const right = (title: string) => ({ title, align: "right" as const });
  const total = shares ? { kind: "other" as const, unpricedTokens: 0, ...said.total } : said.total;
  const figures = table(
    [
      { title: by },
      ...(shares ? [] : [right("calls")]),
      right("tokens in"),
      right("cached"),
      right("out"),
      ...(shares ? [right("share")] : []),
      right("cost"),
    ],
    [...shown.map((row) => cells(row, nameOf(row, cwd))), cells(total, "total")],
  );
  const most = Math.max(...shown.map((row) => row.cost), 1);
  const bars = shown.map((row) => row.cost / most);
  const hidden = said.rows.length - shown.length;
  return [
    ...(columns === null ? figures : withBars(figures, bars, columns)),
    ...(hidden > 0 ? [`${hidden} smaller rows are not shown; --json and --csv have all`] : []),
    ...notes,
  ];
}

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / Math.max(1, whole))}%`;

/** What the prompt cache gave and what was missed; nothing where no cache was ever used. */
function cacheLines({ total: { usage }, cache }: SaidCost): string[] {
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  if (usage.cacheRead + written + cache.misses === 0) return [];
  const used = `prompt cache: ${compact(usage.cacheRead)} tokens read (${percent(usage.cacheRead, promptTokens(usage))} of the prompts), ${compact(written)} written`;
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

function nameOf(row: Row, cwd: string): string {
  if (row.key === null) return "(deleted sessions)";
  if (isShare(row)) {
    const name = row.kind === "file" ? relative(cwd, row.key) : row.key;
    return oneRow(name === "" || name.startsWith("..") ? row.key : name);
  }
  return oneRow(row.title ? `${row.key.replace(longId, "$1")} ${row.title}` : row.key);
}

/** The first 13 characters of an id hold its time: enough to tell sessions and turns apart. */
const longId = /^([0-9a-f-]{13})[0-9a-f-]{23}/;

function isUnpriced(row: Row): boolean {
  return isShare(row)
    ? row.unpricedTokens > 0 && row.unpricedTokens === totalTokens(row.usage)
    : row.unpricedCalls === row.calls;
}

function costOf(row: Row): string {
  if (isUnpriced(row)) return "unpriced";
  const [count, what] = isShare(row) ? [row.unpricedTokens, " tokens"] : [row.unpricedCalls, ""];
  return count === 0 ? formatUsd(row.cost) : `${formatUsd(row.cost)} + ${compact(count)} unpriced${what}`;
}
