/**
 * Read-only calls begin while the answer is still streaming, as soon as their arguments are complete. Nothing of them
 * is recorded before the answer is: a read has no effect, so a discarded one leaves no trace.
 */

import type { ToolCallPart } from "../core/message.ts";
import type { Decision } from "../core/permission.ts";
import type { AgentRun } from "./run.ts";
import { runTool, type ToolOutcome } from "./run-tool.ts";
import type { PreparedCall } from "./toolbox.ts";

/** A call under way. */
export type EarlyRun = { prepared: PreparedCall; decision: Decision; outcome: Promise<ToolOutcome> };

/** The early calls of a turn, one attempt's at a time. */
export class EarlyReads {
  readonly #run: AgentRun;
  readonly #runs = new Map<ToolCallPart, EarlyRun>();
  #abort = new AbortController();
  /** After the first call that may change something, later reads must see its effect. */
  #closed = false;
  readonly #stop = (): void => this.#abort.abort(this.#run.signal.reason);

  constructor(run: AgentRun) {
    this.#run = run;
    run.signal.addEventListener("abort", this.#stop, { once: true });
  }

  /** Starts the call if it is a read that policy allows without asking. */
  async consider(call: ToolCallPart): Promise<void> {
    if (this.#closed || this.#run.signal.aborted) return;
    const run = this.#run;
    const prepared = await run.toolbox.prepare(call, run.cwd);
    if (!("tool" in prepared) || run.signal.aborted) return;
    if (prepared.effect !== "read") {
      this.#closed = true;
      return;
    }
    const decision = run.permissions.decide(prepared);
    if (decision.effect !== "allow") return;
    // Live output of a call readers have not been told of yet would make no sense to them.
    const outcome = runTool(run, prepared, this.#abort.signal, () => undefined);
    this.#runs.set(call, { prepared, decision, outcome });
  }

  /** The run of a call, if it began early. */
  get(call: ToolCallPart): EarlyRun | undefined {
    return this.#runs.get(call);
  }

  /** Drops what was begun: its attempt failed, or its answer has been acted on. */
  discard(): void {
    if (this.#runs.size > 0) {
      this.#abort.abort("discarded");
      this.#abort = new AbortController();
      this.#runs.clear();
    }
    this.#closed = false;
  }

  /** The turn is over. */
  close(): void {
    this.discard();
    this.#run.signal.removeEventListener("abort", this.#stop);
  }
}
