/** The keys of a question of the agent: yes, always, no, no with a reason; which question, and which rule. */
import type { ApprovalAnswer } from "../../core/permission.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { cleared } from "../editing-keys.ts";
import type { ActionOf } from "../input/actions.ts";
import { chordOf } from "../input/chord-of.ts";
import type { Keymap } from "../input/keymap.ts";
import type { Key } from "../input/keys.ts";
import type { Block } from "../pager/pager.ts";
import type { Size } from "../screen/frame-writer.ts";
import type { Question } from "../state/calls.ts";
import type { ScreenStore } from "../store.ts";
import { questionRoom, usableColumns } from "../view/frame.ts";
import type { Approvals } from "./approvals.ts";
import { type Asks, foreground, ruleOf, widthsOf } from "./asks.ts";
import { questionDetails, shownWhole } from "./question-lines.ts";
import { ruleDialog } from "./rule-dialog.ts";

/** What the keys act on. */
export type QuestionPlace = {
  store: ScreenStore;
  approvals: Pick<Approvals, "answer" | "lookBack">;
  keymap: Keymap;
  /** Opens a dialog in place of the composer. */
  open(dialog: Dialog): void;
  /** Shows something to read, whole. */
  page(title: string, blocks: readonly Block[]): void;
  /** Of the terminal. */
  size(): Size;
};

/** Whether the key was for a question rather than something typed. */
export function answersQuestion(place: QuestionPlace, key: Key): boolean {
  const { store, keymap } = place;
  const { conversation, asks, editor } = store.state;
  const question = foreground(conversation.questions, asks);
  if (question === null || editor.text !== "" || asks.refusing !== null) return false;
  const chord = chordOf(key);
  const action = chord === null ? undefined : keymap.question.get(chord);
  if (action === undefined) return false;
  if (!asks.ready.has(question.callId)) return asks.settling && key.type === "text";
  return act(place, action, question);
}

function act(place: QuestionPlace, action: ActionOf<"question">, question: Question): boolean {
  const { store, approvals } = place;
  const { conversation, asks } = store.state;
  const { questions } = conversation;
  const { callId } = question;
  const rule = ruleOf(question, asks);
  const answer = (given: ApprovalAnswer): true => {
    store.change((state) => ({ ...state, hint: null }));
    approvals.answer(callId, given);
    return true;
  };
  switch (action) {
    case "yes":
      return answer({ answer: "allow", scope: "once" });
    case "session":
    case "project":
      return rule !== null && answer({ answer: "allow", scope: action, rule });
    case "no":
      change(store, (now) => ({ ...now, refusing: callId }));
      return true;
    case "yes-all":
    case "no-all":
      return questions.length > 1 && answerAll(place, action === "yes-all");
    case "up":
    case "down":
      return questions.length > 1 && walk(place, question, action === "up" ? -1 : 1);
    case "narrower":
    case "wider":
      return widen(place, question, action === "wider" ? 1 : -1);
    case "edit-rule":
      if (rule === null) return false;
      place.open(
        ruleDialog({
          rule,
          pastOf: (text) => store.state.asks.matches.get(text),
          changed: (text) => approvals.lookBack(text),
          accept: (text) => change(store, (now) => ({ ...now, rules: withRule(now, callId, text) })),
        }),
      );
      return true;
    case "details":
      change(store, (now) => ({ ...now, seen: new Set([...now.seen, callId]) }));
      place.page(question.summary, [{ lines: (columns) => questionDetails(question, rule, columns) }]);
      return true;
  }
}

/** Answers all that were shown whole alike; a no needs no reading. */
function answerAll({ store, approvals, size }: QuestionPlace, yes: boolean): boolean {
  const { conversation, asks } = store.state;
  const { questions } = conversation;
  const whole = shownWhole(questions, asks, usableColumns(size()), questionRoom(size()));
  const which = yes ? whole : questions;
  for (const { callId } of which) approvals.answer(callId, { answer: yes ? "allow" : "deny", scope: "once" });
  const left = questions.length - which.length;
  const hint = left > 0 ? `${left} not shown whole: walk to ${left === 1 ? "it" : "them"} with ↑ ↓` : null;
  store.change((state) => ({ ...state, hint }));
  return true;
}

/** Goes to the next question; the one that is left counts as seen where all of it was shown. */
function walk({ store, approvals, size }: QuestionPlace, from: Question, by: 1 | -1): true {
  const { questions } = store.state.conversation;
  const at = (questions.indexOf(from) + by + questions.length) % questions.length;
  const { callId = null } = questions[at] ?? {};
  const whole = shownWhole(questions, store.state.asks, usableColumns(size()), questionRoom(size()));
  change(store, (asks) => ({
    ...asks,
    marked: callId,
    seen: new Set([...asks.seen, ...whole.map((question) => question.callId)]),
  }));
  approvals.lookBack();
  return true;
}

/** Takes the next rule of the widths there are; one that was written goes to the nearest end. */
function widen({ store, approvals }: QuestionPlace, question: Question, by: 1 | -1): boolean {
  const widths = widthsOf(question);
  if (widths.length === 0) return false;
  const at = widths.findIndex(({ rule }) => rule === ruleOf(question, store.state.asks));
  const next = widths[Math.max(0, Math.min(widths.length - 1, at < 0 && by < 0 ? 0 : at + by))];
  if (next) change(store, (asks) => ({ ...asks, rules: withRule(asks, question.callId, next.rule) }));
  approvals.lookBack();
  return true;
}

const withRule = ({ rules }: Asks, callId: string, rule: string): Asks["rules"] =>
  new Map([...rules, [callId, rule]]);

const change = (store: ScreenStore, update: (asks: Asks) => Asks): void =>
  store.change((state) => ({ ...state, hint: null, asks: update(state.asks) }));

/** Says no, with what is typed as the reason. */
export function refuse({ store, approvals }: QuestionPlace, { callId }: Question): void {
  const comment = store.state.editor.text.trim();
  approvals.answer(callId, { answer: "deny", scope: "once", ...(comment && { comment }) });
  store.change((state) => ({ ...cleared(state), hint: null }));
}
