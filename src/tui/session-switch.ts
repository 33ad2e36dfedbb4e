/** Which session is open, and going over to another one. */
import type { Approver } from "../agent/approval.ts";
import type { Moved, OpenApp, OpenSession, SessionChoice } from "../app/contract.ts";
import { carriedIn } from "../core/attachment.ts";
import type { SessionId } from "../core/ids.ts";
import type { MoveTarget } from "../sessions/move.ts";
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
  /** Goes on in a copy of this session, as {@link goTo}; what is shown already is not shown again. */
  goToCopy(id: SessionId): Promise<OpenSession>;
  /**
   * Goes on from another point of this session. What stands in the scrollback stays there. No turn may run.
   * @throws TauError when there is no such point
   */
  moveTo(target: MoveTarget): Promise<Moved>;
};

/** What a switch works on. */
export type SwitchPlace = { app: OpenApp; approver: Approver; store: ScreenStore };

/** What is shown once a session was entered, by what is shown then: items not yet taken must not be shown twice. */
type Shown = (before: ConversationState) => ConversationState;

/** Starts with `session`; `conversation` follows. */
export function sessionSwitch(
  { app, approver, store }: SwitchPlace,
  session: OpenSession,
  conversation: Conversation,
): SessionSwitch {
  let current = session;
  /** What stands in the scrollback is what was said in the session that is entered: it is not shown again. */
  const belowWhatIsShown = async (next: OpenSession): Promise<Shown> => {
    const there = await conversationOf(next);
    return ({ finished }) => ({ ...there, finished });
  };
  const enter = async (
    choice: SessionChoice,
    shown: (next: OpenSession) => Promise<Shown>,
  ): Promise<OpenSession> => {
    const before = current;
    const next = await app.openSession(choice, approver);
    if (choice.kind === "new") next.setMode(before.mode);
    const there = await shown(next);
    current = next;
    conversation.use(next);
    store.change((state) => ({
      ...state,
      model: next.model,
      effort: next.effort,
      mode: next.mode,
      conversation: there(state.conversation),
    }));
    await before.close();
    return before;
  };
  return {
    current: () => current,
    goTo: (choice) =>
      enter(choice, async (next) => {
        if (choice.kind === "new") return (before) => startedOver(before, next.contextWindow);
        const there = await conversationOf(next);
        return () => there;
      }),
    goToCopy: (id) => enter({ kind: "resume", id }, belowWhatIsShown),
    async moveTo(target) {
      const moved = await current.move(target);
      const there = await belowWhatIsShown(current);
      conversation.use(current);
      store.change((state) => ({ ...state, conversation: there(state.conversation) }));
      return moved;
    },
  };
}

/** What was said in a session before it was opened. */
export async function conversationOf(session: OpenSession): Promise<ConversationState> {
  const shown = await earlier(session.history(), session.contextWindow, `tau sessions show ${session.id}`);
  // What was spent on branches that were left stays spent; what a fork copied was spent elsewhere.
  // What a message carries that waits to be said is carried by it, and not once more by the next.
  const waiting = new Set(session.queue.waiting.flatMap((one) => carriedIn(one)).map(({ text }) => text));
  const carried = shown.carried.filter(({ text }) => !waiting.has(text));
  return { ...shown, carried, ...(await session.spent()) };
}
