/** /config: every setting, what holds and where it comes from, to be changed in place. */
import type { SettingsOwner, ShownSetting } from "../../app/settings-desk.ts";
import { messageWithHint, TauError } from "../../core/errors.ts";
import { nearestNames } from "../../core/likeness.ts";
import type { Effort } from "../../core/model.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { anyOr, type Completions, oneOf } from "../compose/completions.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { lineDialog } from "../dialog/line.ts";
import { type ListRow, listDialog } from "../dialog/list.ts";
import { openSoon } from "../dialog/opening.ts";
import { ownKeys } from "../dialog/own-keys.ts";
import { newVim } from "../input/vim/vim.ts";
import { modes } from "../modes.ts";
import { automatic } from "../theme/choice.ts";
import { type Line, plain, wrap } from "../view/line.ts";

/** The commands of this file. */
export const configCommands = [
  {
    name: "config",
    aliases: ["settings"],
    argument: "[key [value]]",
    help: "every setting with its value and where it comes from, to search and change",
    details:
      "Enter changes a setting, Ctrl+E in the project's file, Ctrl+X takes it out; with a key it is asked for at once, with a value it is written. What has the last word over it is told; model, effort, mode, theme and editor hold at once, all else from the next start on.",
    page: "configuration.md",
    whileWorking: true,
    complete: ({ settings }, before) => completeSetting(settings, before),
    async run(place, argument) {
      const [key = "", ...given] = argument.split(/\s+/).filter(Boolean);
      if (key !== "") return changeNamed(place, key, given);
      await openSoon(place.store, "Settings", async () =>
        settingsDialog(place, await place.settings.list(), null),
      );
      return null;
    },
  },
] as const satisfies readonly LocalCommand[];

/** The keys, and behind one its values. */
async function completeSetting(
  { list }: CommandPlace["settings"],
  before: readonly string[],
): Promise<Completions | null> {
  const [key] = before;
  const all = await list();
  if (key === undefined)
    return oneOf(
      all.map(({ key: name, value, about }) => ({
        value: name,
        detail: `${value ?? "not set"} · ${about}`,
        more: true,
      })),
    );
  const setting = all.find((one) => one.key === key);
  if (setting === undefined || (before.length > 1 && setting.kind !== "list")) return null;
  const { choices, value, kind } = setting;
  const values = kind === "choice" ? choices : value === null || kind === "list" ? [] : [value];
  const rows = values.map((one) => ({ value: one, ...(one === value && { detail: "as it is" }) }));
  return kind === "choice" ? oneOf(rows) : anyOr(rows);
}

/** Asks for one setting, or writes what was given. */
async function changeNamed(place: CommandPlace, key: string, given: readonly string[]): Promise<null> {
  const all = await place.settings.list();
  const setting = all.find((one) => one.key === key);
  if (setting === undefined) {
    const near = nearestNames(
      key,
      all.map((one) => one.key),
    );
    const next = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "/config lists them";
    throw new TauError("usage", `there is no setting ${key}`, next);
  }
  if (given.length > 0) await write(place, setting, given, "own");
  else place.open(editDialog(place, setting, "own", settingsDialog(place, all, key)));
  return null;
}

function settingsDialog(
  place: CommandPlace,
  settings: readonly ShownSetting[],
  marked: string | null,
): Dialog {
  const dialog: Dialog = listDialog<ShownSetting>({
    title: "Settings",
    empty: "no setting fits",
    rows: settings.map(
      (setting): ListRow<ShownSetting> => ({
        value: setting,
        text: `${setting.key} = ${setting.value ?? "not set"}`,
        detail: setting.about,
        ...(setting.key === marked && { current: true as const }),
      }),
    ),
    preview: ({ about, from, choices, kind }, columns, rows) =>
      [about, from === null ? "not set" : `from ${from}`, choices.join(", ") || kindWords[kind]]
        .filter(Boolean)
        .flatMap((text) => wrap(text, columns).map((row): Line => plain(row, { dim: true })))
        .slice(0, rows),
    keys: [
      {
        ...ownKeys["settings.project"],
        press: (setting, list) => editDialog(place, setting, "project", list),
      },
      {
        ...ownKeys["settings.unset"],
        press(setting) {
          void write(place, setting, [], "own");
          return null;
        },
      },
    ],
    choose: (setting) => editDialog(place, setting, "own", dialog),
  });
  return dialog;
}

const kindWords = {
  choice: "",
  number: "a number",
  text: "text",
  list: "a list: words, or one JSON list",
} as const;

/** Asks for the value; a choice by a list, the rest typed. */
function editDialog(place: CommandPlace, setting: ShownSetting, owner: SettingsOwner, back: Dialog): Dialog {
  const { key, kind, choices, value } = setting;
  const title = owner === "project" ? `${key}, in the project's file` : key;
  if (kind === "choice")
    return listDialog<string>({
      title,
      empty: "none fits",
      rows: choices.map((choice) => ({
        value: choice,
        text: choice,
        ...(choice === value && { current: true as const }),
      })),
      choose(choice) {
        void write(place, setting, [choice], owner);
        return null;
      },
    });
  return lineDialog({
    title,
    text: kind === "list" ? "" : (value ?? ""),
    help: `enter writes it, nothing takes it out · ${kindWords[kind]}`,
    back,
    take(text) {
      const given = kind === "list" && !text.startsWith("[") ? text.split(/\s+/).filter(Boolean) : [text];
      void write(place, setting, text === "" ? [] : given, owner);
      return null;
    },
  });
}

/** Writes it, applies what can be applied at once, and opens the list again. */
async function write(
  place: CommandPlace,
  { key }: ShownSetting,
  given: readonly string[],
  owner: SettingsOwner,
): Promise<void> {
  try {
    const told = await place.settings.write(key, given, owner);
    const now = owner === "own" && (await applied(place, key, given[0] ?? null));
    place.tell(`${told}; ${now ? "it holds from now on" : "it holds from the next start of Tau on"}`);
    const { dialog, editor } = place.store.state;
    if (dialog === null && editor.text === "")
      place.open(settingsDialog(place, await place.settings.list(), key));
  } catch (error) {
    place.warn(messageWithHint(error));
  }
}

/**
 * Makes a setting hold in the running session; false for those that are read at the start only.
 * @param value null where the setting was taken out
 */
async function applied(place: CommandPlace, key: string, value: string | null): Promise<boolean> {
  const { store, session, themes } = place;
  switch (key) {
    case "theme":
      themes.choose(value ?? automatic);
      return true;
    case "editor":
      store.change((state) => ({ ...state, vim: value === "vim" ? (state.vim ?? newVim) : null }));
      return true;
    case "model": {
      if (value === null) return false;
      await session().setModel(value);
      store.change((state) => ({ ...state, model: session().model, effort: session().effort }));
      return true;
    }
    case "effort": {
      const effort: Effort | undefined = session().efforts.find((one) => one === value);
      if (value !== null && effort === undefined) return false;
      session().setEffort(effort ?? null);
      store.change((state) => ({ ...state, effort: effort ?? null }));
      return true;
    }
    case "mode": {
      const mode = modes.find((one) => one === (value ?? "ask"));
      if (mode === undefined) return false;
      session().setMode(mode);
      store.change((state) => ({ ...state, mode }));
      return true;
    }
    default:
      return false;
  }
}
