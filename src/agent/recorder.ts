/** How concurrent calls get their events into the ledger and into the loop's single stream, in one order. */
import type { AgentEvent, DurableEvent, EphemeralEvent } from "../core/event.ts";
import { Mailbox } from "./mailbox.ts";
import type { Session } from "./session.ts";

type Start = Extract<DurableEvent, { type: "tool.started" }>;
type WaitingStart = { event: Start; resolve(): void; reject(error: unknown): void };

/** Records for one batch of calls; read `events` to see what was recorded. */
export class Recorder {
  readonly #session: Session;
  readonly #mailbox = new Mailbox<AgentEvent>();
  #starts: WaitingStart[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  /** What was recorded and shown, until the batch is closed. */
  get events(): AsyncIterable<AgentEvent> {
    return this.#mailbox;
  }

  /** Commits the events together, then shows them. */
  async record(...events: DurableEvent[]): Promise<void> {
    const entries = await this.#session.commit(...events);
    // Without a pause between them: a live event made in one would have a later `seq` than the entry after it.
    const room = entries.map((entry) => this.#mailbox.push(entry)).at(-1);
    await room;
  }

  /**
   * Commits the start of a call. Calls that become ready together are committed together, in the order they became
   * so: one transaction, and at most one fsync, for a whole parallel batch.
   */
  start(event: Start): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#starts.push({ event, resolve, reject });
      if (this.#starts.length === 1) queueMicrotask(() => this.#commitStarts());
    });
  }

  /** Shows an event that is not recorded. Lost when readers are far behind. */
  show(event: EphemeralEvent): void {
    this.#session.whenQuiet(() => this.#mailbox.offer(this.#session.live(event)));
  }

  /** Shows an event that is not recorded and must not be lost. */
  ask(event: EphemeralEvent): void {
    this.#session.whenQuiet(() => {
      this.#mailbox.push(this.#session.live(event));
    });
  }

  /** Ends the stream when all work is done, or fails it with the first failure. */
  closeAfter(work: readonly Promise<unknown>[]): void {
    Promise.all(work).then(
      () => this.#session.whenQuiet(() => this.#mailbox.close()),
      (error: unknown) => this.#mailbox.fail(error),
    );
  }

  #commitStarts(): void {
    const starts = this.#starts.splice(0);
    this.record(...starts.map(({ event }) => event)).then(
      () => {
        for (const { resolve } of starts) resolve();
      },
      (error: unknown) => {
        for (const { reject } of starts) reject(error);
      },
    );
  }
}
