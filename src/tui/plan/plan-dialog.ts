/** What becomes of a plan: accepted as it is or edited, sent back with a word, or left. */
import { messageWithHint } from "../../core/errors.ts";
import type { Mode } from "../../core/permission.ts";
import type { CommandPlace } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { listDialog } from "../dialog/list.ts";
import { answerGuardMs } from "../questions/asks.ts";
import type { Plan } from "../state/plan.ts";
import { clean } from "../view/clean.ts";
import { plain, wrap } from "../view/line.ts";
import { planRulesDialog, rulesOf } from "./plan-rules.ts";

/** What the dialog acts on. */
export type PlanPlace = Pick<
  CommandPlace,
  "store" | "session" | "conversation" | "open" | "page" | "tell" | "warn"
>;

type Choice = "ask" | "edit" | "commands" | "draft" | "reply" | "read" | "leave";

const choices: readonly { value: Choice; text: string; detail: string }[] = [
  { value: "ask", text: "Accept", detail: "carry it out in mode ask: each change is asked about" },
  { value: "edit", text: "Accept, edits allowed", detail: "carry it out in mode edit" },
  {
    value: "commands",
    text: "Accept, edits and its commands allowed",
    detail: "carry it out in mode edit; the rules for this session are shown first",
  },
  { value: "draft", text: "Edit it first", detail: "in the composer" },
  { value: "reply", text: "Send it back", detail: "with a word about what to change" },
  { value: "read", text: "Read it whole", detail: "in the pager" },
  { value: "leave", text: "Leave plan mode", detail: "nothing is done; mode ask" },
];

/** Opens the dialog over the plan that waits for a word; nothing where none does. */
export function openPlan(place: PlanPlace): void {
  const { plan } = place.store.state.conversation;
  if (plan?.status === "open") place.open(planDialog(place, plan));
}

/**
 * The same of its own accord, when the turn is over or a session is opened. Who is typing goes on typing, and what was
 * typed a moment before it came up is no answer.
 */
export function offerPlan(place: PlanPlace): void {
  const { conversation, editor, dialog } = place.store.state;
  const { plan } = conversation;
  if (plan?.status !== "open" || dialog !== null) return;
  if (editor.text !== "") {
    place.store.change((state) => ({
      ...state,
      hint: "the plan waits: /plan accepts it; what you send changes it",
    }));
    return;
  }
  const asked = planDialog(place, plan);
  const guarded: Dialog = {
    asked: null,
    view(room) {
      const { lines } = asked.view(room);
      return { lines: [...lines.slice(0, -1), plain("…", { dim: true })], caret: null };
    },
    press: () => guarded,
  };
  setTimeout(
    () => place.store.change((state) => (state.dialog === guarded ? { ...state, dialog: asked } : state)),
    answerGuardMs,
  ).unref();
  place.open(guarded);
}

/** Accepts what was edited; the mode is asked for. */
export function acceptDraft(place: PlanPlace): void {
  const { conversation, editor, drafting } = place.store.state;
  const { plan } = conversation;
  const text = editor.text.trim();
  if (plan === null || plan.id !== drafting || text === "") return;
  place.open(
    listDialog<Choice>({
      title: "Accept the plan as edited",
      rows: choicesFor(place, text).filter(({ value }) => accepting.includes(value)),
      empty: "none fits",
      choose(choice) {
        const edited = { ...plan, text };
        if (choice === "commands") return withCommands(place, edited, null);
        accept(place, edited, choice === "edit" ? "edit" : "ask");
        return null;
      },
    }),
  );
}

const accepting: readonly Choice[] = ["ask", "edit", "commands"];

/** Its commands can be allowed where it lists some that would be asked about. */
const choicesFor = (place: PlanPlace, plan: string): typeof choices => {
  const { rules } = rulesOf(place, plan);
  return rules.length > 0 ? choices : choices.filter(({ value }) => value !== "commands");
};

/** Shows the rules for the plan's commands; accepting it adds them. */
function withCommands(place: PlanPlace, plan: Plan, back: Dialog | null): Dialog {
  const take = (rules: readonly string[]): void => {
    if (!accept(place, plan, "edit")) return;
    for (const rule of rules)
      place
        .session()
        .rules.add({ effect: "allow", rule, scope: "session" })
        .catch((error: unknown) => place.warn(messageWithHint(error)));
    place.tell(`allowed in this session: ${rules.join(", ")}; /permissions takes them back`);
  };
  return planRulesDialog(place, rulesOf(place, plan.text), take, back);
}

/** Goes back from editing to the dialog. */
export function leaveDraft(place: PlanPlace): void {
  place.store.change((state) => ({ ...state, drafting: null, hint: null }));
  openPlan(place);
}

function planDialog(place: PlanPlace, plan: Plan): Dialog {
  const dialog: Dialog = listDialog<Choice>({
    title: "The plan is ready",
    rows: choicesFor(place, plan.text),
    empty: "none fits",
    choose(choice) {
      const { store } = place;
      switch (choice) {
        case "ask":
        case "edit":
          accept(place, plan, choice);
          return null;
        case "commands":
          return withCommands(place, plan, dialog);
        case "draft":
          store.change((state) => ({
            ...state,
            drafting: plan.id,
            editor: { text: plan.text, caret: plan.text.length },
            hint: "editing the plan: enter accepts it as it stands, ctrl+j is a new line, esc goes back",
          }));
          return null;
        case "reply":
          store.change((state) => ({ ...state, hint: "what should be different? enter sends it" }));
          return null;
        case "read":
          readPlan(place, plan);
          return dialog;
        case "leave":
          leavePlan(place, plan);
          return null;
      }
    },
  });
  return dialog;
}

/** @returns whether it could be */
function accept({ store, session, conversation, warn }: PlanPlace, plan: Plan, mode: Mode): boolean {
  if (conversation.working) {
    warn("a turn runs; /plan accepts the plan when it is over");
    return false;
  }
  session().setMode(mode);
  store.change((state) => ({ ...state, mode, drafting: null, hint: null, editor: { text: "", caret: 0 } }));
  conversation.accept({ proposal: plan.id, plan: plan.text });
  return true;
}

function leavePlan({ store, session, warn }: PlanPlace, plan: Plan): void {
  session().setMode("ask");
  store.change((state) => ({
    ...state,
    mode: "ask",
    conversation: { ...state.conversation, plan: { ...plan, status: "left" } },
  }));
  session()
    .leavePlan(plan.id)
    .catch((error: unknown) => warn(messageWithHint(error)));
}

const became = {
  open: "waits for a word",
  accepted: "accepted",
  left: "left",
  answered: "sent back",
} as const;

/** Shows a plan whole. */
export function readPlan({ page }: Pick<PlanPlace, "page">, { text, status }: Plan): void {
  const lines = (columns: number) => wrap(clean(text), columns).map((row) => plain(row));
  page(`plan, ${became[status]}`, [{ lines }]);
}
