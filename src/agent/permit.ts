/** Whether a call may run: policy decides, a person is asked where it says so, and the answer is recorded. */
import { messageOf } from "../core/errors.ts";
import type { Decision } from "../core/event.ts";
import type { Display } from "../core/tool.ts";
import type { ApprovalQuestion } from "./approval.ts";
import type { Recorder } from "./recorder.ts";
import type { AgentRun } from "./run.ts";
import type { PreparedCall } from "./toolbox.ts";

/** Leave to run, or a refusal with what a person said to it. */
export type Permit = { allowed: boolean; decision: Decision; comment?: string };

/** Decides the calls of one batch. */
export class Permits {
  readonly #run: AgentRun;
  readonly #recorder: Recorder;
  /** One question at a time, so that the answer to one ("always") can settle the next. */
  #asking: Promise<unknown> = Promise.resolve();

  constructor(run: AgentRun, recorder: Recorder) {
    this.#run = run;
    this.#recorder = recorder;
  }

  /** The permit of a call, at once where nobody needs to be asked. Rejects when the run is stopped meanwhile. */
  of(item: PreparedCall): Permit | Promise<Permit> {
    const decision = this.#run.permissions.decide(item);
    if (decision.effect !== "ask") return permitOf(decision);
    if (!this.#run.approver) return permitOf(this.#run.permissions.nobodyToAsk(item, decision));
    const permit = this.#asking.then(() => this.#ask(item));
    this.#asking = permit.catch(() => undefined);
    return permit;
  }

  async #ask(item: PreparedCall): Promise<Permit> {
    const { permissions, approver, redaction, signal, cwd } = this.#run;
    const decision = permissions.decide(item);
    if (decision.effect !== "ask" || !approver) return permitOf(decision);
    signal.throwIfAborted();
    const display = await preview(item, cwd);
    signal.throwIfAborted();
    const question: ApprovalQuestion = {
      callId: item.call.id,
      name: item.call.name,
      summary: item.intent.summary,
      decision,
      display,
      suggestedRule: permissions.suggest(item),
    };
    this.#recorder.ask({ type: "approval.requested", ...question });
    const given = await approver(question, signal);
    const answer = redaction.data("your message", given);
    const note = await permissions.remember(answer);
    await this.#recorder.record(
      { type: "approval.decided", callId: item.call.id, ...answer },
      ...(note === null ? [] : [{ type: "note" as const, code: "rule", ...note }]),
      ...redaction.notes(),
    );
    if (answer.answer === "allow") {
      return permitOf({ ...decision, effect: "allow", reason: `Allowed by the user (${answer.scope}).` });
    }
    return {
      ...permitOf({ ...decision, effect: "deny", reason: "The user refused this call." }),
      ...(answer.comment !== undefined && { comment: answer.comment }),
    };
  }
}

const permitOf = (decision: Decision): Permit => ({ allowed: decision.effect === "allow", decision });

/** What is about to happen, for who is asked. */
async function preview({ tool, input, intent, call }: PreparedCall, cwd: string): Promise<Display[]> {
  const asText: Display = {
    type: "text",
    text: intent.command ?? intent.url ?? JSON.stringify(call.input, null, 2),
  };
  if (!tool.preview) return [asText];
  try {
    return await tool.preview(input, cwd);
  } catch (error) {
    return [asText, { type: "text", text: `What it would change cannot be shown: ${messageOf(error)}` }];
  }
}
