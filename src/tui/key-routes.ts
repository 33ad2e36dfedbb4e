/** Where a key goes: to what it does everywhere, to what fills the screen, or to the conversation. */
import type { ActionOf } from "./input/actions.ts";
import type { Keymap } from "./input/keymap.ts";
import type { Key } from "./input/keys.ts";

/** The ways a key can go. */
export type KeyRoutes = {
  everywhere: { readonly [action in ActionOf<"everywhere">]: () => void };
  /** Takes what a terminal told of itself. */
  heard(sequence: string): void;
  /** Gives a key to what fills the screen; false when nothing does. */
  fullView(key: Key): boolean;
  conversation(key: Key): void;
};

/** Sends a key on its way. */
export function routeKey(key: Key, keymap: Keymap, routes: KeyRoutes): void {
  const action = key.type === "key" ? keymap.everywhere.get(key.chord) : undefined;
  if (key.type === "report") routes.heard(key.sequence);
  else if (action !== undefined) routes.everywhere[action]();
  else if (!routes.fullView(key)) routes.conversation(key);
}
