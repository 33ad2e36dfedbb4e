/** Open questions of the agent, and the answers that settle them. */
import type { ApprovalQuestion, Approver } from "../agent/approval.ts";
import type { ApprovalAnswer } from "../core/event.ts";
import { answerGuardMs } from "./screen-state.ts";

/** Questions waiting for a person, by call id. */
export class Approvals {
  readonly #waiting = new Map<string, (answer: ApprovalAnswer) => void>();
  readonly #onAnswerable: (callId: string) => void;

  /** @param onAnswerable told of each question once it may be answered */
  constructor(onAnswerable: (callId: string) => void) {
    this.#onAnswerable = onAnswerable;
  }

  /** Handed to the agent. */
  readonly approver: Approver = ({ callId }: ApprovalQuestion, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const guard = setTimeout(() => this.#onAnswerable(callId), answerGuardMs);
      const settle = (): void => {
        clearTimeout(guard);
        signal.removeEventListener("abort", stop);
        this.#waiting.delete(callId);
      };
      const stop = (): void => {
        settle();
        reject(signal.reason);
      };
      signal.addEventListener("abort", stop, { once: true });
      this.#waiting.set(callId, (answer) => {
        settle();
        resolve(answer);
      });
    });

  /** Settles a question; one that is gone already is left alone. */
  answer(callId: string, answer: ApprovalAnswer): void {
    this.#waiting.get(callId)?.(answer);
  }
}
