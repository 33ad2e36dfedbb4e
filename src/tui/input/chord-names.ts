/** Names of chords as people write them. */
import { nearestNames } from "../../core/likeness.ts";
import type { Chord } from "./keys.ts";

const named = [
  ...[
    "enter",
    "tab",
    "escape",
    "space",
    "backspace",
    "delete",
    "insert",
    "home",
    "end",
    "pageup",
    "pagedown",
  ],
  ...["up", "down", "left", "right", ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`)],
];
const otherNames: { readonly [name: string]: string } = {
  ...{ esc: "escape", return: "enter", del: "delete", ins: "insert", pgup: "pageup", pgdn: "pagedown" },
  ...{
    control: "ctrl",
    ctl: "ctrl",
    c: "ctrl",
    meta: "alt",
    option: "alt",
    opt: "alt",
    m: "alt",
    s: "shift",
  },
};
const modifiers = ["ctrl", "alt", "shift"];

/** A chord as the decoder names it; else what is wrong with the name, in words. */
export function chordNamed(written: string): { chord: Chord } | { wrong: string } {
  const parts = written
    .trim()
    .toLowerCase()
    .split(/[+-](?=.)/);
  const key = otherName(parts.pop() ?? "", false);
  const held = parts.map((part) => otherName(part, true));
  const unknown = held.find((part) => !modifiers.includes(part));
  if (unknown !== undefined)
    return { wrong: `"${written}": there is no modifier ${unknown}; they are ${modifiers.join(", ")}` };
  if (Array.from(key).length !== 1 && !named.includes(key)) {
    const near = nearestNames(key, named);
    return {
      wrong: `"${written}": there is no key ${key}; ${near.length > 0 ? `did you mean ${near.join(" or ")}?` : `such are ${named.slice(0, 8).join(", ")}, letters`}`,
    };
  }
  return { chord: [...modifiers.filter((modifier) => held.includes(modifier)), key].join("+") };
}

const otherName = (name: string, isModifier: boolean): string =>
  name.length === 1 && !isModifier ? name : (otherNames[name] ?? name);

/** Whether a chord is typed text where text is typed. */
export const isText = (chord: Chord): boolean => /^(shift\+)?(.|space)$/u.test(chord);

/** Control characters that are other keys: the same code without a protocol. */
const taken = new Set(["ctrl+i", "ctrl+m", "ctrl+h", "ctrl+["]);

/** Whether only terminals with the kitty protocol or modifyOtherKeys send a chord as itself. */
export function needsProtocol(chord: Chord): boolean {
  if (taken.has(chord)) return true;
  const key = chord.split(/\+(?=.)/).at(-1) ?? "";
  if (/^(ctrl\+)(alt\+)?(shift\+)?(enter|tab|backspace|escape)$/.test(chord)) return true;
  if (/^(alt\+)?shift\+(enter|backspace|escape|space)$/.test(chord)) return true;
  if (/^alt\+[[\]OPX^_]$/.test(chord)) return true;
  return (
    chord.startsWith("ctrl+") && Array.from(key).length === 1 && !/^ctrl\+(alt\+)?[a-z\\\]^_]$/.test(chord)
  );
}
