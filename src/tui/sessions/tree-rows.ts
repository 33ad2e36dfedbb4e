/** A session's prompts as rows of a tree. */
import type { TreePoint } from "../../core/store.ts";

/** Prompts as a tree is drawn: a branch that forks off is set in, one that goes straight on is not. */
export function drawn(points: readonly TreePoint[]): { point: TreePoint; rails: string }[] {
  const known = new Set(points.map(({ id }) => id));
  const childrenOf = new Map<TreePoint["parent"], TreePoint[]>();
  for (const point of points) {
    // What hangs on a point that is left out stands at the beginning.
    const parent = point.parent !== null && known.has(point.parent) ? point.parent : null;
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), point]);
  }
  const rows: { point: TreePoint; rails: string }[] = [];
  // A stack, for a session is as deep as it is long.
  const waiting = branches(childrenOf.get(null) ?? [], "");
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    rows.push({ point: next.point, rails: next.rails });
    waiting.push(...branches(childrenOf.get(next.point.id) ?? [], next.below));
  }
  return rows;
}

/** The children of a point, the first on top of the stack, with what is drawn before each and below it. */
function branches(
  children: readonly TreePoint[],
  rails: string,
): { point: TreePoint; rails: string; below: string }[] {
  const [only] = children;
  if (only && children.length === 1) return [{ point: only, rails, below: rails }];
  return children
    .map((point, index) =>
      index === children.length - 1
        ? { point, rails: `${rails}└─`, below: `${rails}  ` }
        : { point, rails: `${rails}├─`, below: `${rails}│ ` },
    )
    .reverse();
}
