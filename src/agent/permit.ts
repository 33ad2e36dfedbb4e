/** Whether a call may run: policy decides, a person is asked where it says so, and the answer is recorded. */
import { messageOf } from "../core/errors.ts";
import type { ApprovalAnswer, Decision } from "../core/permission.ts";
import type { Display } from "../core/tool.ts";
import type { ApprovalQuestion, Approver } from "./approval.ts";
import type { Recorder } from "./recorder.ts";
import type { AgentRun } from "./run.ts";
import type { LetBy } from "./schedule.ts";
import type { PreparedCall } from "./toolbox.ts";

/** Leave to run, or a refusal with what a person said to it. */
export type Permit = { allowed: boolean; by: LetBy; decision: Decision; comment?: string };

/** Decides the calls of one batch. All that ask are asked at once: an answer to one never waits for another's. */
export class Permits {
  readonly #run: AgentRun;
  readonly #recorder: Recorder;

  constructor(run: AgentRun, recorder: Recorder) {
    this.#run = run;
    this.#recorder = recorder;
  }

  /**
   * The permit of a call, at once where nobody needs to be asked. Rejects when the run is stopped meanwhile.
   * @param before the calls it waits for: what it would change can be shown only when they are done
   */
  of(item: PreparedCall, before: readonly Promise<void>[]): Permit | Promise<Permit> {
    const decision = this.#run.permissions.decide(item);
    if (decision.effect !== "ask") return permitOf(decision);
    if (!this.#run.approver) return permitOf(this.#run.permissions.nobodyToAsk(item, decision));
    return this.#ask(item, before);
  }

  async #ask(item: PreparedCall, before: readonly Promise<void>[]): Promise<Permit> {
    const { permissions, approver, redaction, signal, cwd } = this.#run;
    if (item.tool.preview && before.length > 0) await Promise.all(before);
    signal.throwIfAborted();
    const display = await preview(item, cwd);
    signal.throwIfAborted();
    // Another answer may have settled this one while its preview was made.
    const decision = permissions.decide(item);
    if (decision.effect !== "ask" || !approver) return permitOf(decision);
    const question: ApprovalQuestion = {
      callId: item.call.id,
      name: item.call.name,
      summary: item.intent.summary,
      decision,
      display,
      suggestedRule: permissions.suggest(item),
      details: permissions.details(item),
    };
    this.#recorder.ask({ type: "approval.requested", ...question });
    const given = await this.#answerTo(question, item, approver);
    if (given === null) {
      this.#recorder.ask({ type: "approval.withdrawn", callId: question.callId });
      return permitOf(permissions.decide(item));
    }
    const answer = redaction.data("your message", given);
    const note = await permissions.remember(answer);
    await this.#recorder.record(
      { type: "approval.decided", callId: item.call.id, ...answer },
      ...(note === null ? [] : [{ type: "note" as const, code: "rule", ...note }]),
      ...redaction.notes(),
    );
    if (answer.answer === "allow") {
      const allowed: Decision = {
        ...decision,
        effect: "allow",
        reason: `Allowed by the user (${answer.scope}).`,
      };
      return { ...permitOf(allowed), by: "person" };
    }
    return {
      ...permitOf({ ...decision, effect: "deny", reason: "The user refused this call." }),
      ...(answer.comment !== undefined && { comment: answer.comment }),
    };
  }

  /** The person's answer; null when the rules or the mode settled the question first. */
  async #answerTo(
    question: ApprovalQuestion,
    item: PreparedCall,
    approver: Approver,
  ): Promise<ApprovalAnswer | null> {
    const { permissions, signal } = this.#run;
    const settled = new AbortController();
    const unwatch = permissions.watch(() => {
      if (permissions.decide(item).effect !== "ask") settled.abort("settled");
    });
    try {
      return await approver(question, AbortSignal.any([signal, settled.signal]));
    } catch (error) {
      if (signal.aborted || !settled.signal.aborted) throw error;
      return null;
    } finally {
      unwatch();
    }
  }
}

const permitOf = (decision: Decision): Permit => ({
  allowed: decision.effect === "allow",
  by: "rules",
  decision,
});

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
