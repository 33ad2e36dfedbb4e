/** What is told of points of a session's tree: of what came after them, and of what a move leaves behind. */
import { relative } from "node:path";
import type { TreePoint } from "../../core/store.ts";
import { formatUsd } from "../../core/usage.ts";
import { type LeftBehind, sumOf } from "../../sessions/move.ts";

/** Files that are named; the rest are counted. */
const namedFiles = 3;

/** What came of a prompt and all after it on its path: age, files, cost. */
export const sinceText = (points: readonly TreePoint[], cwd: string): string => leftText(sumOf(points), cwd);

/** What some prompts came to, in a few words. */
export function leftText({ changed, cost }: LeftBehind, cwd: string): string {
  return [...(changed.length > 0 ? [filesText(changed, cwd)] : []), formatUsd(cost)].join(" · ");
}

/** "3 files changed: a.ts, b.ts and 1 more" */
export function filesText(changed: readonly string[], cwd: string): string {
  const count = changed.length === 1 ? "1 file changed" : `${changed.length} files changed`;
  return `${count}: ${namesText(changed, cwd)}`;
}

function namesText(changed: readonly string[], cwd: string): string {
  const names = changed.slice(0, namedFiles).map((path) => shortPath(path, cwd));
  const more = changed.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" || short.startsWith("..") ? path : short;
}

/** The line in the scrollback that says where the conversation goes on. */
export function movedText(where: string, { changed, cost, prompts }: LeftBehind, cwd: string): string {
  const kept =
    prompts === 0
      ? ""
      : prompts === 1
        ? ` One message is kept on a branch of its own (/tree); its ${formatUsd(cost)} stays counted.`
        : ` ${prompts} messages are kept on a branch of their own (/tree); their ${formatUsd(cost)} stays counted.`;
  const files =
    changed.length === 0
      ? ""
      : ` Files are not rewound: ${changed.length} changed since: ${namesText(changed, cwd)}; what commands changed is not known.`;
  return `the conversation goes on ${where}.${kept}${files}`;
}
