/**
 * Ink, as what lays out the live region and nothing else. In debug mode it hands over every frame whole, whatever the
 * environment; what reaches the terminal is decided by the frame writer. Only this file knows Ink.
 */
import { Box, render, Text } from "ink";
import { Component, type ReactNode } from "react";

/** Rows of the live region: one node each, so that nothing can make a row two. */
export function Rows({ rows }: { rows: readonly string[] }) {
  return (
    <Box flexDirection="column">
      {rows
        .map((row, position) => ({ key: String(position), row }))
        .map(({ key, row }) => (
          <Text key={key} wrap="truncate">
            {/* An empty text would have no height. */}
            {row === "" ? " " : row}
          </Text>
        ))}
    </Box>
  );
}

/** A tree that is being drawn. */
export type Drawing = {
  /** Draws another tree in its place, before it returns. */
  redraw(tree: ReactNode): void;
  /** Takes the tree down; nothing is drawn any more. */
  end(): void;
};

/** Takes an error in drawing before Ink does, which would show it, and its stack, in the tree's place. */
class Fallible extends Component<{ broke(error: unknown): void; children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.broke(error);
  }

  override render(): ReactNode {
    return this.state.broken ? null : this.props.children;
  }
}

/**
 * Draws a tree now and whenever it changes.
 * @param columns asked for at each frame
 * @param show takes each frame: its rows from the top
 * @param broke told of an error that drawing has thrown; nothing is drawn after it
 */
export function startInk(
  tree: ReactNode,
  columns: () => number,
  show: (rows: readonly string[]) => void,
  broke: (error: unknown) => void,
): Drawing {
  let drawing = true;
  const guarded = (inner: ReactNode): ReactNode => (
    <Fallible
      broke={(error) => {
        drawing = false;
        broke(error);
      }}
    >
      {inner}
    </Fallible>
  );
  const write = (text: string, written?: () => void): boolean => {
    // An empty text is no frame but what Ink waits for its earlier writes with.
    if (drawing && text !== "") show(text.split("\n"));
    written?.();
    return true;
  };
  const ui = render(guarded(tree), {
    debug: true,
    patchConsole: false,
    exitOnCtrlC: false,
    stdout: sink(columns, write),
  });
  return {
    redraw: (next) => ui.rerender(guarded(next)),
    end() {
      drawing = false;
      ui.unmount();
    },
  };
}

/** No frame is judged by it, but Ink 7 starts a program to find it out, at each frame, where none is told. */
const anyHeight = 24;

/** Standard output for Ink: no terminal, of a width, and nobody who tells it of a resize. */
function sink(
  columns: () => number,
  write: (text: string, written?: () => void) => boolean,
): NodeJS.WriteStream {
  const stream: NodeJS.WriteStream = new Proxy(process.stdout, {
    get(_target, name) {
      if (name === "write") return write;
      if (name === "columns") return columns();
      if (name === "rows") return anyHeight;
      return name === "on" || name === "off" ? () => stream : undefined;
    },
  });
  return stream;
}
