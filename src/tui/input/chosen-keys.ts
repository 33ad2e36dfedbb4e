/** The setting `keys`, held against the table of actions. */
import type { LoadedSettings } from "../../config/load.ts";
import { TauError } from "../../core/errors.ts";
import { nearestNames } from "../../core/likeness.ts";
import { type Action, actions } from "./actions.ts";
import { chordNamed, isText } from "./chord-names.ts";
import type { ChosenKeys } from "./keymap.ts";

/** Places where what is typed is text: a plain character cannot be a key there. */
const textPlaces = ["composer", "list", "everywhere"];

/**
 * The keys a person chose; those of a project's file never count.
 * @throws TauError `config` naming places, actions and chords that are none, with what may have been meant
 */
export function chosenKeys({ settings, layers }: LoadedSettings): ChosenKeys {
  const { chosen, wrong } = checked(settings.keys ?? {}, (steps) => {
    const layer = layers.findLast((one) => one.settings.keys !== undefined);
    return layer?.placeOf?.(["keys", ...steps]) ?? null;
  });
  if (wrong.length > 0)
    throw new TauError(
      "config",
      wrong.join("\n"),
      "tau keys --default lists every place, action and its keys",
    );
  return chosen;
}

type WrittenKeys = { readonly [place: string]: { readonly [action: string]: readonly string[] } };

/** What is wrong with keys that are to be written, in words. */
export const wrongKeys = (written: WrittenKeys): string[] => checked(written, () => null).wrong;

function checked(
  written: WrittenKeys,
  placeOf: (steps: string[]) => string | null,
): { chosen: ChosenKeys; wrong: string[] } {
  const wrong: string[] = [];
  const fail = (steps: string[], text: string): void => {
    const place = placeOf(steps);
    wrong.push(`${place ? `${place}: ` : ""}keys.${steps.join(".")}: ${text}`);
  };
  const chosen = Object.entries(written).map(([place, byAction]) => {
    const table = tableOf(place);
    if (table === null) fail([place], `there is no such place; ${meant(place, Object.keys(actions))}`);
    const checkedKeys = Object.entries(byAction).map(([action, keys]) => {
      if (table !== null && !(action in table))
        fail([place, action], `there is no such action; ${meant(action, Object.keys(table))}`);
      const chords = keys.flatMap((key) => {
        const found = chordNamed(key);
        if ("wrong" in found) fail([place, action], found.wrong);
        else if (textPlaces.includes(place) && isText(found.chord))
          fail([place, action], `"${key}" is typed text there; hold ctrl or alt with it`);
        else return [found.chord];
        return [];
      });
      return [action, chords] as const;
    });
    return [place, Object.fromEntries(checkedKeys)] as const;
  });
  return { chosen: Object.fromEntries(chosen), wrong };
}

/** The actions of a place; null when there is none of that name. */
export function tableOf(place: string): { readonly [action: string]: Action } | null {
  return Object.entries(actions).find(([name]) => name === place)?.[1] ?? null;
}

function meant(name: string, known: readonly string[]): string {
  const near = nearestNames(name, known);
  return near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known are ${known.join(", ")}`;
}
