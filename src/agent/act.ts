/** Acting on an answer: every call it asked for is permitted or refused, run, and recorded, in parallel where it may be. */
import type { AgentEvent, DurableEvent } from "../core/event.ts";
import type { ToolCallPart } from "../core/message.ts";
import type { Decision } from "../core/permission.ts";
import type { ToolOutput } from "../core/tool.ts";
import { captureBefore } from "./capture.ts";
import type { EarlyReads } from "./early.ts";
import { type Permit, Permits } from "./permit.ts";
import { Recorder } from "./recorder.ts";
import type { FinishedCall } from "./repeat-guard.ts";
import type { AgentRun } from "./run.ts";
import { failure, modelOutput, runTool, sizeOf, type ToolOutcome } from "./run-tool.ts";
import { dependencies, Order } from "./schedule.ts";
import type { PreparedCall } from "./toolbox.ts";

/** What a batch came to. */
export type BatchOutcome = { finished: FinishedCall[]; denied: number };

type Finish = Extract<DurableEvent, { type: "tool.finished" }>;

/** Runs the calls of one answer. Results are recorded as they come; the fold puts them in source order. */
export async function* act(
  run: AgentRun,
  step: number,
  calls: readonly ToolCallPart[],
  early: EarlyReads,
): AsyncGenerator<AgentEvent, BatchOutcome> {
  const batch: BatchOutcome = { finished: [], denied: 0 };
  const recorder = new Recorder(run.session);
  const permits = new Permits(run, recorder);
  const prepared = await Promise.all(
    calls.map((call) => early.get(call)?.prepared ?? run.toolbox.prepare(call, run.cwd)),
  );
  const runnable = prepared.filter((item) => "tool" in item);
  const waits = dependencies(runnable);
  const order = new Order(runnable);
  const done: Promise<void>[] = [];

  const finish = (
    call: ToolCallPart,
    { status, result, durationMs }: ToolOutcome,
    refusal?: Decision,
  ): Promise<void> => {
    const output = modelOutput(result);
    const event: Finish = {
      type: "tool.finished",
      step,
      callId: call.id,
      name: call.name,
      status,
      ...(refusal && { decision: refusal }),
      durationMs,
      ...run.redaction.data("a tool result", {
        output,
        display: result.display,
        facts: { bytes: sizeOf(output), truncated: false, ...result.facts },
      }),
    };
    batch.finished.push(finishedCall(call, event));
    return recorder.record(event, ...run.redaction.notes());
  };

  const refuse = (call: ToolCallPart, decision: Decision, comment: string | undefined): Promise<void> => {
    batch.denied += 1;
    const { rule, reason } = decision;
    const said = comment === undefined ? "" : ` The user says: ${comment}`;
    const result = failure(`Denied (${rule}): ${reason}${said}`);
    return finish(call, { status: "denied", result, durationMs: 0 }, decision);
  };

  /** `permit` is at hand already, or an answer is awaited: without a wait, the starts of a batch come together. */
  const perform = async (
    item: PreparedCall,
    index: number,
    permit: Permit | Promise<Permit>,
  ): Promise<void> => {
    const { call, intent } = item;
    const { allowed, by, decision, comment } = permit instanceof Promise ? await permit : permit;
    if (!allowed) return refuse(call, decision, comment);
    const wait = order.enter(index, by);
    if (wait !== null) await wait;
    const captured = await captureBefore(run, item, (...events) => recorder.record(...events));
    if (captured.length > 0) await recorder.record(...captured);
    if (run.signal.aborted) return finish(call, notStarted);
    await recorder.start({
      type: "tool.started",
      step,
      callId: call.id,
      name: call.name,
      input: call.input,
      access: item.effect,
      summary: intent.summary,
      decision,
    });
    const live = liveOutput(run, recorder, call);
    const outcome = await (early.get(call)?.outcome ?? runTool(run, item, run.signal, live.show));
    live.end();
    run.checkpoints.after(call.id);
    return finish(call, outcome);
  };

  const settle = async (
    item: PreparedCall,
    index: number,
    before: readonly Promise<void>[],
  ): Promise<void> => {
    const begun = early.get(item.call);
    try {
      await perform(
        item,
        index,
        begun ? { allowed: true, by: "rules", decision: begun.decision } : permits.of(item, before),
      );
    } catch (error) {
      // Who is asked gives up when the turn is stopped; everything else is a fault of the ledger and ends the turn.
      if (!run.signal.aborted) throw error;
      await finish(item.call, notStarted);
    } finally {
      order.leave(index);
    }
  };

  for (const [index, item] of runnable.entries()) {
    done.push(
      settle(
        item,
        index,
        (waits[index] ?? []).flatMap((earlier) => done[earlier] ?? []),
      ),
    );
  }
  for (const item of prepared) {
    if ("problem" in item)
      done.push(finish(item.call, { status: "invalid", result: failure(item.problem), durationMs: 0 }));
  }
  recorder.closeAfter(done);
  yield* recorder.events;
  return batch;
}

const notStarted: ToolOutcome = {
  status: "interrupted",
  result: failure("Interrupted before it started; it was not run."),
  durationMs: 0,
};

/** Shows a running call's live output, cleaned like everything else; `end` shows what was held back for that. */
function liveOutput(
  run: AgentRun,
  recorder: Recorder,
  { id }: ToolCallPart,
): { show(output: ToolOutput): void; end(): void } {
  const clean = run.redaction.stream("a tool result");
  const show = (output: ToolOutput): void => recorder.show({ type: "tool.output", callId: id, output });
  const showText = (text: string): void => {
    if (text !== "") show({ type: "text", text });
  };
  return {
    show: (output) => (output.type === "text" ? showText(clean.push(output.text)) : show(output)),
    end: () => showText(clean.end()),
  };
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
