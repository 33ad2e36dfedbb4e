/** The screen of a conversation: finished items are committed to the scrollback, what is live is drawn below them. */
import type { Keymap } from "../input/keymap.ts";
import type { Key } from "../input/keys.ts";
import { knowsHyperlinks } from "../markdown/address.ts";
import type { LinkStyle } from "../markdown/styled.ts";
import type { ScreenStore } from "../store.ts";
import type { ColourDepth } from "../theme/colour.ts";
import { paletteOf } from "../theme/palette.ts";
import type { Theme } from "../theme/theme.ts";
import { type FixedFacts, usableColumns } from "../view/frame.ts";
import { paint } from "../view/paint.ts";
import { Screen } from "../view/screen.tsx";
import { AlternateScreen } from "./alternate-screen.ts";
import { drawingUntilBroken } from "./drawing.ts";
import { type Cell, FrameWriter, type Size, type Terminal } from "./frame-writer.ts";
import type { FullView } from "./full-view.ts";
import { startInk } from "./ink.tsx";
import { ItemDrawer } from "./item-drawer.ts";
import { nameIn, resizingOf } from "./reflow.ts";
import { settling } from "./settling.ts";

/** A terminal whose size is known and may change. */
export type SizedTerminal = Terminal & {
  columns: number;
  rows: number;
  on(event: "resize", listener: () => void): unknown;
  once(event: "drain" | "error", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
};

/** What is drawn where. */
export type ScreenOptions = {
  theme: Theme;
  depth: ColourDepth;
  store: ScreenStore;
  footer: FixedFacts;
  env: { readonly [name: string]: string | undefined };
  terminal: SizedTerminal;
};

/** A screen that is being drawn. */
export type OpenScreen = {
  /** Shows a view on the alternate screen, in the place of another one if there is one. What is said meanwhile waits. */
  show(view: FullView): void;
  /** Turns pages of what was said; false where the terminal does that itself. */
  scroll(pages: -1 | 1): boolean;
  /** Draws in another theme from here on; what is in the scrollback stays as it is. */
  use(theme: Theme): void;
  /** Gives a key to the view that fills the screen; false when there is none. */
  press(key: Key, keymap: Keymap): boolean;
  /** Takes in what a terminal reported. */
  heard(sequence: string): void;
  /** Draws what is live again, whatever became of it. */
  redraw(): void;
  /** Leaves the terminal to another program, without a trace of what is live. What is said meanwhile waits. */
  lend(): void;
  /** Draws again, below whatever stands there now. */
  takeBack(): void;
  /** Resolves to an error that drawing has thrown: nothing is drawn after it, and all that is left is to close. */
  broken: Promise<unknown>;
  /** Takes the live region away; resolves when all of the conversation is written. Idempotent. */
  close(): Promise<void>;
};

/** A terminal's size; the usual 80 x 24 for those that report none. */
export const sizeOf = ({ columns, rows }: Size): Size => ({ columns: columns || 80, rows: rows || 24 });

/** Goes to an empty row, wherever in one the cursor is: where it was not in the first column, blanks take it to the next. */
const emptyRow = ({ columns }: Size): string => `${" ".repeat(columns - 1)}\r\x1b[K`;

/** Begins to draw. The cursor must stand at the beginning of an empty row. */
export function openScreen({ store, footer, env, terminal, theme, depth }: ScreenOptions): OpenScreen {
  let palette = paletteOf(theme, depth);
  let size = sizeOf(terminal);
  let caret: Cell | null = null;
  let resizing = resizingOf(env, null);
  const writer = new FrameWriter(terminal, size, resizing, Date.now);
  const gone = new Promise<void>((resolve) => void terminal.once("error", resolve));
  const { broken, broke, drawing } = drawingUntilBroken();

  const links: LinkStyle = knowsHyperlinks(env) ? "hyperlinks" : "addresses";
  const items = new ItemDrawer(links);
  let waiting = false;
  /** What a full terminal does not take stays in the store, where whoever fills it can see how much that is. */
  const commit = (): void => drawing(commitWhatFits);
  const commitWhatFits = (): void => {
    if (writer.full && !waiting) {
      waiting = true;
      void writer.drained().then(() => {
        waiting = false;
        commit();
      });
    }
    // A line is laid out for the size it is written at.
    if (writer.full || rest.active) return;
    const languages = items.wait(store.state.conversation.finished);
    if (languages === null) commitNow();
    else void languages.then(commit);
  };
  const commitNow = (): void => {
    const columns = usableColumns(size);
    const lines = store.takeFinished().flatMap((item) => items.lines(item, columns));
    writer.commit(lines.map((line) => paint(line, palette)));
  };
  /** Erasing goes by how the terminal has wrapped what it shows, so nothing is written while it may have another size. */
  const rest = settling(() => {
    size = sizeOf(terminal);
    writer.resize(size);
    ink.redraw(tree());
    commit();
    giveBackWriter();
  });
  commit();
  const unsubscribe = store.subscribe(commit);

  const tree = () => (
    <Screen
      store={store}
      footer={footer}
      links={links}
      palette={palette}
      size={size}
      placeCaret={(cell) => {
        caret = cell;
      }}
    />
  );
  const ink = startInk(
    tree(),
    () => size.columns,
    (rows) => drawing(() => writer.draw({ rows, caret })),
    broke,
  );
  let full: { view: FullView; screen: AlternateScreen } | null = null;
  let lent = false;
  const drawFull = (): void =>
    drawing(() => {
      if (full === null || lent) return;
      const { lines, caret: at } = full.view.view(size);
      full.screen.draw({ rows: lines.map((line) => paint(line, palette)), caret: at, scrolling: 0 }, size);
    });
  const giveBackWriter = (): void => {
    if (full === null && !lent && !rest.active) writer.release();
  };
  const leaveFull = (): void => {
    full?.screen.leave();
    full = null;
    giveBackWriter();
  };
  const takeBack = (): void => {
    rest.end();
    lent = false;
    size = sizeOf(terminal);
    writer.forget();
    terminal.write(emptyRow(size));
    writer.resize(size);
    ink.redraw(tree());
    if (full !== null) full = { ...full, screen: new AlternateScreen(terminal) };
    giveBackWriter();
    drawFull();
  };
  const resized = (): void => {
    writer.hold();
    rest.moved(resizing.settleMs);
    size = sizeOf(terminal);
    writer.resize(size);
    if (!lent) full?.screen.resized();
    drawFull();
  };
  terminal.on("resize", resized);

  let open = true;
  const leave = (): void => {
    if (!open) return;
    open = false;
    process.off("exit", leave);
    terminal.off("resize", resized);
    unsubscribe();
    rest.end();
    ink.end();
    try {
      giveBack();
    } catch (error) {
      broke(error);
      // Whatever still stands there stays above what is said next.
      writer.hold();
      terminal.write("\r\n\x1b[J");
    }
  };
  const giveBack = (): void => {
    if (lent) {
      full = null;
      terminal.write(emptyRow(size));
      writer.release();
    }
    if (full !== null) leaveFull();
    drawing(commitNow);
    writer.draw({ rows: [], caret: { row: 0, column: 0 } });
  };
  process.on("exit", leave);
  return {
    show(view) {
      if (full === null) {
        writer.flush();
        writer.hold();
      }
      full = { view, screen: full?.screen ?? new AlternateScreen(terminal) };
      view.opened(() => full?.view === view && drawFull());
      drawFull();
    },
    scroll: () => false,
    use(next) {
      palette = paletteOf(next, depth);
      ink.redraw(tree());
      drawFull();
    },
    press(key, keymap) {
      if (full === null) return false;
      const { view } = full;
      // The view may have opened another one.
      if (!view.press(key, keymap) && full.view === view) leaveFull();
      else drawFull();
      return true;
    },
    heard(sequence) {
      const name = nameIn(sequence);
      if (name === null) return;
      resizing = resizingOf(env, name);
      writer.behaves(resizing);
    },
    redraw() {
      if (full === null) {
        rest.end();
        writer.withdraw();
        writer.release();
      } else resized();
    },
    lend() {
      rest.end();
      full?.screen.leave();
      writer.withdraw();
      lent = true;
    },
    takeBack,
    broken,
    async close() {
      leave();
      await Promise.race([writer.drained(), gone]);
    },
  };
}
