/** What was cut, to be put in again: readline's kill ring. */
import { type Editor, replaced } from "../editor.ts";
import { difference } from "./history.ts";

/** Pieces that were cut, last one first. */
export type Kills = {
  ring: readonly string[];
  /** Whether the last key cut something: what the next one cuts is joined to it. */
  joining: boolean;
  /** What was put in by the last key, and which piece it was; null when it was another key. */
  yanked: { from: number; to: number; index: number } | null;
};

const mostKills = 30;

/** Nothing cut yet. */
export const noKills: Kills = { ring: [], joining: false, yanked: null };

/** Takes in what an edit took out. */
export function killed(kills: Kills, before: Editor, after: Editor): Kills {
  const { removed } = difference(before.text, after.text);
  if (removed === "") return otherKey(kills);
  const [last = "", ...older] = kills.ring;
  // What is cut backwards stands before what was cut before it.
  const joined = after.caret < before.caret ? removed + last : last + removed;
  const ring = kills.joining ? [joined, ...older] : [removed, ...kills.ring].slice(0, mostKills);
  return { ring, joining: true, yanked: null };
}

/** Takes in that a key did something else. */
export const otherKey = (kills: Kills): Kills =>
  kills.joining || kills.yanked ? { ...kills, joining: false, yanked: null } : kills;

/** Puts in what was cut last. */
export function yank(kills: Kills, editor: Editor): { kills: Kills; editor: Editor } {
  const [last] = kills.ring;
  return last === undefined ? { kills, editor } : put(kills, editor, editor.caret, editor.caret, 0);
}

/** Right after a yank: what was cut before that in its place. */
export function yankOlder(kills: Kills, editor: Editor): { kills: Kills; editor: Editor } {
  const { yanked, ring } = kills;
  if (yanked === null) return { kills, editor };
  return put(kills, editor, yanked.from, yanked.to, (yanked.index + 1) % ring.length);
}

function put(
  kills: Kills,
  editor: Editor,
  from: number,
  to: number,
  index: number,
): { kills: Kills; editor: Editor } {
  const text = kills.ring[index] ?? "";
  return {
    editor: replaced(editor, from, to, text),
    kills: { ...kills, joining: false, yanked: { from, to: from + text.length, index } },
  };
}
