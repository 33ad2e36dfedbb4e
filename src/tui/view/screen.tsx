/** The live region: drawn anew whenever the state, the size or the second changes. */
import { useEffect, useInsertionEffect, useState, useSyncExternalStore } from "react";
import type { LinkStyle } from "../markdown/styled.ts";
import type { Cell, Size } from "../screen/frame-writer.ts";
import { Rows } from "../screen/ink.tsx";
import type { ScreenStore } from "../store.ts";
import type { Palette } from "../theme/palette.ts";
import { type FixedFacts, frame } from "./frame.ts";
import { paint } from "./paint.ts";

type ScreenProps = {
  store: ScreenStore;
  footer: FixedFacts;
  links: LinkStyle;
  palette: Palette;
  size: Size;
  /** Told of each frame where its caret is, before the frame is drawn. */
  placeCaret(cell: Cell | null): void;
};

/** Draws the state of the store. */
export function Screen({ store, footer, links, palette, size, placeCaret }: ScreenProps) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const now = useClock(state.workingSince !== null && footer.motion === "full");
  const { lines, caret } = frame(state, { ...footer, links }, size, now);
  // The only effects that run before Ink draws what was committed; they also make it draw when nothing else changed.
  useInsertionEffect(() => placeCaret(caret));
  return <Rows rows={lines.map((line) => paint(line, palette))} />;
}

/** The time, every second while something runs, and not at all otherwise. */
function useClock(active: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!active) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [active]);
  // Between ticks things begin, and none of them lasts a negative time.
  return now;
}
