/** The screen's state outside React: events come in at any rate, React is told at most thirty times a second. */
import type { AgentEvent } from "../core/event.ts";
import type { ScreenState } from "./screen-state.ts";
import type { Question } from "./state/calls.ts";
import { finish, type Item, tell, warn } from "./state/items.ts";
import { reduce } from "./state.ts";

/** Time between two redraws while events stream. */
const frameMs = 33;

/** Finished items that may wait to be shown before whoever brings more has to wait, too. */
const mostFinished = 500;

/** Holds the state and tells listeners of changes. */
export class ScreenStore {
  #state: ScreenState;
  #shown: ScreenState;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | null = null;
  /** Called when finished items were taken. */
  readonly #takings = new Set<() => void>();
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
      next = finish(next, { type: "preview", summary, display, rule });
    }
    if (next === conversation) return;
    this.changeSoon((state) => ({ ...state, conversation: next }));
  }

  /** Says something in the conversation that no event of the agent says, at once. */
  say(text: string, level: "info" | "warning"): void {
    const add = level === "info" ? tell : warn;
    this.change((state) => ({ ...state, conversation: add(state.conversation, text) }));
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

  /** The finished items that nobody took yet; they leave the state, for they are shown once. */
  takeFinished(): readonly Item[] {
    const { finished } = this.#state.conversation;
    if (finished.length === 0) return finished;
    const settled = this.#shown === this.#state;
    this.#state = { ...this.#state, conversation: { ...this.#state.conversation, finished: [] } };
    if (settled) this.#shown = this.#state;
    for (const go of this.#takings) go();
    return finished;
  }

  /** Resolves when there is room for more events: they must not outrun a slow terminal. At once when `signal` aborts. */
  room(signal: AbortSignal): Promise<void> {
    if (this.#state.conversation.finished.length < mostFinished || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener("abort", go);
        this.#takings.delete(go);
        resolve();
      };
      signal.addEventListener("abort", go);
      this.#takings.add(go);
    });
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
