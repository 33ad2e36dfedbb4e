/**
 * Joins runs of small deltas before they are printed: a line of JSON costs some 190 bytes beside its text, and a
 * token is four characters. The first delta of a run passes at once, so that readers see the answer begin.
 */
import type { AgentEvent } from "../../core/event.ts";

type Delta = Extract<AgentEvent, { type: "text.delta" | "reasoning.delta" | "tool.input.delta" }>;

/** Characters after which a joined delta is let go. */
const enough = 512;
/** Milliseconds after which it is let go. */
const patienceMs = 100;

/** Passes events to `print`, deltas of one kind joined. A joined delta carries the header of its last piece. */
export class Coalescer {
  readonly #print: (event: AgentEvent) => void;
  #held: Delta | null = null;
  #timer: NodeJS.Timeout | null = null;
  #running: string | null = null;

  constructor(print: (event: AgentEvent) => void) {
    this.#print = print;
  }

  /** Takes the next event of the stream. */
  push(event: AgentEvent): void {
    if (
      event.type !== "text.delta" &&
      event.type !== "reasoning.delta" &&
      event.type !== "tool.input.delta"
    ) {
      this.flush();
      this.#running = null;
      this.#print(event);
      return;
    }
    const key = keyOf(event);
    if (this.#running !== key) {
      this.flush();
      this.#running = key;
      this.#print(event);
      return;
    }
    this.#held = this.#held ? { ...event, delta: this.#held.delta + event.delta } : event;
    if (this.#held.delta.length >= enough) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), patienceMs);
  }

  /** Lets go what is held back. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#held) return;
    const held = this.#held;
    this.#held = null;
    this.#print(held);
  }
}

function keyOf(event: Delta): string {
  return event.type === "tool.input.delta" ? `${event.type} ${event.callId}` : `${event.type} ${event.step}`;
}
