/** `tau sessions tree|rewind|fork|label`: the branches of a session that is not open. */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { TauError } from "../core/errors.ts";
import { type EntryId, idSource } from "../core/ids.ts";
import type { SessionSummary, SessionTree, Store, TreePoint } from "../core/store.ts";
import { formatUsd } from "../core/usage.ts";
import { amend, type Stamps } from "../sessions/amend.ts";
import { findSession } from "../sessions/choose.ts";
import { forkSession } from "../sessions/fork.ts";
import { leftBehind, type MoveTarget, planMove } from "../sessions/move.ts";
import { movedText } from "../tui/sessions/points.ts";
import { drawn } from "../tui/sessions/tree-rows.ts";
import { oneRow } from "../tui/view/clean.ts";
import { withLedger } from "./ledger.ts";
import { print } from "./print/streams.ts";

const options = z.object({
  json: z.boolean().default(false),
  to: z.string().trim().min(1).optional(),
  at: z.coerce.number().int().positive().optional(),
});

/** Prompts of a tree at most. */
const shownPoints = 10_000;

/** Runs one of the actions. */
export async function runBranches(
  action: "tree" | "rewind" | "fork" | "label",
  prefix: string,
  name: string,
  raw: object,
): Promise<void> {
  const parsed = options.safeParse(raw);
  if (!parsed.success)
    throw new TauError(
      "usage",
      "--to and --at take the number of a prompt",
      `tau sessions tree ${prefix} shows them`,
    );
  const { json, to, at } = parsed.data;
  await withLedger(async ({ store }) => {
    const session = await findSession(store, prefix);
    const tree = await store.tree(session.id, shownPoints);
    const stamps: Stamps = { ids: idSource(Date.now, randomBytes), now: Date.now };
    switch (action) {
      case "tree":
        return showTree(session, tree, json);
      case "rewind":
        return rewind(store, stamps, session, tree, to, json);
      case "fork": {
        const id = stamps.ids.session();
        const fork = await forkSession(store, stamps, { session, id, title: name || null });
        return print(json ? JSON.stringify(fork) : `Forked as ${fork.id} (${fork.title}); tau -r ${fork.id}`);
      }
      case "label": {
        const point = at === undefined ? null : numbered(session, tree, at);
        await amend(store, stamps, session.id, [
          point === null
            ? { type: "session.titled", title: name }
            : { type: "point.labelled", entry: point.id, label: name },
        ]);
        const named = { session: session.id, name, entry: point?.id ?? null };
        return print(
          json ? JSON.stringify(named) : `${session.id} ${point ? `prompt ${at} ` : ""}is "${name}".`,
        );
      }
    }
  });
}

function showTree(session: SessionSummary, tree: SessionTree, json: boolean): void {
  if (json) {
    print(JSON.stringify({ session: session.id, leaf: session.leaf, ...tree }));
    return;
  }
  if (tree.points.length === 0) print("Nothing was said in this session.");
  const numberOf = new Map(tree.points.map((point, index) => [point, index + 1]));
  const width = String(tree.points.length).length;
  for (const { point, rails } of drawn(tree.points)) {
    const label = point.label === null ? "" : `[${point.label}] `;
    const number = String(numberOf.get(point)).padStart(width);
    print(
      `${number}  ${rails}${point.current ? "●" : "○"} ${label}${oneRow(point.text).slice(0, 80)}  ${formatUsd(point.cost)}`,
    );
  }
}

async function rewind(
  store: Store,
  stamps: Stamps,
  session: SessionSummary,
  tree: SessionTree,
  to: string | undefined,
  json: boolean,
): Promise<void> {
  const target = targetOf(session, tree, to);
  const { events, parts } = await planMove(store, session.id, target);
  await amend(store, stamps, session.id, events);
  const left = leftBehind(tree, await store.tree(session.id, shownPoints));
  if (json) return print(JSON.stringify({ session: session.id, ...target, takenBack: parts, left }));
  const where = "before" in target ? "before that message" : "behind that entry";
  print(`From now on ${movedText(where, left, session.cwd)}`);
}

function targetOf(session: SessionSummary, tree: SessionTree, to: string | undefined): MoveTarget {
  if (to === undefined) {
    const last = tree.points.findLast(({ current }) => current);
    if (!last)
      throw new TauError(
        "usage",
        "nothing was said in this session that could be taken back",
        "tau sessions list --all",
      );
    return { before: last.id };
  }
  if (/^\d{1,6}$/.test(to)) return { before: numbered(session, tree, Number(to)).id };
  const entry = to as EntryId;
  return tree.points.some(({ id }) => id === entry) ? { before: entry } : { after: entry };
}

function numbered({ id }: SessionSummary, tree: SessionTree, number: number): TreePoint {
  const point = tree.points[number - 1];
  if (point) return point;
  throw new TauError(
    "usage",
    `there is no prompt ${number}: there are ${tree.points.length}`,
    `tau sessions tree ${id} numbers them`,
  );
}
