/** What was said before a session was resumed, folded from its ledger by the same reducer as live events. */
import type { Entry } from "../core/event.ts";
import { type ConversationState, emptyConversation, type Item, reduce, settled } from "./state.ts";

/** Items of the earlier conversation that are shown. */
const shownItems = 40;

/**
 * The conversation as it stood; calls that ran when the process died are shown as interrupted.
 * @param entries the session's path, root first
 * @param window tokens the model's context holds
 * @param whole the command that shows all of it
 */
export function earlier(entries: readonly Entry[], window: number, whole: string): ConversationState {
  const before = { ...emptyConversation, context: { tokens: 0, window } };
  const state = settled(entries.reduce(reduce, before), "earlier");
  const hidden = Math.max(0, state.finished.length - shownItems);
  const told: Item = {
    key: "earlier",
    type: "notice",
    level: "info",
    text: `${hidden} earlier pieces are not shown; ${whole} shows all`,
  };
  return hidden > 0 ? { ...state, finished: [told, ...state.finished.slice(hidden)] } : state;
}
