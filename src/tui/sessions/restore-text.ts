/** What is told of files that are put back, or would be. */
import type { FileToRestore, RestoreOutcome, RestorePreview } from "../../app/contract.ts";
import type { FileChange } from "../../core/checkpoint.ts";
import { clean } from "../view/clean.ts";

/** Paths that are named; the rest are counted. */
const named = 8;

const verbs = { created: "+", modified: "~", deleted: "-" } as const;

/** "1 path", "3 paths" */
export const counted = (count: number): string => (count === 1 ? "1 path" : `${count} paths`);

/** A path and what becomes of it: "~ src/a.ts +3 -1" */
export const fileText = ({ path, change, ...lines }: FileChange | FileToRestore): string =>
  clean(`${verbs[change]} ${path}${linesText(lines)}`);

function linesText({ added, removed }: Partial<FileToRestore>): string {
  return added == null || removed == null || added + removed === 0 ? "" : ` +${added} -${removed}`;
}

/** The first paths of a list, set in. */
export const namedFiles = (files: readonly (FileChange | FileToRestore)[]): string[] =>
  namedRows(files.map(fileText));

/** The first of some rows, set in, and how many there are beside them. */
export const namedRows = (rows: readonly string[]): string[] => [
  ...rows.slice(0, named).map((row) => `  ${row}`),
  ...(rows.length > named ? [`  and ${rows.length - named} more`] : []),
];

/** "2 restored, 1 created, 3 deleted, +12 -40 lines" */
export function sumText(files: readonly FileToRestore[]): string {
  const count = (change: FileChange["change"]): number =>
    files.filter((file) => file.change === change).length;
  const kinds = (["modified", "created", "deleted"] as const)
    .map((change) => ({ change, count: count(change) }))
    .filter((kind) => kind.count > 0)
    .map((kind) => `${kind.count} ${kind.change === "modified" ? "restored" : kind.change}`);
  const sum = (side: "added" | "removed"): number =>
    files.reduce((lines, file) => lines + (file[side] ?? 0), 0);
  const lines = sum("added") + sum("removed") === 0 ? [] : [`+${sum("added")} -${sum("removed")} lines`];
  return [...kinds, ...lines].join(", ");
}

/** The conflicts by name, one a row. */
export const conflictRows = ({ conflicts }: Pick<RestorePreview, "conflicts">): string[] =>
  conflicts.map(({ path, reason }) => clean(`${path} (${reason})`));

/** What a restore did. @param left what is said of what others changed and was left alone; empty for nothing */
export function restoredText(
  { files, failed, notCovered }: RestoreOutcome,
  { back, left }: { back: string; left: readonly string[] },
): string {
  const rows = [
    `put back ${counted(files.length)}; ${back}`,
    ...namedFiles(files),
    ...left,
    ...failed.slice(0, named).map(({ path, problem }) => clean(`  not put back: ${path}: ${problem}`)),
    ...notCoveredRows({ notCovered }),
  ];
  return rows.join("\n");
}

/** What cannot be brought back, in a row; none for nothing. */
export const notCoveredRows = ({ notCovered }: Pick<RestorePreview, "notCovered">): string[] =>
  notCovered.length === 0
    ? []
    : [
        `Not captured, so it stays as it is: ${clean(notCovered.slice(0, named).join(", "))}${notCovered.length > named ? ` and ${notCovered.length - named} more` : ""}`,
      ];
