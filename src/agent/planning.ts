/**
 * Plan mode: the agent looks, and answers with a plan; nothing is changed before a person accepts it. The tools stay the
 * same, so that the prompt cache holds: policy refuses what changes anything, and a reminder tells the model.
 */
import type { AgentEvent, DurableEvent } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";
import type { AgentRun, TurnInput } from "./run.ts";
import { remind } from "./say.ts";

/** A plan that was accepted, and how it is carried out. */
export type AcceptedPlan = {
  /** The `plan.proposed` entry. */
  proposal: EntryId;
  /** As accepted. */
  plan: string;
};

const inPlanMode =
  'Plan mode: look and think, but change nothing; calls that change anything are refused. When you know what to do, answer with the plan itself under the heading "# Plan": the steps in order, the files each touches, how it will be proven, what is open; the commands it needs in one "sh" code block, one a line, so that the user can allow exactly these. The user reads, edits and accepts it before anything is done. A question is answered without that heading.';
const planModeOver = "Plan mode is over: changes are allowed again, as far as the permissions go.";

/** The plan an answer is, from its heading on; null for any other answer. */
export function planIn(text: string): string | null {
  const at = text.search(/^#{1,3}[ \t]+(the[ \t]+)?plan\b/im);
  return at < 0 ? null : text.slice(at).trim();
}

/** What the model is told of an accepted plan. */
export const acceptedText = (plan: string): string =>
  `The plan is accepted, as follows. Plan mode is over: carry it out now.\n\n${plan}`;

/** The entry of an acceptance; it is committed with the words that tell the model. */
export function acceptance(
  run: Pick<AgentRun, "permissions" | "redaction">,
  input: TurnInput,
): DurableEvent[] {
  if (!input.accepted) return [];
  const { proposal, plan } = run.redaction.data("your message", input.accepted);
  return [{ type: "plan.decided", proposal, answer: "accepted", plan, mode: run.permissions.mode }];
}

/** What the model was told of the mode in this turn. */
export class ToldMode {
  #planning: boolean;
  #told = false;

  /** @param before whether the last step before the turn was in plan mode, and nothing has told the model otherwise */
  constructor(before: boolean) {
    this.#planning = before;
  }

  /** Tells the model of plan mode once a turn, and of its end. */
  async *tell(run: AgentRun): AsyncGenerator<AgentEvent> {
    const planning = run.permissions.mode === "plan";
    if (planning && (!this.#planning || !this.#told)) yield* remind(run, inPlanMode);
    if (!planning && this.#planning) yield* remind(run, planModeOver);
    this.#planning = planning;
    this.#told = true;
  }
}

/** Records the plan an answer is, where it was asked for. */
export async function* propose(run: AgentRun, text: string): AsyncGenerator<AgentEvent, boolean> {
  const plan = run.permissions.mode === "plan" ? planIn(text) : null;
  if (plan === null) return false;
  // Who offers the plan judges its commands while drawing, and cannot wait there; the parser has been loading meanwhile.
  await run.reader.ready();
  yield* await run.session.commit({ type: "plan.proposed", plan: run.redaction.text("your message", plan) });
  return true;
}
