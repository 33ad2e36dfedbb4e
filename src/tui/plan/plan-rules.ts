/** Accepting a plan with its commands: the exact rules that would let them run in this session, to read and change first. */
import type { CommandPlace } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { type ListRow, listDialog } from "../dialog/list.ts";
import { ownKeys } from "../dialog/own-keys.ts";
import { ruleDialog } from "../questions/rule-dialog.ts";
import { commandsIn } from "./plan-commands.ts";

/** What it acts on. */
export type PlanRulesPlace = Pick<CommandPlace, "session" | "open">;

/** The rules for what a plan lists, and the commands that will be asked about all the same. */
export type PlanRules = { rules: readonly string[]; asked: readonly string[] };

/** Finds them. */
export function rulesOf({ session }: PlanRulesPlace, plan: string): PlanRules {
  const judged = commandsIn(plan).map((command) => ({
    command,
    ...session().rules.forCommand(command),
  }));
  return {
    rules: [...new Set(judged.flatMap(({ rule }) => rule ?? []))],
    asked: judged.flatMap(({ command, free, rule }) => (free || rule !== null ? [] : [command])),
  };
}

type Row = { kind: "accept" } | { kind: "rule"; rule: string };

/** Shows them; what is left of them is taken with the acceptance. */
export function planRulesDialog(
  place: PlanRulesPlace,
  { rules, asked }: PlanRules,
  accept: (rules: readonly string[]) => void,
  back: Dialog | null,
): Dialog {
  const count = rules.length === 1 ? "this one command" : `these ${rules.length} commands`;
  const others = asked.length > 0 ? `; asked about all the same: ${asked.join(", ")}` : "";
  const again = (next: readonly string[]): Dialog | null =>
    next.length > 0 ? planRulesDialog(place, { rules: next, asked }, accept, back) : back;
  const dialog: Dialog = listDialog<Row>({
    title: "Allowed in this session",
    rows: [
      { value: { kind: "accept" }, text: `Accept, and allow ${count}`, detail: `in mode edit${others}` },
      ...rules.map(
        (rule): ListRow<Row> => ({ value: { kind: "rule", rule }, text: rule, detail: "enter edits it" }),
      ),
    ],
    empty: "none fits",
    keys: [
      {
        ...ownKeys["planned.drop"],
        press: (row) => (row.kind === "accept" ? dialog : again(rules.filter((rule) => rule !== row.rule))),
      },
    ],
    choose(row) {
      if (row.kind === "accept") {
        accept(rules);
        return null;
      }
      return ruleDialog({
        rule: row.rule,
        pastOf: () => undefined,
        changed: () => undefined,
        accept(text) {
          const changed = rules.map((rule) => (rule === row.rule ? text : rule));
          place.open(planRulesDialog(place, { rules: changed, asked }, accept, back));
        },
      });
    },
  });
  return dialog;
}
