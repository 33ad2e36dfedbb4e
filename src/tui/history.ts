/** What was said before a session was resumed, folded from its ledger by the same reducer as live events. */
import type { Entry } from "../core/event.ts";
import type { Item } from "./state/items.ts";
import { settled } from "./state/turn-end.ts";
import { type ConversationState, emptyConversation, reduce } from "./state.ts";

/** Items of the earlier conversation that are shown. */
const shownItems = 40;

/**
 * The conversation as it stood; calls that ran when the process died are shown as interrupted. What is not shown does
 * not stay in memory.
 * @param pages the session's path, root first
 * @param window tokens the model's context holds
 * @param whole the command that shows all of it
 */
export async function earlier(
  pages: AsyncIterable<readonly Entry[]>,
  window: number,
  whole: string,
): Promise<ConversationState> {
  let state: ConversationState = { ...emptyConversation, context: { tokens: 0, window, breakdown: null } };
  let hidden = 0;
  const trim = (): void => {
    const more = Math.max(0, state.finished.length - shownItems);
    hidden += more;
    if (more > 0) state = { ...state, finished: state.finished.slice(more) };
  };
  for await (const page of pages) {
    state = page.reduce(reduce, state);
    trim();
  }
  state = settled(state);
  trim();
  const told: Item = {
    type: "notice",
    level: "info",
    text: `${hidden} earlier pieces are not shown; ${whole} shows all`,
  };
  return hidden > 0 ? { ...state, finished: [told, ...state.finished] } : state;
}
