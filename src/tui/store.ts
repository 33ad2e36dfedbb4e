/** The screen's state outside React: events come in at any rate, React is told at most thirty times a second. */
import type { AgentEvent } from "../core/event.ts";
import { emptyScreen, reduce, type ScreenState } from "./state.ts";

const frameMs = 33;

/** Holds the state and tells listeners of changes. */
export class ScreenStore {
  #state: ScreenState = emptyScreen;
  #shown: ScreenState = emptyScreen;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | null = null;

  /** Takes in an event. */
  push(event: AgentEvent): void {
    this.#state = reduce(this.#state, event);
    if (this.#state !== this.#shown) this.#timer ??= setTimeout(() => this.flush(), frameMs);
  }

  /** Shows the latest state now. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#shown = this.#state;
    for (const listener of this.#listeners) listener();
  }

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** For useSyncExternalStore. */
  readonly snapshot = (): ScreenState => this.#shown;
}
