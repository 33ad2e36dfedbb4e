/** Long work in slices: a terminal draws and keys are taken between them. */
import { setImmediate as pause } from "node:timers/promises";

/** Milliseconds of work before the event loop gets its turn. */
const sliceMs = 8;

/** Paces one piece of work. */
export class Pace {
  readonly #signal: AbortSignal;
  #began = performance.now();

  /** @param signal ends the work at its next pause */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether it is time to {@link rest}. */
  get due(): boolean {
    return performance.now() - this.#began > sliceMs;
  }

  /** Lets others work. @throws the signal's reason when it fired */
  async rest(): Promise<void> {
    this.#signal.throwIfAborted();
    await pause();
    this.#signal.throwIfAborted();
    this.#began = performance.now();
  }
}
