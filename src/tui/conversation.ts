/** What a person does with a session: submit, steer, interrupt. Runs the turns and feeds their events to the screen. */
import type { StopReason } from "../agent/run.ts";
import type { OpenSession } from "../app.ts";
import { messageOf } from "../core/errors.ts";
import { textOf } from "../core/message.ts";
import { insert } from "./input/editor.ts";
import { settled, warn } from "./state.ts";
import type { ScreenStore } from "./store.ts";

/** The turns of one session, one at a time. */
export class Conversation {
  readonly #session: Pick<OpenSession, "run" | "queue">;
  readonly #store: ScreenStore;
  /** Of the turn that runs. */
  #controller: AbortController | null = null;
  #done: Promise<void> = Promise.resolve();
  #turns = 0;

  constructor(session: Pick<OpenSession, "run" | "queue">, store: ScreenStore) {
    this.#session = session;
    this.#store = store;
  }

  /** Whether a turn runs. */
  get working(): boolean {
    return this.#controller !== null;
  }

  /** Whether anything was said. */
  get begun(): boolean {
    return this.#turns > 0;
  }

  /** Begins a turn, or steers the one that runs. False when too many messages wait already. */
  submit(text: string): boolean {
    if (!this.working) {
      this.#begin(text);
      return true;
    }
    if (!this.#session.queue.steer([{ type: "text", text }])) return false;
    this.#store.change((state) => ({ ...state, pending: [...state.pending, text] }));
    return true;
  }

  /** Stops the running turn; its work is kept. */
  interrupt(reason: StopReason): void {
    this.#controller?.abort(reason);
  }

  /** Resolves when no turn runs. */
  async idle(): Promise<void> {
    while (this.working) await this.#done;
  }

  #begin(text: string): void {
    const controller = new AbortController();
    this.#turns += 1;
    this.#controller = controller;
    this.#done = this.#run(text, controller.signal);
  }

  async #run(text: string, signal: AbortSignal): Promise<void> {
    this.#store.change((state) => ({ ...state, workingSince: Date.now() }));
    let done = false;
    let failure: string | null = null;
    try {
      for await (const event of this.#session.run({ parts: [{ type: "text", text }], signal })) {
        if (event.type === "turn.finished") done = event.result.reason === "done";
        this.#store.push(event);
      }
    } catch (error) {
      // The turn itself ends in an event whatever happens; this is the ledger refusing even its beginning.
      failure = messageOf(error);
    }
    this.#controller = null;
    const key = `turn-${this.#turns}`;
    this.#store.change((state) => {
      const conversation = settled(state.conversation, key);
      return {
        ...state,
        workingSince: null,
        answerable: null,
        conversation: failure === null ? conversation : warn(conversation, `failed-${key}`, failure),
      };
    });
    if (done) this.#goOn();
    else this.#takeBack();
  }

  /** What was typed too late to steer the turn begins the next one. */
  #goOn(): void {
    const late = this.#session.queue.takeFollowUp();
    if (!late) return;
    this.#store.change((state) => ({ ...state, pending: state.pending.slice(1) }));
    this.#begin(textOf(late));
  }

  /** What was typed for a turn that did not get that far is the person's again. */
  #takeBack(): void {
    const texts = this.#session.queue.takeAll().map(textOf);
    if (texts.length === 0) return;
    this.#store.change((state) => {
      const before = insert({ text: "", caret: 0 }, texts.join("\n"));
      const { text } = state.editor;
      return { ...state, pending: [], editor: text ? insert(before, `\n${text}`) : before };
    });
  }
}
