/** What a terminal does to the rows it shows when it takes another size, and how it is known which one it is. */
import { segmenter, widthOf } from "../view/line.ts";
import type { Cell } from "./frame-writer.ts";

/**
 * `wraps`: rows too wide become several. `wraps_above`: so do those above the cursor, while its own row is cut and left
 * to the program (xterm.js). `cuts`: every row loses its end (xterm, GNU screen).
 */
export type Reflow = "wraps" | "wraps_above" | "cuts";

/** How a terminal takes to another size. */
export type Resizing = {
  reflow: Reflow;
  /** How long it may have had its size before the program hears of it, in ms. */
  delayMs: number;
  /** How long no other size must have come for the one that is known to be the one it has, in ms. */
  settleMs: number;
  /**
   * Whether it has two habits of tmux: what was erased behind a text counts as text when rows are wrapped, and a screen
   * that is erased from its first cell on goes to the scrollback.
   */
  tmux: boolean;
};

type Environment = { readonly [name: string]: string | undefined };

/** Variables by which terminals that wrap the cursor's row as well make themselves known. */
const wrapping = [
  "TMUX",
  "VTE_VERSION",
  "KITTY_WINDOW_ID",
  "WEZTERM_PANE",
  "ITERM_SESSION_ID",
  "WT_SESSION",
  "GHOSTTY_RESOURCES_DIR",
  "ALACRITTY_WINDOW_ID",
];

/** Asks a terminal for its name (XTVERSION, xterm ctlseqs): the variables of the environment do not go over SSH. */
const askName = "\x1b[>q";

/** What to write for a terminal to tell its name; empty for those that would show it. */
export const nameQuestion = ({ TERM = "", TERM_PROGRAM }: Environment): string =>
  /^(linux|vt|ansi|cons|dumb)/.test(TERM) || TERM_PROGRAM === "Apple_Terminal" ? "" : askName;

/** The name in a report, lower case, such as `tmux 3.3a`; null when it is another report. */
export const nameIn = (sequence: string): string | null =>
  /^\x1bP>\|([^\x07\x1b]*)/.exec(sequence)?.[1]?.toLowerCase() ?? null;

/** Names of terminals whose way is known. */
const known: readonly [name: RegExp, reflow: Reflow][] = [
  [/^xterm\(/, "cuts"],
  [/^xterm\.js/, "wraps_above"],
  [/^(tmux|vte|kitty|wezterm|iterm2|ghostty|foot|konsole|alacritty|contour|rio)/, "wraps"],
];

/**
 * How the terminal behaves, by the name it gave, else by the environment. An unknown one is taken for the kind of which
 * less is erased: a row that stays too long is ugly, a line of the scrollback that is gone is lost.
 */
function reflowOf(env: Environment, name: string | null): Reflow {
  const told = known.find(([pattern]) => name !== null && pattern.test(name));
  if (told) return told[1];
  if (env.TMUX === undefined && (env.XTERM_VERSION !== undefined || env.STY !== undefined)) return "cuts";
  return wrapping.some((variable) => env[variable] !== undefined) ? "wraps" : "wraps_above";
}

/** tmux tells of sizes at most every 250 ms, and has them long before. */
const tmuxMs = 260;
/** A window that is dragged tells of a size at each frame; by the time one is read it may have another. */
const draggedMs = 50;
const overSshMs = 150;

/** What is known of the terminal of this environment that answered with this name, or has not yet. */
export function resizingOf(env: Environment, name: string | null): Resizing {
  const tmux = env.TMUX !== undefined || (name?.startsWith("tmux") ?? /^(tmux|screen)/.test(env.TERM ?? ""));
  const far = env.SSH_TTY !== undefined || env.SSH_CONNECTION !== undefined;
  return {
    reflow: reflowOf(env, name),
    delayMs: far ? 120 : 20,
    settleMs: tmux ? tmuxMs : far ? overSshMs : draggedMs,
    tmux,
  };
}

/** Styling (ECMA-48 8.3.117), which takes no cell. */
const sgr = /\x1b\[[\d;:]*m/g;

/** A row without its styling. */
export const bareRow = (row: string): string => row.replace(sgr, "");

/**
 * Rows from the cursor up to where the region that was `shown` now begins: where terminals differ, the fewest.
 * @param at where the cursor was put
 */
export function erasedRows(shown: readonly string[], at: Cell, columns: number, reflow: Reflow): number {
  if (reflow === "cuts") return at.row;
  let rows = 0;
  for (const row of shown.slice(0, at.row)) rows += wrapped(bareRow(row), columns);
  if (reflow === "wraps_above") return rows;
  // Behind the end of its row it stays in the last of those that the row becomes.
  const own = wrapped(bareRow(shown[at.row] ?? ""), columns) - 1;
  return rows + Math.min(own, Math.floor(at.column / columns));
}

/** Rows a text takes in so many columns at least; a wide character that does not fit whole begins the next one. */
function wrapped(text: string, columns: number): number {
  let rows = 1;
  let column = 0;
  for (const { segment } of segmenter.segment(text)) {
    // Joined characters are drawn as one wherever that is known.
    const width = widthOf(String.fromCodePoint(segment.codePointAt(0) ?? 0));
    if (column + width > columns) {
      rows += 1;
      column = 0;
    }
    column += width;
  }
  return rows;
}
