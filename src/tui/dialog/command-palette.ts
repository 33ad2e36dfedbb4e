/** All commands to search in: one key away, for whoever does not know their names. */
import type { SuggestedCommand } from "../compose/suggestions.ts";
import type { Dialog } from "./dialog.ts";
import { listDialog } from "./list.ts";

/** @param choose takes the chosen command */
export function commandPalette(
  commands: readonly SuggestedCommand[],
  choose: (command: SuggestedCommand) => void,
): Dialog {
  return listDialog({
    title: "Commands",
    empty: "no command fits",
    rows: commands.map((command) => ({
      value: command,
      text: `/${command.name}${command.argument && ` ${command.argument}`}`,
      detail: command.help,
    })),
    choose(command) {
      choose(command);
      return null;
    },
  });
}
