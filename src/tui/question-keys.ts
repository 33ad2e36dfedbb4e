/** The keys of a question of the agent: yes, always, no, and no with a reason. */
import type { Approvals } from "./approvals.ts";
import { emptyEditor } from "./input/editor.ts";
import { refused } from "./screen-state.ts";
import type { Question } from "./state.ts";
import type { ScreenStore } from "./store.ts";

/** What the keys act on. */
export type QuestionPlace = { store: ScreenStore; approvals: Pick<Approvals, "answer"> };

/** Whether the text was the answer to a question rather than something typed. */
export function answersQuestion({ store, approvals }: QuestionPlace, text: string): boolean {
  const { conversation: shown, answerable, editor } = store.state;
  const [question] = shown.questions;
  if (!question || question.callId !== answerable || editor.text !== "" || refused(store.state)) return false;
  const { callId, suggestedRule } = question;
  const always = (scope: "session" | "project"): void => {
    if (suggestedRule) approvals.answer(callId, { answer: "allow", scope, rule: suggestedRule });
  };
  if (text === "y") approvals.answer(callId, { answer: "allow", scope: "once" });
  else if (text === "a" && suggestedRule) always("session");
  else if (text === "p" && suggestedRule) always("project");
  else if (text !== "n") return false;
  store.change((state) => ({ ...state, hint: null, refusing: text === "n" ? callId : null }));
  return true;
}

/** Says no, with what is typed as the reason. */
export function refuse({ store, approvals }: QuestionPlace, { callId }: Question): void {
  const comment = store.state.editor.text.trim();
  approvals.answer(callId, { answer: "deny", scope: "once", ...(comment && { comment }) });
  store.change((state) => ({ ...state, refusing: null, editor: emptyEditor, hint: null }));
}
