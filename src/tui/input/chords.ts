/** Names of keys: from control characters and escape sequences to chords. */
import type { Chord } from "./keys.ts";

/** Control characters as a terminal without any protocol sends them; Ctrl+H is a backspace on many. */
export const controlChords: { readonly [character: string]: Chord } = {
  ...Object.fromEntries(
    Array.from({ length: 26 }, (_, index) => [
      String.fromCharCode(index + 1),
      `ctrl+${String.fromCharCode(97 + index)}`,
    ]),
  ),
  "\u0000": "ctrl+space",
  "\u0008": "backspace",
  "\t": "tab",
  "\r": "enter",
  "\u001c": "ctrl+\\",
  "\u001d": "ctrl+]",
  "\u001e": "ctrl+^",
  "\u001f": "ctrl+_",
  "\u007f": "backspace",
};

/** By the last character of CSI or SS3. */
const letters: { readonly [letter: string]: string } = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "begin",
  F: "end",
  H: "home",
  M: "enter",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
  Z: "shift+tab",
};

/** By the number before `~`. */
const tildes: { readonly [number: string]: string } = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
};

/** Code points that name a key rather than a character. */
const codes: { readonly [code: number]: string } = {
  8: "backspace",
  9: "tab",
  13: "enter",
  27: "escape",
  32: "space",
  127: "backspace",
  57414: "enter",
};

/**
 * The key of a whole escape sequence; as text where it stands for a character and nothing else; null where it means
 * nothing here.
 */
export function chordOf(sequence: string): Chord | { text: string } | null {
  const csi = /^\u001b(?:\[|O)([\d;:]*)([~A-Za-z])$/.exec(sequence);
  if (csi !== null) {
    const [, parameters = "", final = ""] = csi;
    const fields = parameters.split(";");
    // Beside a key of another script stands the one of the Latin layout in its place: Ctrl+C is Ctrl+C on any.
    const [code = "", , latin = ""] = fields[0]?.split(":") ?? [];
    const first =
      final === "u" && Number(code) > 0x7f && latin !== "" && fields[1] !== undefined ? latin : code;
    const numbers = [first, ...fields.slice(1)].map((field) => Number.parseInt(field, 10));
    return csiKey(numbers, final);
  }
  // Terminals put an escape before what is typed with Alt held.
  const [, character] = /^\u001b(.)$/su.exec(sequence) ?? [];
  if (character === undefined) return null;
  const control = controlChords[character === "\n" ? "\r" : character];
  return control ? withModifiers(control, 2) : withModifiers(nameOf(character.codePointAt(0) ?? 0), 2);
}

function csiKey(
  [first = Number.NaN, second = 1, third = 0]: number[],
  final: string,
): Chord | { text: string } | null {
  // xterm's modifyOtherKeys: CSI 27 ; modifiers ; code ~
  if (final === "~" && first === 27) return characterKey(third, second);
  if (final === "u") return characterKey(first, second);
  const name = final === "~" ? tildes[first] : letters[final];
  return name === undefined ? null : withModifiers(name, second - 1);
}

function characterKey(code: number, modifiers: number): Chord | { text: string } | null {
  if (!(code > 0 && code <= 0x10ffff)) return null;
  const bits = modifiers - 1;
  const character = String.fromCodePoint(code);
  // The private use area names keys that no terminal without the protocol could send.
  if (code >= 57344 && code <= 63743 && !(code in codes)) return null;
  if ((bits & 6) === 0 && !(code in codes)) return { text: bits & 1 ? character.toUpperCase() : character };
  if (bits === 0 && code === 32) return { text: " " };
  return withModifiers(nameOf(code), bits);
}

/** A character as a key: an upper case letter is the letter with Shift. */
function nameOf(code: number): string {
  const named = codes[code];
  if (named !== undefined) return named;
  const character = String.fromCodePoint(code);
  const lower = character.toLowerCase();
  return lower === character ? character : `shift+${lower}`;
}

/** @param bits 1 Shift, 2 Alt, 4 Ctrl; what terminals add beyond (Super, locks) has no meaning here */
function withModifiers(name: string, bits: number): Chord {
  const parts = name === "+" ? ["+"] : name.split(/\+(?=.)/);
  const key = parts.at(-1) ?? name;
  const has = (modifier: string, bit: number): boolean =>
    parts.slice(0, -1).includes(modifier) || (bits & bit) !== 0;
  const chord = [has("ctrl", 4) && "ctrl", has("alt", 2) && "alt", has("shift", 1) && "shift", key]
    .filter(Boolean)
    .join("+");
  return oneCode[chord] ?? chord;
}

/** Keys that are one code to a terminal without a protocol: the same key is the same chord with one. */
const oneCode: { readonly [chord: string]: Chord } = {
  "ctrl+/": "ctrl+_",
  "ctrl+shift+-": "ctrl+_",
  "ctrl+shift+_": "ctrl+_",
  "ctrl+[": "escape",
  "ctrl+@": "ctrl+space",
};
