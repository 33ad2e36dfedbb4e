/** /undo and /redo: files as they were before a turn changed them, and back. */
import type { RestorePreview } from "../../app/contract.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { oneOf } from "../compose/completions.ts";
import {
  conflictRows,
  counted,
  namedFiles,
  namedRows,
  notCoveredRows,
  restoredText,
} from "../sessions/restore-text.ts";

/** The commands of this file. */
export const fileCommands = [
  {
    name: "undo",
    aliases: [],
    argument: "[preview|overwrite]",
    help: "put files back to before the last turn that changed some; again goes one further back",
    page: "checkpoints.md",
    whileWorking: false,
    complete: (_, before) => hows(before),
    run: (place, how) => goBack(place, "undo", how),
  },
  {
    name: "redo",
    aliases: [],
    argument: "[preview|overwrite]",
    help: "bring back what /undo took away",
    page: "checkpoints.md",
    whileWorking: false,
    complete: (_, before) => hows(before),
    run: (place, how) => goBack(place, "redo", how),
  },
] as const satisfies readonly LocalCommand[];

const hows = (before: readonly string[]) =>
  before.length > 0
    ? null
    : oneOf([
        { value: "preview", detail: "what it would do" },
        { value: "overwrite", detail: "also what others changed since" },
      ]);

async function goBack({ session }: CommandPlace, kind: "undo" | "redo", how: string): Promise<string> {
  if (!["", "preview", "overwrite"].includes(how))
    return `/${kind} takes nothing, preview (what it would do), or overwrite (also what others changed since)`;
  const preview = await session().previewFiles({ kind });
  if (preview === null)
    return `there is nothing to ${kind}: no turn of this session changed files that it knows of`;
  if (how === "preview") return previewText(preview, kind);
  if (preview.files.length === 0 && preview.conflicts.length === 0) return previewText(preview, kind);
  if (preview.files.length === 0 && how !== "overwrite")
    return ["nothing was put back. ", ...conflictsText(preview, kind).join("\n")].join("");
  const outcome = await session().restoreFiles({ kind }, how === "overwrite" ? "overwrite" : "skip");
  if (outcome === null) return `there is nothing to ${kind}`;
  return restoredText(outcome, {
    back: `${kind === "undo" ? "/redo brings them back" : "/undo takes them back"}. The conversation stays as it is.`,
    left: outcome.skipped.length > 0 ? conflictsText(preview, kind) : [],
  });
}

function previewText(preview: RestorePreview, kind: "undo" | "redo"): string {
  const { files, conflicts } = preview;
  const rows =
    files.length === 0 && conflicts.length === 0
      ? ["nothing to put back: the files are that way already."]
      : [
          `/${kind} would put back ${counted(files.length)}; git's own state (HEAD, index) stays as it is.`,
          ...namedFiles(files),
          ...(conflicts.length > 0 ? conflictsText(preview, kind) : []),
        ];
  return [...rows, ...notCoveredRows(preview)].join("\n");
}

const conflictsText = (preview: RestorePreview, kind: "undo" | "redo"): string[] => [
  `Left alone, because somebody else changed ${preview.conflicts.length === 1 ? "it" : "them"}:`,
  ...namedRows(conflictRows(preview)),
  `/${kind} overwrite takes them too; what stands there now is kept in a checkpoint first.`,
];
