/**
 * Deltas of one part that arrived in one piece of the network become one delta. A fast answer arrives as hundreds of
 * deltas a read, and each would travel alone through every reader; a slow one is not held back by anything.
 */
import type { ModelEvent } from "../core/model.ts";

/** The same stream with neighbouring deltas of one part joined. */
export function joinDeltas(events: readonly ModelEvent[]): ModelEvent[] {
  const joined: ModelEvent[] = [];
  let texts: string[] = [];
  let open: number | null = null;
  const close = (): void => {
    if (open !== null) joined.push({ type: "part.delta", index: open, delta: texts.join("") });
    open = null;
    texts = [];
  };
  for (const event of events) {
    if (event.type === "part.delta") {
      if (open !== event.index) close();
      open = event.index;
      texts.push(event.delta);
    } else {
      close();
      joined.push(event);
    }
  }
  close();
  return joined;
}
