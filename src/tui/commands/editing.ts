/** /editor and /keys: what is typed, in an editor of the person's own; and which key does what. */
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { listDialog } from "../dialog/list.ts";
import { keyConflicts, keyRows } from "../input/key-list.ts";
import { toggleVim } from "../vim-keys.ts";

/** The commands of this file. */
export const editingCommands: readonly LocalCommand[] = [
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
    help: "vim's keys in the composer, on or off; the setting editor keeps it",
    whileWorking: true,
    run: ({ store }) => toggleVim(store),
  },
  {
    name: "keys",
    aliases: [],
    argument: "",
    help: "every key, to search in; your own come from the setting keys",
    whileWorking: true,
    run: showKeys,
  },
];

function showKeys({ open, chosenKeys }: CommandPlace): string | null {
  const rows = keyRows(chosenKeys).map(({ place, action, keys, changed, help }) => ({
    value: action,
    text: keys.join(", ") || "no key",
    detail: `${help} (${place}.${action}${changed ? ", changed" : ""})`,
  }));
  open(listDialog({ title: "Keys", empty: "no key fits", rows, choose: () => null }));
  const conflicts = keyConflicts(chosenKeys);
  return conflicts.length > 0 ? conflicts.join("\n") : null;
}
