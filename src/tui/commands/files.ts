/** /undo and /redo: files as they were before a turn changed them, and back. */
import type { RestoreOutcome, RestorePreview } from "../../app/contract.ts";
import type { FileChange } from "../../core/checkpoint.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { clean } from "../view/clean.ts";

/** The commands of this file. */
export const fileCommands = [
  {
    name: "undo",
    aliases: [],
    argument: "[preview|overwrite]",
    help: "put files back to before the last turn that changed some; again goes one further back",
    whileWorking: false,
    run: (place, how) => goBack(place, "undo", how),
  },
  {
    name: "redo",
    aliases: [],
    argument: "[preview|overwrite]",
    help: "bring back what /undo took away",
    whileWorking: false,
    run: (place, how) => goBack(place, "redo", how),
  },
] as const satisfies readonly LocalCommand[];

/** Paths that are named; the rest are counted. */
const named = 8;

async function goBack({ session }: CommandPlace, kind: "undo" | "redo", how: string): Promise<string> {
  if (!["", "preview", "overwrite"].includes(how))
    return `/${kind} takes nothing, preview (what it would do), or overwrite (also what others changed since)`;
  const preview = await session().previewFiles({ kind });
  if (preview === null)
    return `there is nothing to ${kind}: no turn of this session changed files that it knows of`;
  if (how === "preview") return previewText(preview, kind);
  if (preview.files.length === 0 && preview.conflicts.length === 0) return previewText(preview, kind);
  if (preview.files.length === 0 && how !== "overwrite")
    return `nothing was put back. ${conflictsText(preview, kind)}`;
  const outcome = await session().restoreFiles({ kind }, how === "overwrite" ? "overwrite" : "skip");
  return outcome === null ? `there is nothing to ${kind}` : outcomeText(outcome, preview, kind);
}

function previewText(preview: RestorePreview, kind: "undo" | "redo"): string {
  const { files, conflicts } = preview;
  if (files.length === 0 && conflicts.length === 0)
    return `nothing to put back: the files are that way already.${notCoveredText(preview)}`;
  return [
    `/${kind} would put back ${counted(files.length)}; git's own state (HEAD, index) stays as it is.`,
    ...files.slice(0, named).map(row),
    ...more(files.length),
    ...(conflicts.length > 0 ? [conflictsText(preview, kind)] : []),
  ]
    .join("\n")
    .concat(notCoveredText(preview));
}

function outcomeText(
  { files, skipped, failed, notCovered }: RestoreOutcome,
  preview: RestorePreview,
  kind: "undo" | "redo",
): string {
  const back = kind === "undo" ? "/redo brings them back" : "/undo takes them back";
  return [
    `put back ${counted(files.length)}; ${back}. The conversation stays as it is.`,
    ...files.slice(0, named).map(row),
    ...more(files.length),
    ...(skipped.length > 0 ? [conflictsText(preview, kind)] : []),
    ...failed.slice(0, named).map(({ path, problem }) => clean(`  not put back: ${path}: ${problem}`)),
  ]
    .join("\n")
    .concat(notCoveredText({ notCovered }));
}

function conflictsText({ conflicts }: RestorePreview, kind: "undo" | "redo"): string {
  const rows = conflicts.slice(0, named).map(({ path, reason }) => clean(`  ${path} (${reason})`));
  return [
    `Left alone, because somebody else changed ${conflicts.length === 1 ? "it" : "them"}:`,
    ...rows,
    ...more(conflicts.length),
    `/${kind} overwrite takes them too; what stands there now is kept in a checkpoint first.`,
  ].join("\n");
}

const notCoveredText = ({ notCovered }: Pick<RestorePreview, "notCovered">): string =>
  notCovered.length === 0
    ? ""
    : `\nNot captured, so it stays as it is: ${clean(notCovered.slice(0, named).join(", "))}${notCovered.length > named ? ` and ${notCovered.length - named} more` : ""}`;

const verbs = { created: "+", modified: "~", deleted: "-" } as const;
const row = ({ path, change }: FileChange): string => clean(`  ${verbs[change]} ${path}`);
const counted = (count: number): string => (count === 1 ? "1 path" : `${count} paths`);
const more = (count: number): string[] => (count > named ? [`  and ${count - named} more`] : []);
