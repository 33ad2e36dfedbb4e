/** Which session is open, and going over to another one. */
import type { Approver } from "../agent/approval.ts";
import type { OpenApp, OpenSession, SessionChoice } from "../app/contract.ts";
import type { Conversation } from "./conversation.ts";
import { earlier } from "./history.ts";
import { type ConversationState, startedOver } from "./state.ts";
import type { ScreenStore } from "./store.ts";

/** The session that is open now, and the way to another. */
export type SessionSwitch = {
  current(): OpenSession;
  /**
   * Goes on in another session: the one before is closed. No turn may run.
   * @returns the one before
   * @throws TauError when it cannot be opened: the one before stays open
   */
  goTo(choice: SessionChoice): Promise<OpenSession>;
};

/** What a switch works on. */
export type SwitchPlace = { app: OpenApp; approver: Approver; store: ScreenStore };

/** Starts with `session`; `conversation` follows. */
export function sessionSwitch(
  { app, approver, store }: SwitchPlace,
  session: OpenSession,
  conversation: Conversation,
): SessionSwitch {
  let current = session;
  return {
    current: () => current,
    async goTo(choice) {
      const before = current;
      const next = await app.openSession(choice, approver);
      if (choice.kind === "new") next.setMode(before.mode);
      const shown = choice.kind === "new" ? null : await conversationOf(next);
      current = next;
      conversation.use(next);
      store.change((state) => ({
        ...state,
        model: next.model,
        effort: next.effort,
        mode: next.mode,
        conversation: shown ?? startedOver(state.conversation, next.contextWindow),
      }));
      await before.close();
      return before;
    },
  };
}

/** What was said in a session before it was opened. */
export const conversationOf = (session: OpenSession): Promise<ConversationState> =>
  earlier(session.history(), session.contextWindow, `tau sessions show ${session.id}`);
