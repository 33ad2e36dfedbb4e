/** How a person is asked. A front end brings an `Approver`; without one nobody is there, and "ask" means no. */
import type { ApprovalAnswer, ApprovalDetails, Decision } from "../core/permission.ts";
import type { Display } from "../core/tool.ts";

/** What a person is shown. */
export type ApprovalQuestion = {
  callId: string;
  name: string;
  summary: string;
  decision: Decision;
  display: Display[];
  /** The rule "always" would save; null when no sensible rule exists. */
  suggestedRule: string | null;
  details?: ApprovalDetails;
};

/**
 * Asks a person; rejects when `signal` fires: the turn was stopped, or the question needs no answer any more. Several
 * questions may be open at once.
 */
export type Approver = (question: ApprovalQuestion, signal: AbortSignal) => Promise<ApprovalAnswer>;
