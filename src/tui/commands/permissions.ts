/** /permissions: the rules in force, adding some and taking some away. */
import type { RuleScope, RuleWish } from "../../app/contract.ts";
import { messageWithHint } from "../../core/errors.ts";
import type { Rule } from "../../policy/rule.ts";
import { ruleTools } from "../../policy/tool-names.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { anyOr, type Completions, oneOf } from "../compose/completions.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { type ListRow, listDialog } from "../dialog/list.ts";
import { ownKeys } from "../dialog/own-keys.ts";
import { ruleDialog } from "../questions/rule-dialog.ts";

type Effect = Rule["effect"];

const effects: readonly { value: Effect; detail: string }[] = [
  { value: "allow", detail: "runs without being asked about" },
  { value: "ask", detail: "is asked about, whatever allows it" },
  { value: "deny", detail: "never runs, whatever allows it" },
];
const scopes: readonly { value: RuleScope; text: string }[] = [
  { value: "session", text: "this session" },
  { value: "project", text: "this project" },
  { value: "user", text: "all your projects" },
];

/** The commands of this file. */
export const permissionCommands = [
  {
    name: "permissions",
    aliases: ["allowed"],
    argument: "[allow|ask|deny|remove rule] [--session|--project|--user]",
    help: "the rules in force, by where they stand, to search in, to add to and to take from",
    details:
      "Ctrl+X takes the marked rule out of the file it stands in. A new one holds at once: for this session, for this project (what it allows is kept in projects.json beside your settings, what it asks about or forbids in .tau/config.local.json) or for all your projects (config.json); the exact rule and file are shown before it is saved.",
    page: "permissions.md",
    whileWorking: true,
    complete: completeRule,
    run(place, argument) {
      if (argument !== "") return given(place, argument);
      place.open(rulesDialog(place));
      return null;
    },
  },
] as const satisfies readonly LocalCommand[];

function completeRule({ session }: CommandPlace, before: readonly string[]): Completions | null {
  const [what] = before;
  if (what === undefined)
    return oneOf([
      ...effects.map(({ value, detail }) => ({ value, detail, more: true as const })),
      { value: "remove", detail: "takes a rule away", more: true },
    ]);
  if (what === "remove")
    return before.length > 1
      ? null
      : anyOr(
          session()
            .rules.all()
            .filter(({ source }) => source !== "built-in")
            .map(({ text, effect, source }) => ({ value: text, detail: `${effect}, ${source}` })),
        );
  if (before.length === 1) return anyOr(ruleTools.map((value) => ({ value })));
  return anyOr(scopes.map(({ value, text }) => ({ value: `--${value}`, detail: text })));
}

/** Does what was typed behind the name. */
async function given(place: CommandPlace, argument: string): Promise<string | null> {
  const [what = "", ...words] = argument.split(/\s+/);
  const scope = scopes.find(({ value }) => words.at(-1) === `--${value}`)?.value;
  const rule = (scope === undefined ? words : words.slice(0, -1)).join(" ");
  if (what === "remove") return removeNamed(place, rule);
  const effect = effects.find(({ value }) => value === what.toLowerCase())?.value;
  if (effect === undefined || rule === "")
    return "/permissions takes allow, ask or deny and a rule, as in /permissions allow Bash(npm test:*), or remove and a rule";
  if (scope !== undefined) return add(place, { effect, rule, scope });
  place.open(scopeDialog(place, effect, rule));
  return null;
}

async function removeNamed(place: CommandPlace, text: string): Promise<string> {
  const found = place
    .session()
    .rules.all()
    .filter((rule) => rule.text === text && rule.source !== "built-in");
  if (found.length === 0) return `no rule ${text || "of that name"} is in force; /permissions lists them`;
  const told = [];
  for (const rule of found) told.push(await remove(place, rule));
  return told.join("\n");
}

async function remove({ session }: CommandPlace, rule: Rule): Promise<string> {
  const file = await session().rules.forget(rule);
  return `${rule.effect} ${rule.text} holds no more${file === null ? "" : `; it is gone from ${file}`}`;
}

async function add({ session }: CommandPlace, wish: RuleWish): Promise<string> {
  const file = await session().rules.add(wish);
  return `${wish.effect} ${wish.rule} ${file === null ? "holds for this session" : `holds from now on: ${file}`}`;
}

/** A row of the list: a rule, or the wish to add one. */
type Row = Rule | "add";

function rulesDialog(place: CommandPlace): Dialog {
  const rules = [...place.session().rules.all()].sort(
    (a, b) => a.source.localeCompare(b.source) || a.text.localeCompare(b.text),
  );
  const dialog: Dialog = listDialog<Row>({
    title: "Rules in force",
    rows: [
      ...rules.map((rule) => ({ value: rule, text: `${rule.effect} ${rule.text}`, detail: rule.source })),
      { value: "add", text: "+ add a rule" },
    ],
    empty: "no rule fits",
    choose: (row) => (row === "add" ? effectDialog(place) : null),
    keys: [
      {
        ...ownKeys["rules.remove"],
        press(row) {
          if (row === "add") return dialog;
          told(place, remove(place, row));
          return null;
        },
      },
    ],
  });
  return dialog;
}

/** What the rule is to do, then the rule, then where it is to hold. */
function effectDialog(place: CommandPlace): Dialog {
  return listDialog<Effect>({
    title: "What the rule matches",
    rows: effects.map(({ value, detail }) => ({ value, text: value, detail })),
    empty: "none fits",
    choose: (effect) => writeDialog(place, effect, "Bash()"),
  });
}

function writeDialog(place: CommandPlace, effect: Effect, rule: string): Dialog {
  const { rules } = place.session();
  const past = new Map<string, Awaited<ReturnType<typeof rules.pastMatches>>>();
  return ruleDialog({
    rule,
    pastOf: (text) => past.get(text),
    // What a rule allows may be much; what it asks about or forbids stops nothing that ran.
    changed(text) {
      if (effect !== "allow" || past.has(text)) return;
      void rules.pastMatches(text).then(
        (found) => {
          past.set(text, found);
          place.redraw();
        },
        () => undefined,
      );
    },
    accept: (text) => place.open(scopeDialog(place, effect, text)),
  });
}

function scopeDialog(place: CommandPlace, effect: Effect, rule: string): Dialog {
  return listDialog<RuleScope>({
    title: `${effect} ${rule}`,
    rows: scopes.map(
      ({ value, text }): ListRow<RuleScope> => ({
        value,
        text,
        detail: place.session().rules.fileOf(value, effect) ?? "nothing is saved",
      }),
    ),
    empty: "none fits",
    choose(scope) {
      told(place, add(place, { effect, rule, scope }));
      return null;
    },
  });
}

const told = ({ tell, warn }: CommandPlace, done: Promise<string>): void =>
  void done.then(tell, (error: unknown) => warn(messageWithHint(error)));
