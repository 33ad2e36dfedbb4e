/** The whole screen: what is finished goes to the scrollback once, what is live is redrawn below it. */
import { Box, Static } from "ink";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { ScreenStore } from "../store.ts";
import { Block, Rows } from "./draw.tsx";
import { frame, type Size, usableColumns } from "./frame.ts";
import { itemLines } from "./item-lines.ts";
import { type Palette, PaletteContext } from "./palette.ts";

type ScreenProps = {
  store: ScreenStore;
  cwd: string;
  palette: Palette;
  /** Where the size comes from. */
  terminal: SizedStream;
};

/** A terminal whose size is known and may change. */
export type SizedStream = {
  columns: number;
  rows: number;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
};

/** Draws the state of the store. */
export function Screen({ store, cwd, palette, terminal }: ScreenProps) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const size = useSize(terminal);
  const now = useClock(state.workingSince !== null);
  return (
    <PaletteContext value={palette}>
      <Box flexDirection="column">
        <Static items={[...state.conversation.finished]}>
          {(item) => <Block key={item.key} lines={itemLines(item, usableColumns(size))} />}
        </Static>
        <Rows lines={frame(state, { cwd }, size, now)} />
      </Box>
    </PaletteContext>
  );
}

/** A terminal's size; the usual 80 x 24 for those that report none. */
export const sizeOf = ({ columns, rows }: Pick<SizedStream, "columns" | "rows">): Size => ({
  columns: columns || 80,
  rows: rows || 24,
});

/** The terminal's size, followed. */
function useSize(terminal: SizedStream): Size {
  const [size, setSize] = useState(() => sizeOf(terminal));
  useEffect(() => {
    const resized = (): void => setSize(sizeOf(terminal));
    terminal.on("resize", resized);
    return () => {
      terminal.off("resize", resized);
    };
  }, [terminal]);
  return size;
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
