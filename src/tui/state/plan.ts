/** What becomes of a plan that was proposed. */
import type { AgentEvent } from "../../core/event.ts";
import type { EntryId } from "../../core/ids.ts";
import type { ConversationState } from "../state.ts";

/** A plan: `open` until it is accepted or left, or until something else is said. */
export type Plan = { id: EntryId; text: string; status: "open" | "accepted" | "left" | "answered" };

/** A plan was proposed; one before it counts no more. */
export const proposed = (
  state: ConversationState,
  { id, plan }: Extract<AgentEvent, { type: "plan.proposed" }>,
): ConversationState => ({ ...state, plan: { id, text: plan, status: "open" } });

/** Something else was said: that is a word on the plan, too. */
export const planAnswered = (state: ConversationState): ConversationState =>
  state.plan?.status === "open" ? { ...state, plan: { ...state.plan, status: "answered" } } : state;

/** It was accepted or left; a person may have edited it first. */
export function planDecided(
  state: ConversationState,
  { proposal, answer, plan: text }: Extract<AgentEvent, { type: "plan.decided" }>,
): ConversationState {
  const { plan } = state;
  return plan?.id === proposal
    ? { ...state, plan: { ...plan, status: answer, text: text ?? plan.text } }
    : state;
}
