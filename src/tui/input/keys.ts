/**
 * What a terminal sends, as keys. One read may hold half a key or many: sequences are put together across reads and
 * taken apart within one. Sources: ECMA-48 5.4; xterm ctlseqs "Special Keys", "Bracketed Paste Mode".
 */

/** A key, some typed text (never with a line break), or a paste (as it was, line breaks as `\n`). */
export type Key =
  | { type: "text"; text: string }
  | { type: "paste"; text: string }
  | { type: "key"; name: KeyName };

/** Keys that mean something here. `newline` is a line break that does not send. */
export type KeyName =
  | "enter"
  | "newline"
  | "escape"
  | "backspace"
  | "delete"
  | "delete-word"
  | "delete-line"
  | "left"
  | "right"
  | "up"
  | "down"
  | "line-start"
  | "line-end"
  | "tab"
  | "shift-tab"
  | "interrupt"
  | "end-of-input";

const controls: { readonly [char: string]: KeyName } = {
  "\u0001": "line-start",
  "\u0002": "left",
  "\u0003": "interrupt",
  "\u0004": "end-of-input",
  "\u0005": "line-end",
  "\u0006": "right",
  "\u0008": "backspace",
  "\n": "newline",
  "\r": "enter",
  "\u0015": "delete-line",
  "\u0017": "delete-word",
  "\u007f": "backspace",
};

/** By what follows ESC [ or ESC O; the modifiers of xterm (`1;2`) are taken out before. */
const sequences: { readonly [sequence: string]: KeyName } = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "line-start",
  F: "line-end",
  Z: "shift-tab",
  "1~": "line-start",
  "7~": "line-start",
  "4~": "line-end",
  "8~": "line-end",
  "3~": "delete",
  // Shift+Enter and Alt+Enter where a terminal was told to tell them apart (modifyOtherKeys, CSI u).
  "27;2;13~": "newline",
  "27;3;13~": "newline",
  "13;2u": "newline",
  "13;3u": "newline",
};

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
        const length = sequence?.length ?? 1;
        const name = sequence === undefined ? "escape" : nameOf(sequence);
        if (name) keys.push({ type: "key", name });
        rest = rest.slice(length);
      } else rest = readTyped(rest, keys);
    }
    return keys;
  }

  /** Nothing followed: a held escape is the Escape key, and whatever else came after it is dropped. */
  flush(): Key[] {
    if (!this.waiting) return [];
    this.#held = "";
    return [{ type: "key", name: "escape" }];
  }

  #readPaste(rest: string, keys: Key[]): string {
    const paste = this.#paste ?? [];
    const end = rest.indexOf(pasteEnd);
    if (end >= 0) {
      const text = [...paste, rest.slice(0, end)].join("").replace(/\r\n?/g, "\n");
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

function nameOf(sequence: string): KeyName | null {
  const body = sequence.slice(2);
  if (/^\u001b[[O]/.test(sequence)) return sequences[body] ?? sequences[body.replace(/^1;\d+/, "")] ?? null;
  // Alt+Enter is the line break that every terminal can send without being told to.
  if (sequence === "\u001b\r" || sequence === "\u001b\n") return "newline";
  return sequence === "\u001b\u007f" ? "delete-word" : null;
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
  if (char === "\t") keys.push(after === "" ? { type: "key", name: "tab" } : { type: "text", text: "\t" });
  else if (char === "\r" && /^[^\u0000-\u001f\u007f]/.test(after.replace(/^\n/, "")))
    keys.push({ type: "key", name: "newline" });
  else {
    const name = controls[char];
    if (name) keys.push({ type: "key", name });
  }
  return char === "\r" ? after.replace(/^\n/, "") : after;
}
