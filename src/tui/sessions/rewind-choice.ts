/** What goes back to a point that was chosen: the conversation, files, or both, with what would become of files. */
import type { FileRestore, RestorePreview } from "../../app/contract.ts";
import { messageWithHint } from "../../core/errors.ts";
import type { TurnId } from "../../core/ids.ts";
import type { TreePoint } from "../../core/store.ts";
import type { CommandPlace } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { type ListRow, listDialog } from "../dialog/list.ts";
import { emptyEditor, insert } from "../input/editor.ts";
import { clean, oneRow } from "../view/clean.ts";
import { detailLines } from "../view/item-lines.ts";
import { type Line, plain } from "../view/line.ts";
import { movedText } from "./points.ts";
import { conflictRows, fileText, notCoveredRows, restoredText, sumText } from "./restore-text.ts";

/** What going back acts on. */
export type RewindPlace = Pick<
  CommandPlace,
  "store" | "session" | "moveTo" | "open" | "page" | "tell" | "warn" | "cwd"
>;

/** What goes back; `overwrite`: also files that others changed since. */
type Choice = { conversation: boolean; files: "none" | "mine" | "overwrite" } | "show";

/** A point, and the files as they were before it. */
type Target = { point: TreePoint; wish: FileRestore };

/**
 * Goes back to before a point of the tree. Where files were changed since, it is asked first what goes back.
 * @returns the dialog that stands until it is known what would change
 */
export function rewindTo(place: RewindPlace, points: readonly TreePoint[], point: TreePoint): Dialog {
  // On whatever branch: files have no branches.
  const since = points.slice(points.indexOf(point));
  const turns = since.flatMap(({ turn }): TurnId[] => (turn === null ? [] : [turn]));
  const target: Target = { point, wish: { kind: "rewind", turns } };
  const waiting = waitingDialog();
  const isWaiting = (): boolean => place.store.state.dialog === waiting;
  const close = (): void => place.store.change((state) => ({ ...state, dialog: null }));
  place
    .session()
    .previewFiles(target.wish)
    .catch((error: unknown) => {
      // The conversation can go back all the same.
      if (isWaiting()) place.warn(`files stay as they are: ${messageWithHint(error)}`);
      return null;
    })
    .then((preview) => {
      // It was closed meanwhile: then nothing is wanted any more.
      if (!isWaiting()) return;
      if (preview !== null && preview.files.length + preview.conflicts.length > 0) {
        place.open(choiceDialog(place, target, preview));
        return;
      }
      close();
      void goBack(place, target, { conversation: true, files: "none" });
    });
  return waiting;
}

function waitingDialog(): Dialog {
  const dialog: Dialog = {
    asked: null,
    view: () => ({
      lines: [plain("Looking at what was changed since … esc leaves it", { dim: true })],
      caret: null,
    }),
    press: (key, keymap) => (key.type === "key" && keymap.list.get(key.chord) === "close" ? null : dialog),
  };
  return dialog;
}

function choiceDialog(place: RewindPlace, target: Target, preview: RestorePreview): Dialog {
  const dialog: Dialog = listDialog<Choice>({
    title: `Back to before "${shortly(target.point)}"`,
    rows: rowsOf(preview),
    empty: "none fits",
    preview: (choice, _, most) => previewLines(preview, choice, most),
    choose(choice) {
      if (choice === "show") {
        void showDiffs(place, target);
        return dialog;
      }
      void goBack(place, target, choice);
      return null;
    },
  });
  return dialog;
}

function rowsOf({ files, conflicts }: RestorePreview): ListRow<Choice>[] {
  const others = conflicts.length === 1 ? "1 file" : `${conflicts.length} files`;
  const sum = [
    sumText(files),
    ...(conflicts.length > 0
      ? [`${others} that others changed since stay${conflicts.length === 1 ? "s" : ""}`]
      : []),
  ].join("; ");
  const names = conflicts.map(({ path }) => path).join(", ");
  const some = files.length > 0;
  const rows: (ListRow<Choice> | null)[] = [
    some
      ? { value: { conversation: true, files: "mine" }, text: "Conversation and files", detail: sum }
      : null,
    {
      value: { conversation: true, files: "none" },
      text: "Conversation only",
      detail: "files stay as they are",
    },
    some
      ? {
          value: { conversation: false, files: "mine" },
          text: "Files only",
          detail: `${sum}; what was said stays`,
        }
      : null,
    ...(conflicts.length === 0
      ? []
      : ([
          {
            value: { conversation: true, files: "overwrite" },
            text: `Conversation and files, ${others} of others too`,
            detail: `overwrites ${names}`,
          },
          {
            value: { conversation: false, files: "overwrite" },
            text: `Files only, ${others} of others too`,
            detail: `overwrites ${names}`,
          },
        ] as const)),
    { value: "show", text: "Show what would change", detail: "as diffs" },
  ];
  return rows.filter((row) => row !== null);
}

/** What the marked choice does to files, one a row. */
function previewLines(preview: RestorePreview, choice: Choice, most: number): Line[] {
  const { files, conflicts } = preview;
  if (choice !== "show" && choice.files === "none") return [plain("no file changes", { dim: true })];
  const overwrites = choice !== "show" && choice.files === "overwrite";
  const rows = [
    ...files.map((file) => plain(fileText(file))),
    ...conflicts.map((file, index) =>
      overwrites
        ? plain(fileText(file), { tone: "bad" })
        : plain(`  ${conflictRows({ conflicts })[index]}: stays`, { tone: "warning" }),
    ),
    ...notCoveredRows(preview).map((row) => plain(row, { dim: true })),
  ];
  return rows.length <= most
    ? rows
    : [...rows.slice(0, most - 1), plain(`and ${rows.length - most + 1} more`, { dim: true })];
}

async function showDiffs({ session, page, warn }: RewindPlace, { point, wish }: Target): Promise<void> {
  try {
    const diffs = await session().diffFiles(wish);
    page(
      `going back to before "${shortly(point)}" would change`,
      diffs.map((diff) => ({ lines: (columns) => [plain(""), ...detailLines(diff, columns)] })),
    );
  } catch (error) {
    warn(messageWithHint(error));
  }
}

/** Files first: what fails then leaves the conversation where it is. */
async function goBack(
  place: RewindPlace,
  { point, wish }: Target,
  { conversation, files }: Exclude<Choice, "show">,
): Promise<void> {
  try {
    if (files !== "none") {
      const outcome = await place.session().restoreFiles(wish, files === "overwrite" ? "overwrite" : "skip");
      if (outcome !== null)
        place.tell(
          restoredText(outcome, {
            back: conversation
              ? "/undo takes that back."
              : "/undo takes that back. The conversation stays as it is.",
            left:
              outcome.skipped.length === 0
                ? []
                : [`Left alone, because somebody else changed it: ${clean(outcome.skipped.join(", "))}`],
          }),
        );
    }
    if (conversation) await moveBefore(place, point, files !== "none");
  } catch (error) {
    place.warn(messageWithHint(error));
  }
}

async function moveBefore(place: RewindPlace, point: TreePoint, filesToo: boolean): Promise<void> {
  const { parts, left } = await place.moveTo({ before: point.id });
  const text = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
  place.store.change((state) => ({ ...state, editor: insert(emptyEditor, text) }));
  const others = parts.some(({ type }) => type !== "text")
    ? " Pictures and files of it are to be added anew."
    : "";
  const told = filesToo ? { ...left, changed: [] } : left;
  place.tell(movedText(`before "${shortly(point)}"`, told, place.cwd) + others);
}

/** A point's words in a few. */
export const shortly = ({ text }: Pick<TreePoint, "text">): string => {
  const row = oneRow(clean(text));
  return row.length > 40 ? `${row.slice(0, 40)}…` : row;
};
