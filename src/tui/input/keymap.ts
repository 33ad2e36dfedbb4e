/** Which key does what. */
import { type Action, type ActionOf, actions, type KeyPlace } from "./actions.ts";
import type { Chord } from "./keys.ts";

/** What each chord does, by the place where it is pressed. */
export type Keymap = { readonly [Place in KeyPlace]: ReadonlyMap<Chord, ActionOf<Place>> };

/** Keys a person chose: by place and action, all the keys of that action. */
export type ChosenKeys = {
  readonly [Place in KeyPlace]?: { readonly [action in ActionOf<Place>]?: readonly Chord[] };
};

/** The keys of the table, but for the actions whose keys were chosen. */
export function keymapOf(chosen: ChosenKeys = {}): Keymap {
  return {
    everywhere: chordsOf(actions.everywhere, chosen.everywhere),
    composer: chordsOf(actions.composer, chosen.composer),
    question: chordsOf(actions.question, chosen.question),
    list: chordsOf(actions.list, chosen.list),
    pager: chordsOf(actions.pager, chosen.pager),
  };
}

function chordsOf<Id extends string>(
  table: { readonly [action in Id]: Action },
  chosen: { readonly [action in Id]?: readonly Chord[] } = {},
): ReadonlyMap<Chord, Id> {
  const ids = Object.keys(table) as Id[];
  return new Map(ids.flatMap((id) => (chosen[id] ?? table[id].keys).map((chord) => [chord, id] as const)));
}
