/** What the end of a turn leaves on the screen. */

import { type Evidence, evidenceWords, isUnproven } from "../../core/evidence.ts";
import type { TurnOutcome } from "../../core/turn.ts";
import type { ConversationState } from "../state.ts";
import { flushText, noAnswer } from "../streaming.ts";
import { clockTime } from "../view/clock.ts";
import { cutOff } from "./calls.ts";
import { finish, warn } from "./items.ts";

/**
 * What to do next in here, by the code of what ended a turn; the hints that come with the ends are for whoever reads
 * them elsewhere.
 */
const goOn = "what was done is kept; type to go on";
const hintsHere: { readonly [code: string]: string } = {
  interrupted: goOn,
  terminated: goOn,
  timeout: goOn,
  limit: goOn,
  output_limit: "type to go on, or ask for less at once",
  no_progress: "say what to do differently",
  empty_answer: "ask again",
};

/** A turn's end, told once: the ledger's entry and the live event say the same, and a full disk allows only the latter. */
export function ended(
  state: ConversationState,
  { reason, error, evidence }: TurnOutcome,
  turnId: string | null,
): ConversationState {
  if (state.endedTurn === turnId) return state;
  const proven = withEvidence({ ...settled(state), endedTurn: turnId }, evidence);
  if (reason === "done") return proven;
  const hint = error && (hintsHere[error.code] ?? error.hint);
  return warn(proven, error ? `${error.message}${hint ? ` (${hint})` : ""}` : reason);
}

/** What the turn's answer could be held against, in a line; in colour where it says more than that bears out. */
function withEvidence(state: ConversationState, evidence: Evidence): ConversationState {
  const words = evidenceWords(evidence, clockTime);
  if (words === null) return state;
  const level = isUnproven(evidence) ? "warning" : "info";
  return finish(state, { type: "notice", level, text: `evidence: ${words}` });
}

/** Nothing is live any more. What was is kept as far as it got; calls without a result were interrupted. */
export function settled(state: ConversationState): ConversationState {
  const flushed = flushText(state);
  return {
    ...flushed,
    finished: [...flushed.finished, ...cutOff(state)],
    answer: noAnswer,
    writing: null,
    tools: [],
    questions: [],
    allowed: [],
    waiting: null,
  };
}
