/**
 * What a terminal sends, as keys. One read may hold half a key or many: sequences are put together across reads and
 * taken apart within one. Sources: ECMA-48 5.4; xterm ctlseqs "Special Keys", "Bracketed Paste Mode";
 * https://sw.kovidgoyal.net/kitty/keyboard-protocol/ (CSI u).
 */
import { chordOf, controlChords } from "./chords.ts";

/** What a terminal sent. */
export type Key =
  /** Typed text; never with a line break. */
  | { type: "text"; text: string }
  /** Pasted text as it was, line breaks as `\n`. */
  | { type: "paste"; text: string }
  /** A key with its modifiers, as a {@link Chord}. */
  | { type: "key"; chord: Chord }
  /** What a terminal answers or reports by itself (focus, colours, modes): the whole sequence. */
  | { type: "report"; sequence: string };

/**
 * A key by its name, modifiers before it in the order ctrl, alt, shift: `enter`, `ctrl+k`, `alt+shift+left`, `f3`.
 * Characters are lower case.
 */
export type Chord = string;

const pasteStart = "\u001b[200~";
const pasteEnd = "\u001b[201~";

/** A whole sequence at the start: CSI, SS3, or a string (OSC, DCS, APC, PM, SOS) that ends in BEL or ST. */
const whole =
  /^\u001b(?:\[\[?[0-?]*[ -/]*[@-~]|O[ -~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[^[O\]PX^_\u001b])/u;
/** The beginning of one, whose end has not come. */
const partial = /^\u001b(?:\[\[?[0-?]*[ -/]*|O|[\]PX^_][^\u0007\u001b]{0,4096}\u001b?)?$/;

/** Reads keys out of a terminal's bytes. Holds what is incomplete. */
export class KeyDecoder {
  #held = "";
  /** The paste so far; null outside of one. */
  #paste: string[] | null = null;

  /** Whether an escape waits for what may follow; if nothing comes soon, it was the Escape key: {@link flush}. */
  get waiting(): boolean {
    return this.#held.startsWith("\u001b") && this.#paste === null;
  }

  /** Takes in what was read. */
  push(read: string): Key[] {
    const keys: Key[] = [];
    let rest = this.#held + read;
    this.#held = "";
    while (rest !== "") {
      if (this.#paste !== null) rest = this.#readPaste(rest, keys);
      else if (rest.startsWith(pasteStart)) {
        this.#paste = [];
        rest = rest.slice(pasteStart.length);
      } else if (rest.startsWith("\u001b")) {
        const sequence = whole.exec(rest)?.[0];
        if (sequence === undefined && partial.test(rest)) {
          this.#held = rest;
          break;
        }
        // An escape before something it does not belong to is the key.
        keys.push(
          ...(sequence === undefined ? [{ type: "key", chord: "escape" } as const] : meaning(sequence)),
        );
        rest = rest.slice(sequence?.length ?? 1);
      } else rest = readTyped(rest, keys);
    }
    return keys;
  }

  /** Nothing followed: a held escape is the Escape key, and whatever else came after it is dropped. */
  flush(): Key[] {
    if (!this.waiting) return [];
    this.#held = "";
    return [{ type: "key", chord: "escape" }];
  }

  #readPaste(rest: string, keys: Key[]): string {
    const paste = this.#paste ?? [];
    const end = rest.indexOf(pasteEnd);
    if (end >= 0) {
      const text = [...paste, rest.slice(0, end)].join("").replaceAll("\r\n", "\n").replaceAll("\r", "\n");
      this.#paste = null;
      if (text !== "") keys.push({ type: "paste", text });
      return rest.slice(end + pasteEnd.length);
    }
    // The end mark itself may be cut.
    const cut = rest.lastIndexOf("\u001b");
    const held = cut >= 0 && pasteEnd.startsWith(rest.slice(cut)) ? cut : rest.length;
    paste.push(rest.slice(0, held));
    this.#held = rest.slice(held);
    return "";
  }
}

/** CSI with a private mark, a focus report, or a string: none of them is a key. */
const report = /^\u001b(?:\[[?<=>]|\[[IO]$|[\]PX^_])/;

function meaning(sequence: string): Key[] {
  if (report.test(sequence)) return [{ type: "report", sequence }];
  const key = chordOf(sequence);
  if (key === null) return [];
  return [typeof key === "string" ? { type: "key", chord: key } : { type: "text", text: key.text }];
}

/**
 * Typed text up to the next escape. A return or a tab with text behind it in one read is part of a paste from a terminal
 * that does not mark pastes; at the end it is the key, glued to what was typed before it.
 */
function readTyped(rest: string, keys: Key[]): string {
  const special = /[\u0000-\u001f\u007f]/.exec(rest);
  if (special === null) {
    keys.push({ type: "text", text: rest });
    return "";
  }
  const { index } = special;
  if (index > 0) keys.push({ type: "text", text: rest.slice(0, index) });
  const char = rest.charAt(index);
  const after = rest.slice(index + 1);
  if (char === "\u001b") return rest.slice(index);
  if (char === "\t") keys.push(after === "" ? { type: "key", chord: "tab" } : { type: "text", text: "\t" });
  else if (char === "\r" && /^[^\u0000-\u001f\u007f]/.test(after.replace(/^\n/, "")))
    keys.push({ type: "paste", text: "\n" });
  else {
    const chord = controlChords[char];
    if (chord) keys.push({ type: "key", chord });
  }
  return char === "\r" ? after.replace(/^\n/, "") : after;
}
