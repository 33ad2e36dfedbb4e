/** The tree of an open session: looking at it, going to another point of it, forking and naming. */
import type { Session } from "../agent/session.ts";
import { TauError } from "../core/errors.ts";
import { nanoUsd, zeroUsage } from "../core/usage.ts";
import type { MoveTarget } from "../sessions/move.ts";
import type { Moved, OpenSession } from "./contract.ts";
import { gatherPast, type Past } from "./history.ts";
import type { Parts } from "./parts.ts";

/** Prompts of a tree at most: more than anybody walks through. */
const shownPoints = 1000;

/** What can be done with the tree without leaving the path. */
export function branchesOf(
  { ledger, ids, options }: Parts,
  session: Session,
): Pick<OpenSession, "spent" | "tree" | "fork" | "label" | "rename"> {
  const { store } = ledger;
  return {
    async spent() {
      const summary = await store.get(session.id);
      const { usage, cost, unpricedCalls } = summary ?? {
        usage: zeroUsage,
        cost: nanoUsd(0),
        unpricedCalls: 0,
      };
      return { usage, cost: unpricedCalls > 0 ? null : cost };
    },
    tree: () => store.tree(session.id, shownPoints),
    async fork(title) {
      const summary = await store.get(session.id);
      if (summary === null)
        throw new TauError("usage", "this session was deleted", "/new begins another one");
      const { forkSession } = await import("../sessions/fork.ts");
      const fork = await forkSession(
        store,
        { ids, now: options.now },
        { session: summary, id: ids.session(), title },
      );
      return fork.id;
    },
    label: (entry, label) => session.commitAside({ type: "point.labelled", entry, label }),
    rename: (title) => session.commitAside({ type: "session.titled", title }),
  };
}

/** Records the move and folds the path it leads to. */
export async function moveTo(
  { ledger }: Parts,
  session: Session,
  target: MoveTarget,
): Promise<{ moved: Moved; past: Past }> {
  const { store } = ledger;
  const { leftBehind, planMove } = await import("../sessions/move.ts");
  const { events, parts } = await planMove(store, session.id, target);
  const before = await store.tree(session.id, shownPoints);
  const past = gatherPast();
  session.leaveTurn();
  await session.commitAnew(events, () => store.pathToResume(session.id), past.take);
  const left = leftBehind(before, await store.tree(session.id, shownPoints));
  return { moved: { parts, left }, past: past.all() };
}
