/** /permissions: the rules in force, and which of them go. */
import { messageWithHint } from "../../core/errors.ts";
import { approvalsSource } from "../../policy/collect.ts";
import type { Rule } from "../../policy/rule.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { listDialog } from "../dialog/list.ts";
import { ownKeys } from "../dialog/own-keys.ts";

/** The commands of this file. */
export const permissionCommands = [
  {
    name: "permissions",
    aliases: ["allowed"],
    argument: "",
    help: "the rules in force, by where they stand; those of your answers can be removed",
    whileWorking: true,
    run(place) {
      place.open(rulesDialog(place));
      return null;
    },
  },
] as const satisfies readonly LocalCommand[];

/** Where answers leave their rules: these can be taken back here, all others stand in files and flags. */
const fromAnswers: readonly string[] = [approvalsSource, "session"];

function rulesDialog(place: CommandPlace): Dialog {
  const rules = [...place.session().rules.all()].sort(
    (a, b) => a.source.localeCompare(b.source) || a.text.localeCompare(b.text),
  );
  return listDialog<Rule>({
    title: "Rules in force",
    rows: rules.map((rule) => ({ value: rule, text: `${rule.effect} ${rule.text}`, detail: rule.source })),
    empty: "no rule but the built-in ones and the mode",
    choose: () => null,
    keys: [
      {
        ...ownKeys["rules.remove"],
        press(rule, list) {
          if (!fromAnswers.includes(rule.source)) {
            place.tell(`${rule.text} stands in ${rule.source}: it is removed there`);
            return list;
          }
          void place
            .session()
            .rules.forget(rule)
            .then(
              () => place.tell(`${rule.text} is not allowed any more`),
              (error: unknown) => place.warn(messageWithHint(error)),
            );
          return null;
        },
      },
    ],
  });
}
