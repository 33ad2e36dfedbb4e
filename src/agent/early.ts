/**
 * Read-only calls begin while the answer is still streaming, as soon as their arguments are complete. Nothing of them
 * is recorded before the answer is: a read has no effect, so a discarded one leaves no trace.
 */
import type { Decision } from "../core/event.ts";
import type { ToolCallPart } from "../core/message.ts";
import type { AgentRun } from "./run.ts";
import { runTool, type ToolOutcome } from "./run-tool.ts";
import type { PreparedCall } from "./toolbox.ts";

type EarlyRun = { prepared: PreparedCall; decision: Decision; outcome: Promise<ToolOutcome> };

/** The early calls of one attempt. */
export class EarlyReads {
  readonly runs = new Map<string, EarlyRun>();
  readonly #run: AgentRun;
  #abort = new AbortController();
  /** After the first call that may change something, later reads must see its effect. */
  #closed = false;

  constructor(run: AgentRun) {
    this.#run = run;
  }

  /** Starts the call if it is a read that policy allows without asking. */
  consider(call: ToolCallPart): void {
    if (this.#closed || this.runs.has(call.id)) return;
    const run = this.#run;
    const prepared = run.toolbox.prepare(call, run.cwd);
    if (!("tool" in prepared)) return;
    if (prepared.tool.access !== "read") {
      this.#closed = true;
      return;
    }
    const decision = run.permissions.decide(prepared);
    if (decision.effect !== "allow") return;
    const signal = AbortSignal.any([run.signal, this.#abort.signal]);
    // Live output of a call readers have not been told of yet would make no sense to them.
    const outcome = runTool(prepared, run.cwd, signal, run.now, () => undefined);
    this.runs.set(call.id, { prepared, decision, outcome });
  }

  /** Drops what was begun for an attempt that failed. */
  discard(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.runs.clear();
    this.#closed = false;
  }
}
