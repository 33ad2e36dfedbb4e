/** `tau sessions tree|fork|label`: the branches of a session that is not open. */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { TauError } from "../core/errors.ts";
import { idSource } from "../core/ids.ts";
import type { SessionSummary, SessionTree } from "../core/store.ts";
import { formatUsd } from "../core/usage.ts";
import { amend, type Stamps } from "../sessions/amend.ts";
import { findSession } from "../sessions/choose.ts";
import { forkSession } from "../sessions/fork.ts";
import { drawn } from "../tui/sessions/tree-rows.ts";
import { oneRow } from "../tui/view/clean.ts";
import { withLedger } from "./ledger.ts";
import { numbered, shownPoints } from "./numbered.ts";
import { print } from "./print/streams.ts";

const options = z.object({
  json: z.boolean().default(false),
  at: z.coerce.number().int().positive().optional(),
});

/** Runs one of the actions. */
export async function runBranches(
  action: "tree" | "fork" | "label",
  prefix: string,
  name: string,
  raw: object,
): Promise<void> {
  const parsed = options.safeParse(raw);
  if (!parsed.success)
    throw new TauError(
      "usage",
      "--at takes the number of a prompt",
      `tau sessions tree ${prefix} shows them`,
    );
  const { json, at } = parsed.data;
  await withLedger(async ({ store }) => {
    const session = await findSession(store, prefix);
    const tree = await store.tree(session.id, shownPoints);
    const stamps: Stamps = { ids: idSource(Date.now, randomBytes), now: Date.now };
    switch (action) {
      case "tree":
        return showTree(session, tree, json);
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
