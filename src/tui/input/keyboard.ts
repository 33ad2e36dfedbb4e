/**
 * How keys that have no code of their own (Shift+Enter, Ctrl+Enter) are got from a terminal: by the kitty protocol where
 * it answers that it has it, else by xterm's modifyOtherKeys. Nothing waits for the answers; keys of both kinds, and those
 * of a terminal that has neither, are understood at all times.
 * Sources: https://sw.kovidgoyal.net/kitty/keyboard-protocol/; xterm ctlseqs, "CSI > Pp ; Pv m".
 */

/** Asks for the kitty flags, then for what every terminal answers (DA1), so that silence means no. */
const questions = "\u001b[?u\u001b[c";
/** Disambiguated keys (1), with the key of the Latin layout beside them (4): else Ctrl+C is lost on others. */
const pushFlags = "\u001b[>5u";
const popFlags = "\u001b[<u";
const otherKeysOn = "\u001b[>4;1m";
const otherKeysOff = "\u001b[>4;0m";

const flagsAnswer = /^\u001b\[\?\d+u$/;
const attributesAnswer = /^\u001b\[\?[\d;]*c$/;

/** What is known of the terminal's keyboard. */
export type Keyboard = "unknown" | "kitty" | "other-keys" | "plain";

/** The keyboard of a terminal. */
export class TerminalKeyboard {
  #kind: Keyboard = "unknown";
  /** Whether modifyOtherKeys may be asked for: some take the sequence for underlining. */
  readonly #mayModify: boolean;

  constructor(env: { readonly [name: string]: string | undefined }) {
    const { TERM = "", TERM_PROGRAM } = env;
    this.#mayModify =
      /^(xterm|tmux|screen|foot|alacritty|rxvt)/.test(TERM) && TERM_PROGRAM !== "Apple_Terminal";
  }

  /** Whether an answer is still on its way. */
  get asked(): boolean {
    return this.#kind === "unknown";
  }

  /** What to write when the terminal is taken over. */
  arm(): string {
    if (this.#kind === "kitty") return pushFlags;
    if (this.#kind === "other-keys") return otherKeysOn;
    return this.#kind === "unknown" ? questions : "";
  }

  /** What to write when it is given back. */
  disarm(): string {
    if (this.#kind === "kitty") return popFlags;
    return this.#kind === "other-keys" ? otherKeysOff : "";
  }

  /** Takes in a report of the terminal; what to write for it, empty for nothing. */
  heard(sequence: string): string {
    if (this.#kind !== "unknown") return "";
    if (flagsAnswer.test(sequence)) this.#kind = "kitty";
    else if (attributesAnswer.test(sequence)) this.#kind = this.#mayModify ? "other-keys" : "plain";
    else return "";
    return this.arm();
  }
}
