/** Esc Esc, /rewind and /tree: the points of a session to go to. */
import { messageWithHint } from "../../core/errors.ts";
import type { SessionTree, TreePoint } from "../../core/store.ts";
import { formatUsd } from "../../core/usage.ts";
import type { CommandPlace } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { lineDialog } from "../dialog/line.ts";
import { type ListKey, type ListRow, listDialog } from "../dialog/list.ts";
import { openSoon } from "../dialog/opening.ts";
import { ownKeys } from "../dialog/own-keys.ts";
import { ageText } from "../view/age.ts";
import { clean, oneRow } from "../view/clean.ts";
import { plain, wrap } from "../view/line.ts";
import { filesText, movedText, sinceText } from "./points.ts";
import { rewindTo, shortly } from "./rewind-choice.ts";
import { drawn } from "./tree-rows.ts";

/** What opening them needs. */
export type MovePlace = Pick<
  CommandPlace,
  "store" | "conversation" | "session" | "moveTo" | "open" | "page" | "tell" | "warn" | "cwd"
>;

/** Opens the list of what was said; the chosen message is taken back into the composer, and files too when that is wanted. */
export async function pickRewind(place: MovePlace): Promise<string | null> {
  const refused = cannotMove(place);
  if (refused !== null) return refused;
  let nothing: string | null = null;
  await openSoon(place.store, "Go back to before", async () => {
    const tree = await place.session().tree();
    if (tree.points.some(({ current }) => current)) return rewindDialog(place, tree);
    nothing = "nothing was said yet that could be taken back";
    return null;
  });
  return nothing;
}

function rewindDialog(place: MovePlace, tree: SessionTree): Dialog {
  const path = tree.points.filter(({ current }) => current);
  const now = Date.now();
  const rows = path.map((point, index): ListRow<TreePoint> => {
    const named = point.label === null ? "" : `[${point.label}] `;
    return {
      value: point,
      text: named + oneRow(clean(point.text)),
      detail: `${ageText(point.at, now)} · ${sinceText(path.slice(index), place.cwd)}`,
      // Newest last: that is where whoever comes here begins.
      ...(index === path.length - 1 && { current: true as const }),
    };
  });
  return listDialog({
    title: "Go back to before",
    rows,
    empty: "no message fits",
    keys: [labelKey(place)],
    preview: ({ text }, columns, most) =>
      wrap(clean(text), columns)
        .slice(0, most)
        .map((row) => plain(row)),
    choose: (point) => rewindTo(place, tree.points, point),
  });
}

/** Opens the tree of branches; choosing a message goes on behind what came of it. */
export async function pickPoint(place: MovePlace): Promise<string | null> {
  const refused = cannotMove(place);
  if (refused !== null) return refused;
  let nothing: string | null = null;
  await openSoon(place.store, "Branches", async () => {
    const tree = await place.session().tree();
    if (tree.points.length > 0) return treeDialog(place, tree);
    nothing = "nothing was said yet";
    return null;
  });
  return nothing;
}

function treeDialog(place: MovePlace, tree: SessionTree): Dialog {
  const now = Date.now();
  const here = tree.points.findLast(({ current }) => current);
  const rows = drawn(tree.points).map(({ point, rails }): ListRow<TreePoint> => {
    const named = point.label === null ? "" : `[${point.label}] `;
    const files = point.changed.length > 0 ? ` · ${filesText(point.changed, place.cwd)}` : "";
    return {
      value: point,
      text: `${rails}${point.current ? "●" : "○"} ${named}${oneRow(clean(point.text))}`,
      detail: `${ageText(point.at, now)} · ${formatUsd(point.cost)}${files}`,
      ...(point === here && { current: true as const }),
    };
  });
  return listDialog({
    title: tree.left > 0 ? `Branches (${tree.left} older left out)` : "Branches",
    rows,
    empty: "no message fits",
    keys: [
      labelKey(place),
      {
        ...ownKeys["points.anew"],
        press: (point) => rewindTo(place, tree.points, point),
      },
    ],
    choose(point) {
      if (point === here) return null;
      void goBehind(place, point);
      return null;
    },
  });
}

function cannotMove({ conversation }: MovePlace): string | null {
  if (conversation.working) return "a turn runs; esc stops it first";
  if (conversation.waiting > 0)
    return "messages wait to be said: enter sends them, up takes them back; then go to another point";
  return null;
}

async function goBehind(place: MovePlace, point: TreePoint): Promise<void> {
  try {
    const { left } = await place.moveTo({ after: point.end });
    place.tell(movedText(`behind what came of "${shortly(point)}"`, left, place.cwd));
  } catch (error) {
    place.warn(messageWithHint(error));
  }
}

function labelKey(place: MovePlace): ListKey<TreePoint> {
  return {
    ...ownKeys["points.label"],
    press: (point, list) =>
      lineDialog({
        title: "Label",
        text: point.label ?? "",
        help: "enter takes it, nothing takes the label away",
        back: list,
        take(text) {
          void place
            .session()
            .label(point.id, text === "" ? null : text)
            .then(
              () => place.tell(text === "" ? "the label is gone" : `labelled [${text}]: "${shortly(point)}"`),
              (error: unknown) => place.warn(messageWithHint(error)),
            );
          return null;
        },
      }),
  };
}
