/** /editor and /keys: what is typed, in an editor of the person's own; and which key does what. */
import { messageWithHint } from "../../core/errors.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { listDialog } from "../dialog/list.ts";
import { ownKeys } from "../dialog/own-keys.ts";
import { wrongKeys } from "../input/chosen-keys.ts";
import { type KeyRow, keyConflicts, keyRows } from "../input/key-list.ts";
import type { Chord } from "../input/keys.ts";
import { cut, plain } from "../view/line.ts";
import { toggleVim } from "../vim-keys.ts";
import { chosen, keepWish } from "./keep.ts";

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
    argument: "",
    help: "vim's keys in the composer, on or off; with --keep for good",
    whileWorking: true,
    run(place, argument) {
      const done = toggleVim(place.store);
      const value = place.store.state.vim === null ? "emacs" : "vim";
      return chosen(place, { done, key: "editor", value, keep: keepWish(argument).keep });
    },
  },
  {
    name: "keys",
    aliases: [],
    argument: "",
    help: "every key, to search in and to change",
    whileWorking: true,
    run: showKeys,
  },
] as const satisfies readonly LocalCommand[];

function showKeys(place: CommandPlace): string | null {
  const { open, chosenKeys } = place;
  const rows = keyRows(chosenKeys).map((row) => ({
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
  open(dialog);
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
