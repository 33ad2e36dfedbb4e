/**
 * The conversation on the terminal's other screen, for who wants the whole window: what was said scrolls in it, what is
 * live stands at its bottom. When it is left, what was said is printed to the scrollback, where the drawn screen
 * (open-screen.tsx) would have put it at once.
 */
import { knowsHyperlinks } from "../markdown/address.ts";
import type { LinkStyle } from "../markdown/styled.ts";
import { paletteOf } from "../theme/palette.ts";
import { usableColumns } from "../view/frame.ts";
import { paint } from "../view/paint.ts";
import { Screen } from "../view/screen.tsx";
import { AlternateScreen, type FullFrame } from "./alternate-screen.ts";
import { ConversationBody } from "./conversation-body.ts";
import { drawingUntilBroken } from "./drawing.ts";
import type { Cell } from "./frame-writer.ts";
import type { FullView } from "./full-view.ts";
import { startInk } from "./ink.tsx";
import { ItemDrawer } from "./item-drawer.ts";
import { type OpenScreen, type ScreenOptions, sizeOf } from "./open-screen.tsx";

/**
 * Most terminals make arrow keys of the wheel on this screen, and those walk through what was sent before; the mode that
 * does so (xterm ctlseqs, 1007) is off meanwhile. Not all can put back what was: on is what most begin with.
 */
const wheelOff = "\x1b[?1007s\x1b[?1007l";
const wheelBack = "\x1b[?1007h\x1b[?1007r";

/** Begins to draw. The cursor must stand at the beginning of an empty row. */
export function openFullScreen({ store, footer, env, terminal, theme, depth }: ScreenOptions): OpenScreen {
  let palette = paletteOf(theme, depth);
  let size = sizeOf(terminal);
  let caret: Cell | null = null;
  let region: Pick<FullFrame, "rows" | "caret"> = { rows: [], caret: null };
  let view: FullView | null = null;
  let lent = false;
  /** The terminal takes nothing just now; only the last frame counts. */
  let busy = false;
  let scheduled = false;
  const { broken, broke, drawing } = drawingUntilBroken();
  const links: LinkStyle = knowsHyperlinks(env) ? "hyperlinks" : "addresses";
  const items = new ItemDrawer(links);
  const body = new ConversationBody();

  const enter = (): AlternateScreen => {
    const entered = new AlternateScreen(terminal);
    terminal.write(wheelOff);
    return entered;
  };
  let screen = enter();
  const exit = (): void => {
    terminal.write(wheelBack);
    screen.leave();
  };

  const frameNow = (): FullFrame => {
    if (view !== null) {
      const { lines, caret: at } = view.view(size);
      return { rows: lines.map((line) => paint(line, palette)), caret: at, scrolling: 0 };
    }
    const height = Math.max(0, size.rows - region.rows.length);
    const rows = body.rows(usableColumns(size), height).map((line) => paint(line, palette));
    const blank = Array.from({ length: height - rows.length }, () => "");
    const at = region.caret;
    return {
      rows: [...rows, ...blank, ...region.rows],
      caret: at && { row: height + at.row, column: at.column },
      scrolling: height,
    };
  };
  const draw = (): void =>
    drawing(() => {
      scheduled = false;
      if (lent || busy) return;
      busy = !screen.draw(frameNow(), size);
      if (!busy) return;
      terminal.once("drain", () => {
        busy = false;
        draw();
      });
    });
  /** What comes in one turn of the event loop, finished lines and the live region, is one write. */
  const drawSoon = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => scheduled && draw());
  };

  const take = (): void => {
    const columns = usableColumns(size);
    body.add(store.takeFinished().flatMap((item) => items.lines(item, columns)));
  };
  const commit = (): void =>
    drawing(() => {
      const languages = items.wait(store.state.conversation.finished);
      if (languages !== null) return void languages.then(commit);
      take();
      drawSoon();
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
    (rows) => {
      region = { rows, caret };
      draw();
    },
    broke,
  );
  const drawAll = (): void => {
    size = sizeOf(terminal);
    screen.resized();
    ink.redraw(tree());
    draw();
  };
  const resized = (): void => {
    if (!lent) drawAll();
  };
  terminal.on("resize", resized);

  let open = true;
  let printed = true;
  const leave = (): void => {
    if (!open) return;
    open = false;
    process.off("exit", leave);
    terminal.off("resize", resized);
    unsubscribe();
    ink.end();
    if (!lent) exit();
    drawing(take);
    try {
      const lines = body.all(usableColumns(size)).map((line) => `${paint(line, palette)}\x1b[m\r\n`);
      printed = terminal.write(lines.join(""));
    } catch (error) {
      broke(error);
    }
  };
  process.on("exit", leave);
  return {
    show(next) {
      view = next;
      next.opened(() => view === next && draw());
      draw();
    },
    scroll(pages) {
      body.turn(pages);
      draw();
      return true;
    },
    use(next) {
      palette = paletteOf(next, depth);
      ink.redraw(tree());
      draw();
    },
    press(key, keymap) {
      if (view === null) return false;
      const pressed = view;
      // The view may have opened another one.
      if (!pressed.press(key, keymap) && view === pressed) view = null;
      draw();
      return true;
    },
    heard: () => undefined,
    redraw: drawAll,
    lend() {
      exit();
      lent = true;
    },
    takeBack() {
      lent = false;
      screen = enter();
      drawAll();
    },
    broken,
    async close() {
      leave();
      if (printed) return;
      await new Promise<void>((resolve) => {
        terminal.once("drain", resolve);
        terminal.once("error", resolve);
      });
    },
  };
}
