/** Open questions of the agent, and the answers that settle them. */
import type { ApprovalQuestion, Approver } from "../agent/approval.ts";
import type { ApprovalAnswer } from "../core/event.ts";

/** Questions waiting for a person, by call id. */
export class Approvals {
  readonly #waiting = new Map<string, (answer: ApprovalAnswer) => void>();

  /** Handed to the agent. */
  readonly approver: Approver = (question: ApprovalQuestion, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(question.callId);
        reject(signal.reason);
      };
      signal.addEventListener("abort", stop, { once: true });
      this.#waiting.set(question.callId, (answer) => {
        signal.removeEventListener("abort", stop);
        this.#waiting.delete(question.callId);
        resolve(answer);
      });
    });

  /** Settles a question; one that is gone already is left alone. */
  answer(callId: string, answer: ApprovalAnswer): void {
    this.#waiting.get(callId)?.(answer);
  }
}
