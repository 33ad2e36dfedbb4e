/** /editor and /keys: what is typed, in an editor of the person's own; and which key does what. */
import { messageWithHint } from "../../core/errors.ts";
import { nearestNames } from "../../core/likeness.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { oneOf } from "../compose/completions.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { listDialog } from "../dialog/list.ts";
import { ownKeys } from "../dialog/own-keys.ts";
import { wrongKeys } from "../input/chosen-keys.ts";
import { type KeyRow, keyConflicts, keyRows } from "../input/key-list.ts";
import type { Chord } from "../input/keys.ts";
import { cut, plain } from "../view/line.ts";
import { toggleVim } from "../vim-keys.ts";
import { chosen, completeChoice, keepWish } from "./keep.ts";

/** The commands of this file. */
export const editingCommands = [
  {
    name: "editor",
    aliases: [],
    argument: "",
    help: "write the next message in $VISUAL or $EDITOR; ctrl+g takes what is typed along",
    whileWorking: true,
    run: async ({ externalEditor }) => {
      await externalEditor();
      return null;
    },
  },
  {
    name: "vim",
    aliases: [],
    argument: "[--keep]",
    help: "vim's keys in the composer, on or off; with --keep for good",
    page: "terminal.md#keys",
    whileWorking: true,
    complete: (_, before) => (before.length > 0 ? null : completeChoice([], [""])),
    run(place, argument) {
      const done = toggleVim(place.store);
      const value = place.store.state.vim === null ? "emacs" : "vim";
      return chosen(place, { done, key: "editor", value, keep: keepWish(argument).keep });
    },
  },
  {
    name: "keys",
    aliases: [],
    argument: "[place.action]",
    help: "every key, to search in and to change",
    details:
      "Enter and then a key gives an action another, Ctrl+X the usual ones again; with the name of an action its key is asked for at once.",
    page: "keys.md",
    whileWorking: true,
    complete: ({ chosenKeys }, before) =>
      before.length > 0
        ? null
        : oneOf(
            keyRows(chosenKeys).map(({ place, action, keys, help }) => ({
              value: `${place}.${action}`,
              detail: `${keys.join(", ") || "no key"} · ${help}`,
            })),
          ),
    run: showKeys,
  },
] as const satisfies readonly LocalCommand[];

function showKeys(place: CommandPlace, wanted: string): string | null {
  const { open, chosenKeys } = place;
  const all = keyRows(chosenKeys);
  const named = all.find((row) => `${row.place}.${row.action}` === wanted.toLowerCase());
  if (wanted !== "" && named === undefined) {
    const near = nearestNames(
      wanted,
      all.map((row) => `${row.place}.${row.action}`),
    );
    return `there is no action ${wanted}${near.length > 0 ? `; did you mean ${near.join(" or ")}?` : ": /keys lists them"}`;
  }
  const rows = all.map((row) => ({
    value: row,
    text: row.keys.join(", ") || "no key",
    detail: `${row.help} (${row.place}.${row.action}${row.changed ? ", changed" : ""})`,
  }));
  const dialog: Dialog = listDialog<KeyRow>({
    title: "Keys",
    empty: "no key fits",
    rows,
    choose: (row) => keyDialog(place, row, dialog),
    keys: [
      {
        ...ownKeys["keys.usual"],
        press(row) {
          void keepKeys(place, row, []);
          return null;
        },
      },
    ],
  });
  open(named === undefined ? dialog : keyDialog(place, named, dialog));
  const conflicts = keyConflicts(chosenKeys);
  return conflicts.length > 0 ? conflicts.join("\n") : null;
}

/** Asks for the key itself: what is pressed next is it. */
function keyDialog(place: CommandPlace, row: KeyRow, back: Dialog): Dialog {
  const dialog: Dialog = {
    // Nothing but a key is an answer.
    asked: null,
    view: ({ columns }) => ({
      lines: [
        plain(cut(`Press the key for: ${row.help}`, columns), { bold: true }),
        plain(cut(`now ${row.keys.join(", ") || "none"} · esc goes back`, columns), { dim: true }),
      ],
      caret: null,
    }),
    press(key) {
      if (key.type === "report" || key.type === "paste") return dialog;
      const chord = key.type === "key" ? key.chord : key.text;
      if (chord === "escape") return back;
      void keepKeys(place, row, [chord]);
      return null;
    },
  };
  return dialog;
}

/** Writes an action's keys into the settings; none: those of the table. */
async function keepKeys(
  { settings, chosenKeys, tell, warn }: CommandPlace,
  { place, action }: KeyRow,
  keys: readonly Chord[],
): Promise<void> {
  try {
    const wrong = keys.length > 0 ? wrongKeys({ [place]: { [action]: [...keys] } }) : [];
    if (wrong.length > 0) return warn(wrong.join("\n"));
    const told = await settings.write(`keys.${place}.${action}`, keys, "own");
    const rivals =
      keys.length > 0
        ? keyConflicts({ ...chosenKeys, [place]: { ...chosenKeys[place], [action]: keys } })
        : [];
    tell([`${told}; it holds from the next start of Tau on`, ...rivals].join("\n"));
  } catch (error) {
    warn(messageWithHint(error));
  }
}
