/** The screen's state outside React: events come in at any rate, React is told at most thirty times a second. */
import type { AgentEvent } from "../core/event.ts";
import type { ScreenState } from "./screen-state.ts";
import { finish, type Question, reduce } from "./state.ts";

/** Time between two redraws while events stream. */
const frameMs = 33;

/** Holds the state and tells listeners of changes. */
export class ScreenStore {
  #state: ScreenState;
  #shown: ScreenState;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | null = null;
  readonly #fits: (question: Question) => boolean;

  /** @param fits whether a question has room for all of what it asks about; else that is shown before it, whole */
  constructor(initial: ScreenState, fits: (question: Question) => boolean) {
    this.#fits = fits;
    this.#state = initial;
    this.#shown = initial;
  }

  /** The latest state, shown or not. */
  get state(): ScreenState {
    return this.#state;
  }

  /** Takes in an event of the agent; it is shown with the next frame. */
  push(event: AgentEvent): void {
    const { conversation } = this.#state;
    let next = reduce(conversation, event);
    if (event.type === "approval.requested" && !this.#fits(event)) {
      const { summary, display, suggestedRule: rule } = event;
      next = finish(next, { key: `preview-${event.seq}`, type: "preview", summary, display, rule });
    }
    if (next === conversation) return;
    this.changeSoon((state) => ({ ...state, conversation: next }));
  }

  /** Changes the state; it is shown with the next frame. */
  changeSoon(update: (state: ScreenState) => ScreenState): void {
    this.#state = update(this.#state);
    this.#timer ??= setTimeout(() => this.#show(), frameMs);
  }

  /** Changes the state and shows it at once: the answer to a key must not wait for a frame. */
  change(update: (state: ScreenState) => ScreenState): void {
    this.#state = update(this.#state);
    this.#show();
  }

  #show(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#shown === this.#state) return;
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
