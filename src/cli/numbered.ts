/** Prompts of a session by their number, as `tau sessions tree` shows them. */
import { TauError } from "../core/errors.ts";
import type { SessionSummary, SessionTree, TreePoint } from "../core/store.ts";

/** Prompts of a tree at most. */
export const shownPoints = 10_000;

/** @throws TauError `usage` when there is none of that number */
export function numbered({ id }: SessionSummary, tree: SessionTree, number: number): TreePoint {
  const point = tree.points[number - 1];
  if (point) return point;
  throw new TauError(
    "usage",
    `there is no prompt ${number}: there are ${tree.points.length}`,
    `tau sessions tree ${id} numbers them`,
  );
}
