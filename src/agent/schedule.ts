/** Which calls of one message may run at the same time, and which must wait for earlier ones. */
import type { PreparedCall } from "./toolbox.ts";

/**
 * For each call the indexes of earlier calls it waits for. A command may touch anything, so it waits for all before
 * it and all after it wait for it; calls that touch one path wait when either changes it; everything else is parallel.
 */
export function dependencies(calls: readonly PreparedCall[]): number[][] {
  return calls.map((call, index) =>
    calls.slice(0, index).flatMap((earlier, position) => (conflict(earlier, call) ? [position] : [])),
  );
}

function conflict(a: PreparedCall, b: PreparedCall): boolean {
  if (a.effect === "execute" || b.effect === "execute") return true;
  if (a.effect !== "edit" && b.effect !== "edit") return false;
  return a.intent.paths.some((path) => b.intent.paths.some((other) => overlaps(path, other)));
}

/** A folder overlaps everything inside it: a search waits for an edit below it. */
function overlaps(a: string, b: string): boolean {
  return (
    a === b || a.startsWith(b.endsWith("/") ? b : `${b}/`) || b.startsWith(a.endsWith("/") ? a : `${a}/`)
  );
}
