/** /editor: what is typed, in an editor of the person's own. */
import type { LocalCommand } from "../commands.ts";

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
];
