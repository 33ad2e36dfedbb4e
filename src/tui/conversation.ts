/** What a person does with a session: submit, steer, queue, interrupt. Runs the turns and feeds their events to the screen. */
import { type AcceptedPlan, acceptedText } from "../agent/planning.ts";
import type { QueuedInput } from "../agent/queue.ts";
import type { StopReason, TurnInput } from "../agent/run.ts";
import type { OpenSession } from "../app/contract.ts";
import { carriedIn, type Said, typedText } from "../core/attachment.ts";
import { messageWithHint } from "../core/errors.ts";
import type { AgentEvent, ConversationPiece, InputDelivery } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";
import type { TurnResult } from "../core/turn.ts";
import { typedAgain } from "./compose/tokens.ts";
import { insert } from "./input/editor.ts";
import type { ScreenState } from "./screen-state.ts";
import { warn } from "./state/items.ts";
import { settled } from "./state/turn-end.ts";
import { carrying } from "./state.ts";
import type { ScreenStore } from "./store.ts";

/** A session, as a conversation uses it. */
export type Conversed = Pick<OpenSession, "run" | "queue" | "compact" | "evict" | "putBack">;

/** The turns of one session, one at a time. */
export class Conversation {
  #session: Conversed;
  readonly #store: ScreenStore;
  #unsubscribe: () => void = () => undefined;
  /** Of the turn that runs. */
  #controller: AbortController | null = null;
  #done: Promise<void> = Promise.resolve();
  #begun = false;
  #lastEnd: TurnResult["reason"] = "done";

  readonly #atRest: () => void;

  /** @param atRest told whenever the last turn is over */
  constructor(session: Conversed, store: ScreenStore, atRest: () => void = () => undefined) {
    this.#atRest = atRest;
    this.#session = session;
    this.#store = store;
    this.use(session);
  }

  /** Goes on in another session. No turn may run. */
  use(session: Conversed): void {
    this.#unsubscribe();
    this.#session = session;
    this.#begun = false;
    const waiting = (state: ScreenState): ScreenState => ({
      ...state,
      pending: session.queue.waiting.map(({ id, delivery, parts, attached, held }) => ({
        id,
        delivery,
        held,
        text: typedText(parts, attached),
      })),
    });
    this.#unsubscribe = session.queue.subscribe(() => this.#store.changeSoon(waiting));
    this.#store.change(waiting);
  }

  /** How the last turn ended; done before the first. */
  get lastEnd(): TurnResult["reason"] {
    return this.#lastEnd;
  }

  /** Whether a turn runs. */
  get working(): boolean {
    return this.#controller !== null;
  }

  /** Whether anything was said. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Messages that are not said yet. */
  get waiting(): number {
    return this.#session.queue.waiting.length;
  }

  /** Begins a turn, or steers the one that runs. False when too many messages wait already. */
  submit(said: Said): boolean {
    if (this.#controller?.signal.aborted) {
      // The turn is being stopped: it hears nothing any more, and what is typed now is for after it.
      void this.idle().then(() => this.submit(said));
      return true;
    }
    if (this.working) return this.#add("steer", said);
    this.#begin(said);
    return true;
  }

  /** Begins the turn in which a plan is carried out. None may run. */
  accept(accepted: AcceptedPlan): void {
    this.#begin({ parts: [{ type: "text", text: acceptedText(accepted.plan) }], accepted });
  }

  /** Queues the message for the next turn; begins it when none runs. False when too many messages wait already. */
  followUp(said: Said): boolean {
    return this.working ? this.#add("follow_up", said) : this.submit(said);
  }

  /** Sends what waits: at once when no turn runs, else when it is over. */
  sendWaiting(): void {
    const { queue } = this.#session;
    queue.release();
    if (this.working) return;
    const next = queue.take();
    if (next) this.#begin({ parts: next.parts, attached: next.attached, queued: next.id });
  }

  /** Stops the running turn, and gives everything that waits back to the composer. */
  async stop(): Promise<void> {
    this.interrupt("interrupted");
    await this.takeBack("all");
  }

  /** Gives the message that would be said last, or all of them, back to the composer once no stopped turn is in the way. */
  async takeBack(which: "last" | "all"): Promise<void> {
    const { queue } = this.#session;
    const ids = queue.waiting.map(({ id }) => id);
    try {
      const items = await queue.takeBack(which === "all" ? ids : ids.slice(-1));
      if (items.length === 0) return;
      if (this.#controller?.signal.aborted) await this.idle();
      this.#store.change((state) => givenBack(state, items));
    } catch (error) {
      this.#fail(`it cannot be taken back: ${messageWithHint(error)}`);
    }
  }

  /** Replaces the conversation so far by a summary, keeping `focus` above all. Resolves to why not, or null. */
  compact(focus: string): Promise<string | null> {
    return this.#between(
      (signal) => this.#session.compact({ ...(focus !== "" && { focus }), signal }),
      ({ ending }) => ending.error?.message ?? null,
    );
  }

  /** Takes pieces out of the model's window. Resolves to why not, or null. */
  evict(pieces: readonly ConversationPiece[]): Promise<string | null> {
    return this.#between(
      () => this.#session.evict(pieces),
      (compaction) => (compaction ? null : "that is not in the window any more"),
    );
  }

  /** Puts back what an eviction took out. Resolves to why not, or null. */
  putBack(eviction: EntryId): Promise<string | null> {
    return this.#between(
      () => this.#session.putBack(eviction),
      (done) => (done ? null : "that is not out of the window any more"),
    );
  }

  /** Does something between two turns. Resolves to what its outcome says in words. */
  #between<Outcome>(
    work: (signal: AbortSignal) => AsyncGenerator<AgentEvent, Outcome>,
    words: (outcome: Outcome) => string | null,
  ): Promise<string | null> {
    if (this.working) return Promise.resolve("that has to wait until the turn is over; esc stops it");
    return new Promise((resolve) => {
      this.#done = this.#run(async (signal) => {
        try {
          const events = work(signal);
          for (;;) {
            const next = await events.next();
            if (next.done) {
              resolve(words(next.value));
              break;
            }
            this.#store.push(next.value);
          }
        } catch (error) {
          resolve(messageWithHint(error));
        }
        return !signal.aborted;
      });
    });
  }

  /** Stops the running turn; its work is kept. */
  interrupt(reason: StopReason): void {
    this.#controller?.abort(reason);
  }

  /** Resolves when no turn runs. */
  async idle(): Promise<void> {
    while (this.working) await this.#done;
  }

  #add(delivery: InputDelivery, said: Said): boolean {
    const added = this.#session.queue.add(delivery, said.parts, said.attached);
    added?.catch((error: unknown) => {
      this.#fail(messageWithHint(error));
      this.#store.change((state) => givenBack(state, [said]));
    });
    return added !== null;
  }

  #begin(first: TurnInput): void {
    this.#begun = true;
    this.#done = this.#run((signal) => this.#turn(first, signal));
  }

  /** Does the work, and as long as all ends well runs the turns that were queued behind it. */
  async #run(first: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
    const { queue } = this.#session;
    for (let work: typeof first | null = first; work !== null; ) {
      this.#controller = new AbortController();
      this.#store.change((state) => ({ ...state, workingSince: Date.now() }));
      const done: boolean = await work(this.#controller.signal);
      await queue.settled();
      const next: QueuedInput | null = done ? queue.take() : null;
      work =
        next &&
        ((signal) => this.#turn({ parts: next.parts, attached: next.attached, queued: next.id }, signal));
    }
    this.#controller = null;
    this.#store.change((state) => ({ ...state, workingSince: null }));
    this.#atRest();
  }

  async #turn(input: TurnInput, signal: AbortSignal): Promise<boolean> {
    this.#lastEnd = "failure";
    let failure: string | null = null;
    try {
      for await (const event of this.#session.run({ ...input, signal })) {
        if (event.type === "turn.finished") this.#lastEnd = event.result.reason;
        this.#store.push(event);
        await this.#store.room(signal);
      }
    } catch (error) {
      // The turn itself ends in an event whatever happens; this is the ledger refusing even its beginning.
      failure = messageWithHint(error);
      await this.#session.queue.endTurn(false);
    }
    this.#store.change((state) => ({
      ...state,
      conversation: settled(state.conversation),
    }));
    if (failure !== null) this.#fail(failure);
    return this.#lastEnd === "done";
  }

  #fail(text: string): void {
    this.#store.change((state) => ({ ...state, conversation: warn(state.conversation, text) }));
  }
}

/** Messages as they were typed, before what is being typed. */
function givenBack(state: ScreenState, messages: readonly Said[]): ScreenState {
  let { tokens } = state;
  const texts = messages.map((said) => {
    const again = typedAgain(said, tokens);
    tokens = again.tokens;
    return again.text;
  });
  const before = insert({ text: "", caret: 0 }, texts.join("\n"));
  const { text } = state.editor;
  // What was done before them goes with the next one that is said.
  const conversation = carrying(
    state.conversation,
    messages.flatMap((said) => carriedIn(said)),
  );
  return { ...state, conversation, tokens, editor: text ? insert(before, `\n${text}`) : before };
}
