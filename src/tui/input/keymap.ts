/** Which key does what. */
import { type Action, type ActionOf, actions, type KeyPlace } from "./actions.ts";
import type { Chord } from "./keys.ts";

/** What each chord does, by the place where it is pressed. */
export type Keymap = { readonly [Place in KeyPlace]: ReadonlyMap<Chord, ActionOf<Place>> };

/** Keys a person chose: by place and action, all the keys of that action. Checked by `chosen-keys.ts`. */
export type ChosenKeys = {
  readonly [place: string]: { readonly [action: string]: readonly Chord[] } | undefined;
};

/** The keys of the table, but for the actions whose keys were chosen; a chosen key is taken from whatever had it. */
export function keymapOf(chosen: ChosenKeys = {}): Keymap {
  return {
    everywhere: chordsOf("everywhere", actions.everywhere, chosen),
    composer: chordsOf("composer", actions.composer, chosen),
    question: chordsOf("question", actions.question, chosen),
    list: chordsOf("list", actions.list, chosen),
    pager: chordsOf("pager", actions.pager, chosen),
  };
}

function chordsOf<Id extends string>(
  place: KeyPlace,
  table: { readonly [action in Id]: Action },
  chosen: ChosenKeys,
): ReadonlyMap<Chord, Id> {
  const own = chosen[place] ?? {};
  const rivals = place === "everywhere" ? Object.values(chosen) : [own, chosen.everywhere];
  const taken = new Set(rivals.flatMap((one) => Object.values(one ?? {}).flat()));
  const ids = Object.keys(table) as Id[];
  return new Map(
    ids.flatMap((id) =>
      (own[id] ?? table[id].keys.filter((chord) => !taken.has(chord))).map((chord) => [chord, id] as const),
    ),
  );
}
