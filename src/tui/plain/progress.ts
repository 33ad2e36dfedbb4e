/** A word now and then while nothing else is said: that Tau still works, and on what. */
import type { ScreenState } from "../screen-state.ts";
import { clean, oneRow } from "../view/clean.ts";

/** Silence before the first word, and between two, in ms. */
const firstMs = 10_000;
const nextMs = 30_000;

/** Says so, and when it is to be silent. */
export class Progress {
  readonly #say: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param say prints the word */
  constructor(say: () => void) {
    this.#say = say;
  }

  /** Something was said, or nothing runs any more: the silence begins anew, or there is none to break. */
  restart(working: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (working) this.#wait(firstMs);
  }

  /** Whether it waits to say something. */
  get watching(): boolean {
    return this.#timer !== undefined;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#say();
      this.#wait(nextMs);
    }, ms);
  }
}

/** What runs, in a line; null where nothing does but a question. */
export function progressText(state: ScreenState, now: number): string | null {
  const { conversation, workingSince, shell } = state;
  const { tools, waiting, questions } = conversation;
  const [tool] = [...tools, ...(shell === null ? [] : [shell])];
  if (tool !== undefined) {
    const more = tools.length > 1 ? ` and ${tools.length - 1} more` : "";
    return `tool: still running after ${seconds(now - tool.startedAt)}: ${oneRow(clean(tool.summary))}${more}`;
  }
  if (questions.length > 0 || workingSince === null) return null;
  if (waiting !== null) return `note: ${oneRow(clean(waiting.text))} ${seconds(waiting.until - now)}`;
  return `note: still working after ${seconds(now - workingSince)}`;
}

const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} seconds`;
