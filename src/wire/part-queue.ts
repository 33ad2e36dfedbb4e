/** Puts interleaved parts one after another, for dialects whose clients keep no more than one open part. */
import type { ModelEvent } from "../core/model.ts";

/** An event about one part. */
export type PartEvent = ModelEvent & { type: "part.start" | "part.delta" | "part.end" };

/** Lets the events of one part through and keeps those of others until that part has ended. */
export class PartQueue {
  #current: number | undefined;
  #waiting: PartEvent[] = [];

  /** The events that may be written now, in order. */
  take(event: PartEvent): PartEvent[] {
    this.#current ??= event.index;
    if (event.index !== this.#current) {
      this.#waiting.push(event);
      return [];
    }
    if (event.type !== "part.end") return [event];
    const out: PartEvent[] = [event];
    this.#current = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const next of waiting) for (const ready of this.take(next)) out.push(ready);
    return out;
  }
}
