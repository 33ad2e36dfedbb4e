/**
 * The terminal's title, and a sign for whoever looks elsewhere when Tau needs them or is done. Sources: xterm ctlseqs
 * (OSC 2, title stack CSI 22 t, focus CSI ? 1004); https://iterm2.com/documentation-escape-codes.html (OSC 9); urxvt (OSC 777).
 */
import type { NotifyBy } from "../config/notify.ts";
import type { ScreenState } from "./screen-state.ts";
import type { ScreenStore } from "./store.ts";
import { clean, oneRow } from "./view/clean.ts";
import { cut } from "./view/line.ts";

/** Whoever waited less is still looking. */
const longTurnMs = 15_000;
const longestTitle = 60;

/** The terminal keeps its title for later, and tells when it gets and loses the focus. */
const begin = "\x1b[22;2t\x1b[?1004h";
const end = "\x1b[23;2t\x1b[?1004l";

/** What attention is asked with. */
export type AttentionOptions = {
  store: ScreenStore;
  /** Writes to the terminal beside what is drawn; nothing of it moves the cursor. */
  write(text: string): void;
  env: { readonly [name: string]: string | undefined };
  by: NotifyBy;
  /** What the work is about. */
  title(): string;
  now(): number;
};

/** Attention while the UI runs. */
export type Attention = {
  /** Takes in what a terminal reported. */
  heard(sequence: string): void;
  /** Leaves title and reports to another program. */
  lend(): void;
  takeBack(): void;
  close(): void;
};

/** Begins to watch. */
export function openAttention({ store, write, env, by, title, now }: AttentionOptions): Attention {
  let focused = true;
  let lent = false;
  let shown = "";
  let before: Pick<ScreenState, "workingSince"> & { asked: number } = { workingSince: null, asked: 0 };
  const notify = (text: string): void => {
    const sign = focused ? "" : signOf(by === "auto" ? bestOf(env) : by, text);
    if (sign !== "") write(sign);
  };
  const look = (): void => {
    const { workingSince, conversation } = store.state;
    const asked = conversation.questions.length;
    const wanted = `${asked > 0 ? "? " : workingSince !== null ? "● " : ""}${shortened(title())}`;
    if (wanted !== shown && !lent) write(`\x1b]2;${wanted}\x1b\\`);
    shown = wanted;
    if (asked > before.asked) notify("Tau asks whether it may");
    const since = before.workingSince;
    if (since !== null && workingSince === null && now() - since >= longTurnMs) notify("Tau is done");
    before = { workingSince, asked };
  };
  write(begin);
  look();
  const unsubscribe = store.subscribe(look);
  return {
    heard(sequence) {
      if (sequence === "\x1b[I") focused = true;
      if (sequence === "\x1b[O") focused = false;
    },
    lend() {
      lent = true;
      write(end);
    },
    takeBack() {
      lent = false;
      focused = true;
      shown = "";
      write(begin);
      look();
    },
    close() {
      unsubscribe();
      if (!lent) write(end);
    },
  };
}

const shortened = (title: string): string => cut(oneRow(clean(`tau: ${title}`)), longestTitle);

/** Terminals that show a notification of their own; all others ring. */
function bestOf(env: AttentionOptions["env"]): Exclude<NotifyBy, "auto"> {
  // tmux passes none of them on, but its own windows show a bell.
  if (env.TMUX !== undefined) return "bell";
  if (
    ["iTerm.app", "ghostty", "WezTerm"].includes(env.TERM_PROGRAM ?? "") ||
    env.KITTY_WINDOW_ID !== undefined
  )
    return "osc9";
  return /^(rxvt|foot)/.test(env.TERM ?? "") ? "osc777" : "bell";
}

function signOf(by: Exclude<NotifyBy, "auto">, text: string): string {
  switch (by) {
    case "osc9":
      return `\x1b]9;${text}\x07`;
    case "osc777":
      return `\x1b]777;notify;Tau;${text}\x07`;
    case "bell":
      return "\x07";
    case "off":
      return "";
  }
}
