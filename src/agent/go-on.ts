/** Asking whether an agent that goes in circles may go on: work is never stopped in silence where somebody is there. */
import type { AgentEvent } from "../core/event.ts";
import type { Decision } from "../core/permission.ts";
import type { ApprovalQuestion } from "./approval.ts";
import type { GuardVerdict } from "./repeat-guard.ts";
import type { AgentRun } from "./run.ts";
import { say } from "./say.ts";

/**
 * Whether to go on. Nobody there means no. A word that comes with the answer is for the model, and then it goes on:
 * with `no` too, which is about how, not whether.
 */
export async function* mayGoOn(
  run: AgentRun,
  { name, repeats }: Exclude<GuardVerdict, { action: "go" }>,
  callId: string,
): AsyncGenerator<AgentEvent, boolean> {
  const { approver, session, signal } = run;
  if (!approver) return false;
  const decision: Decision = {
    effect: "ask",
    rule: "repeat guard",
    source: "built-in",
    reason: `The same ${name} call was made ${repeats} times with the same result, and nothing changed in between.`,
  };
  const summary = `go on after ${repeats} equal ${name} calls`;
  const question: ApprovalQuestion = {
    callId,
    name: "going on",
    summary,
    decision,
    display: [{ type: "text", text: summary }],
    suggestedRule: null,
  };
  yield session.live({ type: "approval.requested", ...question });
  const answer = await approver(question, signal);
  yield* await session.commit({ type: "approval.decided", callId, ...answer });
  if (answer.comment !== undefined) yield* say(run, "steer", [{ type: "text", text: answer.comment }]);
  return answer.answer === "allow" || answer.comment !== undefined;
}
