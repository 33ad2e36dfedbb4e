/** What a person does with a session: submit, steer, interrupt. Runs the turns and feeds their events to the screen. */
import type { StopReason } from "../agent/run.ts";
import type { OpenSession } from "../app.ts";
import { messageOf } from "../core/errors.ts";
import type { ScreenStore } from "./store.ts";

/** The turns of one session, one at a time. */
export class Conversation {
  readonly #session: OpenSession;
  readonly #store: ScreenStore;
  #running: { controller: AbortController; done: Promise<void> } | null = null;
  /** Whether anything was said. */
  begun = false;
  /** The last failure that no event told of. */
  failure: string | null = null;

  constructor(session: OpenSession, store: ScreenStore) {
    this.#session = session;
    this.#store = store;
  }

  get working(): boolean {
    return this.#running !== null;
  }

  /** Begins a turn, or steers the one that runs. */
  submit(text: string): void {
    const parts = [{ type: "text" as const, text }];
    this.begun = true;
    if (this.#running) {
      this.#session.queue.steer(parts);
      return;
    }
    const controller = new AbortController();
    const done = this.#run(text, controller).finally(() => {
      this.#running = null;
      this.#store.flush();
      // What was typed too late to steer the turn begins the next one.
      const late = this.#session.queue.takeFollowUp();
      const [first] = late ?? [];
      if (first?.type === "text" && !controller.signal.aborted) this.submit(first.text);
    });
    this.#running = { controller, done };
  }

  /** Stops the running turn; its work is kept. */
  interrupt(reason: StopReason): void {
    this.#running?.controller.abort(reason);
  }

  /** Resolves when no turn runs. */
  async idle(): Promise<void> {
    await this.#running?.done;
  }

  async #run(text: string, controller: AbortController): Promise<void> {
    this.failure = null;
    try {
      const events = this.#session.run({ parts: [{ type: "text", text }], signal: controller.signal });
      for await (const event of events) this.#store.push(event);
    } catch (error) {
      // The turn itself ends in an event whatever happens; this is the ledger failing to take it.
      this.failure = messageOf(error);
    }
  }
}
