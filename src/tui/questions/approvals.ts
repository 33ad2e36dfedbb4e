/** Open questions of the agent, and the answers that settle them. */
import type { ApprovalQuestion, Approver } from "../../agent/approval.ts";
import type { PastMatches } from "../../app/contract.ts";
import type { ApprovalAnswer } from "../../core/permission.ts";
import type { ScreenState } from "../screen-state.ts";
import type { ScreenStore } from "../store.ts";
import { type Asks, answerGuardMs, foreground, noAsks, ruleOf } from "./asks.ts";

/** Holds a rule against the past; see `SessionRules`. */
export type PastOf = (rule: string) => Promise<PastMatches>;

/** Questions waiting for a person, by call id. */
export class Approvals {
  readonly #store: ScreenStore;
  readonly #pastOf: PastOf;
  readonly #waiting = new Map<string, (answer: ApprovalAnswer) => void>();
  readonly #guards = new Map<string, NodeJS.Timeout>();
  readonly #looking = new Set<string>();

  constructor(store: ScreenStore, pastOf: PastOf) {
    this.#store = store;
    this.#pastOf = pastOf;
  }

  /** Handed to the agent. */
  readonly approver: Approver = ({ callId }: ApprovalQuestion, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (this.#waiting.size === 0) this.#change(() => noAsks);
      const settle = (): void => {
        clearTimeout(this.#guards.get(callId));
        this.#guards.delete(callId);
        signal.removeEventListener("abort", stop);
        this.#waiting.delete(callId);
      };
      const stop = (): void => {
        settle();
        reject(signal.reason);
      };
      signal.addEventListener("abort", stop, { once: true });
      this.#guard(callId);
      this.#waiting.set(callId, (answer) => {
        settle();
        resolve(answer);
      });
    });

  /** Settles a question; one that is gone already is left alone. */
  answer(callId: string, answer: ApprovalAnswer): void {
    const settle = this.#waiting.get(callId);
    if (!settle) return;
    settle(answer);
    const others = [...this.#waiting.keys()];
    this.#store.change((state) => withoutQuestion(state, callId, others.length > 0));
    // What has the foreground now was not read yet.
    for (const other of others) this.#guard(other);
  }

  /** Finds out what the rule of the question in the foreground would have let run before. */
  lookBack(rule = this.#foregroundRule()): void {
    const { matches } = this.#store.state.asks;
    if (rule === null || matches.has(rule) || this.#looking.has(rule)) return;
    this.#looking.add(rule);
    const keep = (past: PastMatches): void =>
      this.#change((asks) => ({ ...asks, matches: new Map([...asks.matches, [rule, past]]) }));
    void this.#pastOf(rule)
      .then(keep, () => keep(unknownPast))
      .finally(() => this.#looking.delete(rule));
  }

  #foregroundRule(): string | null {
    const { conversation, asks } = this.#store.state;
    const question = foreground(conversation.questions, asks);
    return question && ruleOf(question, asks);
  }

  #guard(callId: string): void {
    clearTimeout(this.#guards.get(callId));
    const ready = (): void => {
      this.#guards.delete(callId);
      this.#change((asks) => ({ ...asks, settling: false, ready: new Set([...asks.ready, callId]) }));
      this.lookBack();
    };
    this.#guards.set(callId, setTimeout(ready, answerGuardMs));
  }

  #change(update: (asks: Asks) => Asks): void {
    this.#store.change((state) => ({ ...state, asks: update(state.asks) }));
  }
}

/** The ledger could not be asked. */
const unknownPast: PastMatches = { matched: 0, looked: 0, examples: [] };

/** The screen with the question gone; the one behind it has the foreground. */
function withoutQuestion(state: ScreenState, callId: string, settling: boolean): ScreenState {
  const { questions } = state.conversation;
  const at = questions.findIndex((question) => question.callId === callId);
  const left = questions.filter((question) => question.callId !== callId);
  const next = left[Math.min(Math.max(0, at), left.length - 1)]?.callId ?? null;
  const { asks } = state;
  const marked = asks.marked === null || asks.marked === callId ? next : asks.marked;
  return {
    ...state,
    conversation: { ...state.conversation, questions: left },
    asks: { ...asks, marked, settling, ready: new Set(), refusing: null },
  };
}
