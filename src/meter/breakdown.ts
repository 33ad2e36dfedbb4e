/** Reports that read the sessions themselves: by what money was spent on, and call by call. */
import type { Entry } from "../core/event.ts";
import type { SessionId } from "../core/ids.ts";
import { textOf } from "../core/message.ts";
import type { Store } from "../core/store.ts";
import type { NanoUsd, Usage } from "../core/usage.ts";
import { nanoUsd, totalTokens } from "../core/usage.ts";
import { entriesOf } from "../sessions/all-entries.ts";
import { callOf } from "../sessions/calls.ts";
import { titleOf } from "../sessions/title.ts";
import { type Amounts, addTimes, noAmounts, wholeShares } from "./amounts.ts";
import { Attribution } from "./attribution.ts";
import { type CostSource, fileOfSource, helperNames, nameOfSource } from "./cost-source.ts";
import { addRows, type CostRow, type CostSpan, emptyRow } from "./report.ts";

/** What shares are put together by. */
export type ShareGroup = "tool" | "file";

/** What calls are put together by, as they stand in their sessions. */
export type CallGroup = "turn" | "step" | "helper";

/** One line of a report over shares. They sum to exactly what the calls came to. */
export type ShareRow = {
  /** What kind of source; by file `file`, and `other` for everything about no file; `deleted` for calls of deleted sessions. */
  kind: CostSource["kind"] | "file" | "other" | "deleted";
  /** A tool's name, a file's absolute path, or what the source is called; null for deleted sessions. */
  key: string | null;
  usage: Usage;
  /** Of the priced calls. */
  cost: NanoUsd;
  /** Tokens of calls with an unknown price; their cost is not in `cost`. */
  unpricedTokens: number;
};

/** Shares the cost of every call in the span out over what filled its prompt and what its answer was for. */
export async function shareReport(
  store: Store,
  sessions: readonly SessionId[],
  span: CostSpan,
  by: ShareGroup,
): Promise<ShareRow[]> {
  const groups = new Map<string, { kind: ShareRow["kind"]; key: string; amounts: Amounts }>();
  const total = noAmounts();
  for (const id of sessions) {
    const session = await attributed(store, id, span);
    addTimes(total, session.total, 1);
    for (const { source, amounts } of session.shares) {
      const place = groupOf(source, by);
      const name = JSON.stringify(place);
      const group = groups.get(name) ?? { ...place, amounts: noAmounts() };
      addTimes(group.amounts, amounts, 1);
      groups.set(name, group);
    }
  }
  const all = [...groups.values()];
  return wholeShares(
    all.map(({ amounts }) => amounts),
    total,
  )
    .flatMap((amounts, index) => {
      const { kind, key } = all[index] ?? { kind: "unknown" as const, key: "" };
      return totalTokens(amounts.usage) + amounts.cost === 0 ? [] : [{ kind, key, ...amounts }];
    })
    .sort((a, b) => b.cost - a.cost || totalTokens(b.usage) - totalTokens(a.usage));
}

async function attributed(
  store: Store,
  id: SessionId,
  span: CostSpan,
): Promise<ReturnType<Attribution["finish"]>> {
  const attribution = new Attribution(isIn(span));
  for await (const entry of entriesOf(store, id)) {
    if (entry.type === "branch.moved") attribution.moveTo(await store.path(id, entry.leaf));
    else if (entry.type === "compaction.undone") attribution.moveTo(await store.path(id, entry.id));
    else attribution.add(entry);
  }
  return attribution.finish();
}

const isIn =
  ({ from, to }: CostSpan) =>
  ({ at }: Entry): boolean =>
    at >= from && at < to;

function groupOf(source: CostSource, by: ShareGroup): { kind: ShareRow["kind"]; key: string } {
  if (by === "tool") return { kind: source.kind, key: nameOfSource(source) };
  const file = fileOfSource(source);
  return file === null ? { kind: "other", key: "about no file" } : { kind: "file", key: file };
}

/** The span's calls one group a row, dearest first. */
export async function callReport(
  store: Store,
  sessions: readonly SessionId[],
  span: CostSpan,
  by: CallGroup,
): Promise<CostRow[]> {
  const rows = new Map<string, CostRow>();
  for (const id of sessions) await addCalls(rows, entriesOf(store, id), isIn(span), by);
  return [...rows.values()].sort((a, b) => b.cost - a.cost || totalTokens(b.usage) - totalTokens(a.usage));
}

async function addCalls(
  rows: Map<string, CostRow>,
  entries: AsyncIterable<Entry>,
  isCounted: (entry: Entry) => boolean,
  by: CallGroup,
): Promise<void> {
  let repairs = false;
  const titles = new Map<string | null, string | null>();
  for await (const entry of entries) {
    if (entry.type === "user.message") {
      repairs = entry.origin === "schema_repair";
      if (entry.origin === "prompt") titles.set(entry.turnId, titleOf(textOf(entry.parts)));
    }
    const call = callOf(entry);
    if (call === null) continue;
    const helper = helperOf(call.kind, repairs);
    if (entry.type === "assistant.message") repairs = false;
    if (call.replayed || !isCounted(entry)) continue;
    const turn = entry.turnId ?? "(no turn)";
    const step = "step" in entry ? `${turn} step ${entry.step}` : `${turn} compaction`;
    const key = { turn, step, helper }[by];
    const title = by === "turn" ? (titles.get(entry.turnId) ?? null) : by === "step" ? doneIn(entry) : null;
    const before = rows.get(key) ?? { ...emptyRow(key), ...(by !== "helper" && { title }) };
    const one = { ...emptyRow(key), calls: 1, usage: call.usage, cost: nanoUsd(call.cost ?? 0) };
    const sum = addRows(before, { ...one, unpricedCalls: call.unpriced ? 1 : 0 }, key);
    rows.set(key, { ...before, ...sum, ...(by === "step" && title !== null && { title }) });
  }
}

function helperOf(kind: "step" | "failed_attempt" | "compaction", repairs: boolean): string {
  if (kind !== "step") return helperNames[kind];
  return repairs ? helperNames.schema_repair : "steps";
}

/** What a step did, in a few words. */
function doneIn(entry: Entry): string | null {
  if (entry.type !== "assistant.message") return null;
  const calls = entry.parts.flatMap((part) => (part.type === "tool_call" ? [part.name] : []));
  return calls.length > 0 ? [...new Set(calls)].join(", ") : titleOf(textOf(entry.parts));
}
