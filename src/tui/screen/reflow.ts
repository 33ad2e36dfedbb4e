/** What a terminal does to the rows it shows when it is made narrower. */
import { widthOf } from "../view/line.ts";
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
};

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

/**
 * How the terminal of this environment behaves. An unknown one is taken for the kind of which least is erased: a row
 * that stays too long is ugly, a line of the scrollback that is gone is lost.
 */
function reflowOf(env: { readonly [name: string]: string | undefined }): Reflow {
  if (env.TMUX === undefined && (env.XTERM_VERSION !== undefined || env.STY !== undefined)) return "cuts";
  return wrapping.some((name) => env[name] !== undefined) ? "wraps" : "wraps_above";
}

/** The reflow of this environment's terminal, and its delay: tmux tells of sizes at most every 250 ms. */
export const resizingOf = (env: { readonly [name: string]: string | undefined }): Resizing => ({
  reflow: reflowOf(env),
  delayMs: env.TMUX === undefined ? 20 : 240,
});

/** Styling (ECMA-48 8.3.117), which takes no cell. */
const sgr = /\x1b\[[\d;:]*m/g;

/** Rows from the cursor up to where the region that was `shown` now begins. */
export function erasedRows(shown: readonly string[], at: Cell, columns: number, reflow: Reflow): number {
  if (reflow === "cuts") return at.row;
  let rows = 0;
  for (const row of shown.slice(0, at.row)) rows += wrapped(row.replace(sgr, ""), columns);
  return reflow === "wraps" ? rows + Math.floor(at.column / columns) : rows;
}

/** Rows a text takes in so many columns; a wide character that does not fit whole begins the next one. */
function wrapped(text: string, columns: number): number {
  let rows = 1;
  let column = 0;
  for (const char of text) {
    const width = widthOf(char);
    if (column + width > columns) {
      rows += 1;
      column = 0;
    }
    column += width;
  }
  return rows;
}
