/**
 * What a person types while the agent works: steering goes in after the next tool batch, follow-ups begin the next
 * turn. Each waits in the ledger from the moment it is shown as waiting, so that neither a crash nor a limit loses it,
 * and is said by an entry that names it, so that nothing is said twice.
 */
import type { Attached } from "../core/attachment.ts";
import type { InputDelivery } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";
import type { Part } from "../core/message.ts";
import type { WaitingInput } from "../sessions/waiting-input.ts";
import type { Redaction } from "./redaction.ts";
import type { Session } from "./session.ts";

/** Messages that may wait. */
export const queueBound = 100;

/** A message that waits. */
export type QueuedInput = WaitingInput & {
  /**
   * It was typed for a turn that ended otherwise than done, or for an earlier process: it is shown, and said only
   * when a person says so.
   */
  held: boolean;
};

/** Waiting messages of one session. */
export class InputQueue {
  readonly #session: Session;
  readonly #redaction: Redaction;
  readonly #held: Set<EntryId>;
  /** Given out to be said, or on their way back to whoever typed them. */
  readonly #taken = new Set<EntryId>();
  readonly #dropping = new Set<EntryId>();
  readonly #listeners = new Set<() => void>();
  #adding = 0;
  #settled: Promise<unknown> = Promise.resolve();

  constructor(session: Session, redaction: Redaction) {
    this.#session = session;
    this.#redaction = redaction;
    this.#held = new Set(session.state.waiting.map(({ id }) => id));
  }

  /** Everything that waits, in the order in which it would be said: steering, then follow-ups, oldest first. */
  get waiting(): readonly QueuedInput[] {
    const all = this.#session.state.waiting
      .filter(({ id }) => !this.#taken.has(id) && !this.#dropping.has(id))
      .map((item): QueuedInput => ({ ...item, held: this.#held.has(item.id) }));
    return [
      ...all.filter(({ delivery }) => delivery === "steer"),
      ...all.filter(({ delivery }) => delivery === "follow_up"),
    ];
  }

  /** Whether a message for the running turn waits. */
  get hasSteering(): boolean {
    return this.#next("steer") !== null;
  }

  /**
   * Adds a message; it waits once the promise resolves. `marks` says which of its parts were attached. Null when too many wait already.
   * The promise rejects with what the ledger threw when it takes no more entries.
   */
  add(delivery: InputDelivery, said: readonly Part[], marks: readonly Attached[] = []): Promise<void> | null {
    if (this.#session.state.waiting.length + this.#adding >= queueBound) return null;
    this.#adding += 1;
    const { parts, attached } = this.#redaction.data("your message", {
      parts: [...said],
      attached: [...marks],
    });
    const added = this.#session
      .commitAside(
        { type: "input.queued", delivery, parts, ...(attached.length > 0 && { attached }) },
        ...this.#redaction.notes(),
      )
      .finally(() => {
        this.#adding -= 1;
        this.#changed();
      });
    this.#settled = added.catch(() => undefined);
    return added;
  }

  /** Resolves when everything that was added so far waits. */
  async settled(): Promise<void> {
    await this.#settled;
  }

  /** Gives out the next message to be said, of one kind or of any; null when none waits that is not held. */
  take(delivery?: InputDelivery): QueuedInput | null {
    const next = this.#next(delivery);
    if (next === null) return null;
    this.#taken.add(next.id);
    this.#changed();
    return next;
  }

  /** Gives messages back to whoever typed them; they wait no longer. Those that are said already are left out. */
  async takeBack(ids: readonly EntryId[]): Promise<QueuedInput[]> {
    const items = this.waiting.filter(({ id }) => ids.includes(id));
    if (items.length === 0) return [];
    const inputs = items.map(({ id }) => id);
    for (const id of inputs) this.#dropping.add(id);
    this.#changed();
    try {
      await this.#session.commitAside({ type: "input.dropped", inputs });
      return items;
    } finally {
      for (const id of inputs) this.#dropping.delete(id);
      this.#changed();
    }
  }

  /** What was held may be said again. */
  release(): void {
    this.#held.clear();
    this.#changed();
  }

  /** A turn is over: what waits for one that did not end well is held, and so is what could not be recorded as said. */
  async endTurn(done: boolean): Promise<void> {
    await this.#settled;
    this.#taken.clear();
    if (!done) for (const { id } of this.#session.state.waiting) this.#held.add(id);
    this.#changed();
  }

  /** Calls the listener whenever `waiting` may have changed; returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #next(delivery?: InputDelivery): QueuedInput | null {
    const may = (item: QueuedInput): boolean =>
      !item.held && (delivery === undefined || item.delivery === delivery);
    return this.waiting.find(may) ?? null;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
