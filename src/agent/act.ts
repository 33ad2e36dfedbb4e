/** Acting on an answer: every call it asked for is decided, run or refused, and recorded, in parallel where it may be. */
import type { AgentEvent, Decision, DurableEvent } from "../core/event.ts";
import type { ToolCallPart } from "../core/message.ts";
import type { Display, ToolResult } from "../core/tool.ts";
import { Mailbox } from "./mailbox.ts";
import type { FinishedCall } from "./repeat-guard.ts";
import type { AgentRun } from "./run.ts";
import { failure, modelOutput, runTool, type ToolOutcome } from "./run-tool.ts";
import { dependencies } from "./schedule.ts";
import type { InvalidCall, PreparedCall } from "./toolbox.ts";

/** Read-only calls whose run began while the answer was still streaming, by call id. */
export type EarlyRuns = ReadonlyMap<
  string,
  { prepared: PreparedCall; decision: Decision; outcome: Promise<ToolOutcome> }
>;

/** What a batch came to. */
export type BatchOutcome = { finished: FinishedCall[]; denied: number; edits: number };

type Finish = Extract<DurableEvent, { type: "tool.finished" }>;

/** Runs the calls of one answer. Results are recorded as they come; the fold puts them in source order. */
export async function* act(
  run: AgentRun,
  step: number,
  calls: readonly ToolCallPart[],
  early: EarlyRuns,
): AsyncGenerator<AgentEvent, BatchOutcome> {
  const mailbox = new Mailbox<AgentEvent>();
  const batch: BatchOutcome = { finished: [], denied: 0, edits: 0 };
  const prepared = calls.map((call) => early.get(call.id)?.prepared ?? run.toolbox.prepare(call, run.cwd));
  const runnable = prepared.filter((item): item is PreparedCall => "tool" in item);
  const waits = dependencies(runnable);
  const done: Promise<void>[] = [];

  const record = async (...events: DurableEvent[]): Promise<void> => {
    for (const entry of await run.session.commit(...events)) await mailbox.push(entry);
  };
  const finish = async (
    call: ToolCallPart,
    status: Finish["status"],
    result: ToolResult,
    durationMs: number,
  ): Promise<void> => {
    const event: Finish = {
      type: "tool.finished",
      step,
      callId: call.id,
      name: call.name,
      status,
      output: modelOutput(result),
      display: result.display,
      durationMs,
      ...(result.facts && { facts: result.facts }),
    };
    await record(event);
    batch.finished.push(finishedCall(call, event));
  };
  const refuse = async (item: PreparedCall, decision: Decision, comment?: string): Promise<void> => {
    batch.denied += 1;
    const said = comment ? ` The user says: ${comment}` : "";
    const result = failure(`Denied (${decision.rule}): ${decision.reason}${said}`);
    await finish(
      item.call,
      "denied",
      { ...result, facts: { rule: decision.rule, source: decision.source } },
      0,
    );
  };

  const perform = async (item: PreparedCall): Promise<void> => {
    const started = early.get(item.call.id);
    let decision = started?.decision ?? run.permissions.decide(item);
    if (decision.effect === "ask") {
      if (!run.approver) return refuse(item, run.permissions.nobodyToAsk(decision));
      const question = {
        callId: item.call.id,
        name: item.call.name,
        summary: item.intent.summary,
        decision,
        display: preview(item),
        suggestedRule: run.permissions.suggest(item),
      };
      await mailbox.push(run.session.live({ type: "approval.requested", ...question }));
      const answer = await run.approver(question, run.signal);
      await record({ type: "approval.decided", callId: item.call.id, ...answer });
      if (answer.answer === "deny") {
        return refuse(
          item,
          { ...decision, effect: "deny", reason: "The user refused this call." },
          answer.comment,
        );
      }
      if (answer.rule) run.permissions.allow(answer.rule);
      decision = { ...decision, effect: "allow", reason: `Allowed by the user (${answer.scope}).` };
    }
    if (decision.effect === "deny") return refuse(item, decision);
    await Promise.all((waits[runnable.indexOf(item)] ?? []).map((index) => done[index]));
    if (run.signal.aborted)
      return finish(item.call, "interrupted", failure("Interrupted before it started; it was not run."), 0);
    await record({
      type: "tool.started",
      step,
      callId: item.call.id,
      name: item.call.name,
      input: item.call.input,
      access: item.tool.access,
      summary: item.intent.summary,
      decision,
    });
    const outcome = await (started?.outcome ??
      runTool(item, run.cwd, run.signal, run.now, (output) => {
        mailbox.push(run.session.live({ type: "tool.output", callId: item.call.id, output }));
      }));
    if (item.tool.access === "edit" && outcome.status === "ok") batch.edits += 1;
    await finish(item.call, outcome.status, outcome.result, outcome.durationMs);
  };

  const settle = async (item: PreparedCall): Promise<void> => {
    try {
      await perform(item);
    } catch (error) {
      // An approver rejects when the turn is aborted; everything else is a fault of the ledger and ends the turn.
      if (!run.signal.aborted) throw error;
      await finish(item.call, "interrupted", failure("Interrupted before it started; it was not run."), 0);
    }
  };

  for (const item of runnable) done.push(settle(item));
  const invalid = prepared
    .filter((item): item is InvalidCall => "problem" in item)
    .map((item) => finish(item.call, "invalid", failure(item.problem), 0));
  Promise.all([...done, ...invalid]).then(
    () => mailbox.close(),
    (error: unknown) => mailbox.fail(error),
  );
  yield* mailbox;
  return batch;
}

/** What is about to happen, for who is asked. */
function preview(item: PreparedCall): Display[] {
  const { command, url } = item.intent;
  return [{ type: "text", text: command ?? url ?? JSON.stringify(item.call.input, null, 2) }];
}

function finishedCall(call: ToolCallPart, event: Finish): FinishedCall {
  const hashes = event.facts?.hashes;
  return {
    name: call.name,
    input: call.input,
    result: event.output.map((part) => (part.type === "text" ? part.text : part.type)).join("\n"),
    contents: Array.isArray(hashes) ? hashes.filter((hash) => typeof hash === "string") : [],
  };
}
