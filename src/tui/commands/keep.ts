/** Choices that last: what is chosen for this session can be written into the settings, by the same code as `tau config set`. */
import { messageWithHint } from "../../core/errors.ts";
import type { CommandPlace } from "../commands.ts";
import { type Completion, type Completions, oneOf } from "../compose/completions.ts";
import type { ListKey } from "../dialog/list.ts";
import { type OwnKey, ownKeys } from "../dialog/own-keys.ts";

/** What keeping needs. */
export type KeepPlace = Pick<CommandPlace, "settings" | "tell" | "warn">;

/** What an argument may end with. */
export const keepWord = "--keep";

/** One of some values, and behind it the wish to keep it. */
export function completeChoice(
  values: readonly (string | Completion)[],
  before: readonly string[],
): Completions | null {
  if (before.length === 0) return oneOf(values);
  return before.includes(keepWord)
    ? null
    : oneOf([{ value: keepWord, detail: "for good: in your own settings" }]);
}

/** An argument without the wish to keep what it chooses, and whether there was one. */
export function keepWish(argument: string): { wanted: string; keep: boolean } {
  const words = argument.split(/\s+/).filter(Boolean);
  const wanted = words.filter((word) => word !== keepWord);
  return { wanted: wanted.join(" "), keep: wanted.length < words.length };
}

/** Writes a choice into the person's own settings; null takes the setting out. Resolves to where it stands now. */
export const kept = async ({ settings }: KeepPlace, key: string, value: string | null): Promise<string> =>
  `kept: ${await settings.write(key, value === null ? [] : [value], "own")}`;

/** A choice that was made. */
export type Choice = { done: string; key: string; value: string | null; keep: boolean };

/** What was done, and where it was kept or how that is done. At once where nothing is written. */
export function chosen(place: KeepPlace, { done, key, value, keep }: Choice): string | Promise<string> {
  if (!keep) return `${done}; ${keepWord} keeps it for good`;
  return kept(place, key, value).then((where) => `${done}; ${where}`);
}

/** The key of a list by which a choice is made and kept. @param take makes it, and resolves to what there is to tell */
export const keepKey = <Value>(
  { tell, warn }: KeepPlace,
  id: Extract<OwnKey, `${string}.keep`>,
  take: (value: Value) => string | Promise<string>,
): ListKey<Value> => ({
  ...ownKeys[id],
  press(value) {
    void Promise.resolve(take(value)).then(tell, (error: unknown) => warn(messageWithHint(error)));
    return null;
  },
});
