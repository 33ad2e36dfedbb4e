/** Ends an exchange that has gone quiet, and remembers whether it was that or the user. */
import type { ModelError } from "../core/model.ts";

/** What the silence would mean. */
type Silence = "timeout" | "stalled";

/**
 * One timer for one exchange. Only time spent waiting for the upstream counts: a slow reader of the events does not
 * make an upstream stall.
 */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #abort = () => this.#controller.abort();
  #timer: NodeJS.Timeout;
  #limitMs: number;
  #silence: Silence = "timeout";
  #fired = false;
  #waiting = true;

  /** @param firstByteMs limit until {@link expectEvents} */
  constructor(outer: AbortSignal, firstByteMs: number) {
    this.#outer = outer;
    this.#limitMs = firstByteMs;
    this.#timer = setTimeout(() => this.#bite(), firstByteMs);
    if (outer.aborted) this.#abort();
    outer.addEventListener("abort", this.#abort, { once: true });
  }

  /** Fires when the user aborts or the upstream is silent for too long. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The response has begun: from here on an event is due every `idleMs`. */
  expectEvents(idleMs: number): void {
    clearTimeout(this.#timer);
    this.#silence = "stalled";
    this.#limitMs = idleMs;
    this.#timer = setTimeout(() => this.#bite(), idleMs);
  }

  /** Bytes came; the reader is busy with them until {@link waiting}. `anything` is whether they held an event. */
  heard(anything: boolean): void {
    this.#waiting = false;
    if (anything) this.#timer.refresh();
  }

  /** The reader is done and waits for the upstream again. */
  waiting(): void {
    this.#waiting = true;
  }

  /** Why the signal fired; null when it did not. */
  cause(): ModelError | null {
    if (this.#outer.aborted) return { code: "aborted", message: "The request was aborted." };
    if (!this.#fired) return null;
    const seconds = this.#limitMs / 1_000;
    return this.#silence === "timeout"
      ? { code: "timeout", message: `No response within ${seconds} s.` }
      : { code: "stalled", message: `The stream was silent for ${seconds} s.` };
  }

  /** The exchange is over. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#abort);
  }

  #bite(): void {
    if (!this.#waiting) {
      this.#timer.refresh();
      return;
    }
    this.#fired = true;
    this.#controller.abort();
  }
}
