/** A key as a chord, also where it is a letter: for places in which letters are keys. */
import type { Chord, Key } from "./keys.ts";

/** The chord; null for what no chord is: pasted text, several characters at once, a report. */
export function chordOf(key: Key): Chord | null {
  if (key.type === "key") return key.chord;
  if (key.type !== "text" || Array.from(key.text).length !== 1) return null;
  if (key.text === " ") return "space";
  const lower = key.text.toLowerCase();
  return lower === key.text ? lower : `shift+${lower}`;
}
